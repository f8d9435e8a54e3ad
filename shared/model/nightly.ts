import { z } from 'zod';
import { isTimeZone } from './night.ts';

export * from './night.ts';

/** The business's night: what is computed then counts until the next one. */
export const nightlySchema = z.object({
  /** When the night's refresh is due on the wall clock of `timeZone`: '04:00'. */
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, such as 04:00'),
  /** The business's own zone, e.g. 'Europe/Berlin': whose night it is. */
  timeZone: z.string().refine(isTimeZone, 'a time zone, such as Europe/Berlin'),
});
export type Nightly = z.infer<typeof nightlySchema>;
