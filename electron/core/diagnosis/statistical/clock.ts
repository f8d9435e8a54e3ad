import { daysFromCivil } from '../../../../shared/format/civil-day.ts';
import { zonedTime } from '../../../../shared/format/zoned-time.ts';
import type { Calendar, TimeWindow } from '../input.ts';

/** Where a moment lies in the days that are compared. */
export interface Moment {
  /** A number that grows by one from day to day. */
  readonly day: number;
  /** Since the beginning of the day by its clock, ms. */
  readonly timeMs: number;
  /** Saturday or Sunday; always false on compressed days. */
  readonly weekend: boolean;
}

export type Clock = (atMs: number) => Moment;

export const civilDayMs = 86_400_000;
const quarterMs = 900_000;

/** Compressed days are counted off; real ones are civil days, on which the clocks may change. */
export function clockOf(calendar: Calendar | undefined, timeZone: string): Clock {
  if (calendar === undefined || calendar.dayMs === civilDayMs) return civilClock(calendar?.timeZone ?? timeZone);
  const { dayMs } = calendar;
  return (atMs) => {
    const day = Math.floor(atMs / dayMs);
    return { day, timeMs: atMs - day * dayMs, weekend: false };
  };
}

/** Offsets change at quarters of an hour at most; asking Intl for every minute of a fortnight would take 40 ms. */
function civilClock(timeZone: string): Clock {
  const known = new Map<number, Moment>();
  return (atMs) => {
    const quarter = Math.floor(atMs / quarterMs);
    let found = known.get(quarter);
    if (found === undefined) {
      const { year, month, day, hour, minute, second } = zonedTime(quarter * quarterMs, timeZone);
      const dayNumber = daysFromCivil(year, month, day);
      // 1970-01-01 was a Thursday.
      const weekday = (((dayNumber + 3) % 7) + 7) % 7;
      found = { day: dayNumber, timeMs: ((hour * 60 + minute) * 60 + second) * 1000, weekend: weekday >= 5 };
      known.set(quarter, found);
    }
    return { ...found, timeMs: found.timeMs + (atMs - quarter * quarterMs) };
  };
}

/** The part of a day that is compared, cut into slots. */
export interface Slots {
  readonly fromMs: number;
  readonly lengthMs: number;
  readonly count: number;
  /** -1 outside of the part. */
  slotAt(timeMs: number): number;
}

/** Rows of a day: every one of them is a clock effect to be taken out, and a slot needs some calls in it. */
const mostSlots = 32;
const marginMs = 3_600_000;
const niceMs = [1, 2, 5, 10, 15, 30, 60].map((minutes) => minutes * 60_000);

/** Of real days the hour before and after the incident; of compressed days all. Null: the incident has no clock time. */
export function slotsFor(
  window: TimeWindow,
  calendar: Calendar | undefined,
  clock: Clock,
  leastMs: number,
): Slots | null {
  if (calendar !== undefined && calendar.dayMs !== civilDayMs) {
    const lengthMs = Math.max(calendar.bucketMs, leastMs, calendar.dayMs / (2 * mostSlots));
    return slotsOf(0, calendar.dayMs, lengthMs);
  }
  const spanMs = window.toMs - window.fromMs + 2 * marginMs;
  if (spanMs > civilDayMs) return null;
  const wantedMs = Math.max(calendar?.bucketMs ?? 0, leastMs, spanMs / mostSlots);
  const lengthMs = niceMs.find((nice) => nice >= wantedMs) ?? wantedMs;
  const startMs = Math.floor((clock(window.fromMs).timeMs - marginMs) / lengthMs) * lengthMs;
  return slotsOf(startMs, spanMs + lengthMs, lengthMs);
}

function slotsOf(fromMs: number, spanMs: number, lengthMs: number): Slots {
  const count = Math.ceil(spanMs / lengthMs);
  return {
    fromMs,
    lengthMs,
    count,
    slotAt: (timeMs) => {
      const slot = Math.floor((timeMs - fromMs) / lengthMs);
      return slot >= 0 && slot < count ? slot : -1;
    },
  };
}
