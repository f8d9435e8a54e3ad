import { oc } from '@orpc/contract';
import type { z } from 'zod';
import { replySchema } from '../model/failure-schema.ts';

/** A procedure: validated input, and a value or an expected failure as output. */
export const procedure = <I extends z.ZodType, O extends z.ZodType>(input: I, value: O) =>
  oc.input(input).output(replySchema(value));
