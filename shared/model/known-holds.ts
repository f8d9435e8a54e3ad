import { z } from 'zod';
import { skipCalendarSchema } from './skip-calendar.ts';

/** What the registry of a server says of all that holds its read models back. */
export const knownHoldsSchema = z.object({
  calendars: z.array(skipCalendarSchema),
  /** Those whose schedule is paused or stopped; moments on the server's clock, ms. */
  models: z.array(
    z.object({ readModel: z.string(), pausedAtMs: z.number().nullable(), stoppedAtMs: z.number().nullable() }),
  ),
});
export type KnownHolds = z.infer<typeof knownHoldsSchema>;
