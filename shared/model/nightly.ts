import { z } from 'zod';
import { zonedMoment, zonedTime } from '../format/zoned-time.ts';

/** The business's night: what is computed then counts until the next one. */
export const nightlySchema = z.object({
  /** When the night's refresh is due on the wall clock of `timeZone`: '04:00'. */
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, such as 04:00'),
  /** The business's own zone, e.g. 'Europe/Berlin': whose night it is. */
  timeZone: z.string().refine(isTimeZone, 'a time zone, such as Europe/Berlin'),
});
export type Nightly = z.infer<typeof nightlySchema>;

/** A night's refresh has this long to be done before its numbers are late. */
export const nightlyGraceMs = 3_600_000;

/** After the nightly jobs of most ERPs, and before the first coffee. */
export const usualNight = '04:00';

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The first night's refresh that is due after a moment, ms. A time that the clocks skip that night is due after the skip. */
export function nextNightMs(afterMs: number, { at, timeZone }: Nightly): number {
  const [hour = 0, minute = 0] = at.split(':').map(Number);
  const from = zonedTime(afterMs, timeZone);
  for (let ahead = 0; ; ahead += 1) {
    const day = new Date(Date.UTC(from.year, from.month - 1, from.day + ahead));
    const wall = { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
    const dueMs = zonedMoment({ ...wall, hour, minute, second: 0 }, timeZone);
    if (dueMs > afterMs) return dueMs;
  }
}
