import { z } from 'zod';
import { failureCodes, type FailureValue } from './failure.ts';

export const failureValueSchema = z.object({
  code: z.enum(failureCodes),
  message: z.string(),
  detail: z.record(z.string(), z.unknown()).optional(),
  sqlstate: z.string().optional(),
  retryable: z.boolean(),
  action: z.string().optional(),
}) satisfies z.ZodType<FailureValue>;

/** `Reply` of failure.ts. */
export const replySchema = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value }),
    z.object({ ok: z.literal(false), error: failureValueSchema }),
  ]);
