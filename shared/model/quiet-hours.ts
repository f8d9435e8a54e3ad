import { z } from 'zod';
import { civilDayAt, lastMomentOnDay, momentOnDay, weekdayOf } from '../format/civil-day.ts';
import { quietHoursSchema } from './alert.ts';
import { isTimeZone } from './night.ts';

/** When a channel is quiet: what comes up then is held back and delivered together when the quiet time ends. */
export const quietTimesSchema = quietHoursSchema.extend({
  timeZone: z.string().refine(isTimeZone, 'a time zone, such as Europe/Berlin'),
  /** Days on which a quiet time begins: 1 Monday to 7 Sunday. */
  weekdays: z.array(z.number().int().min(1).max(7)).min(1),
});
export type QuietTimes = z.infer<typeof quietTimesSchema>;

/** When the quiet time ends that `nowMs` lies in, ms; null outside of one. Quiet times that meet are one. */
export function quietUntilMs(quiet: QuietTimes, nowMs: number): number | null {
  let endMs: number | null = null;
  // Two weeks of quiet days on end are for ever, which the next look finds out again.
  for (let atMs = nowMs, day = 0; day < 14; day += 1) {
    const found = endOfQuiet(quiet, atMs);
    if (found === null) return endMs;
    endMs = found;
    atMs = found;
  }
  return endMs;
}

/** One that ends at a minute that the clocks show twice ends with the second. */
function endOfQuiet({ from, to, timeZone, weekdays }: QuietTimes, atMs: number): number | null {
  const [first, last] = [minuteOf(from), minuteOf(to)];
  const today = civilDayAt(atMs, timeZone);
  for (const day of [today - 1, today]) {
    if (!weekdays.includes(weekdayOf(day))) continue;
    const endMs = lastMomentOnDay(day, last > first ? last : last + 1440, timeZone);
    if (momentOnDay(day, first, timeZone) <= atMs && atMs < endMs) return endMs;
  }
  return null;
}

function minuteOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}
