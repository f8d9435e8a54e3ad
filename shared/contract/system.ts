import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { engineEventSchema, engineInfoSchema } from '../model/engine.ts';
import { procedure } from './envelope.ts';

export const systemContract = {
  info: procedure(z.object({}).default({}), engineInfoSchema),
  /** What changed, from now on. The first event has topic 'connections' and carries the current `seq`. */
  events: oc.input(z.object({}).default({})).output(eventIterator(engineEventSchema)),
};
