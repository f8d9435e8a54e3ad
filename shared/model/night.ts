import { zonedMoment, zonedTime } from '../format/zoned-time.ts';
import type { Nightly } from './nightly.ts';

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
