import { formatClock, twoDigits, zonedMoment, zonedTime } from './zoned-time.ts';

/**
 * A day of the calendar, without a time zone: days since 1 January 1970. Days are counted, not milliseconds, so those on
 * which the clocks change are days like all others.
 */
export type CivilDay = number;

const dayMs = 86_400_000;
const pattern = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `month` is 1..12 and may lie outside: month 13 is January of the next year. Days likewise. */
export const civilDay = (year: number, month: number, day: number): CivilDay => Date.UTC(year, month - 1, day) / dayMs;

/**
 * As `civilDay`, of every year of the proleptic Gregorian calendar, also before the year 100 and beyond those of `Date`;
 * `year` 0 is 1 BC, and `month` is 1..12 (Howard Hinnant, "chrono-compatible low-level date algorithms").
 */
export function daysFromCivil(year: number, month: number, day: number): CivilDay {
  // Years begin with March, so that the leap day is their last one; 400 of them have 146,097 days.
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Of 'YYYY-MM-DD'; null for what is no day. */
export function parseCivilDay(text: string): CivilDay | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, year = 0, month = 0, day = 0] = match.map(Number);
  const found = civilDay(year, month, day);
  return civilDayText(found) === text ? found : null;
}

/** 'YYYY-MM-DD' */
export function civilDayText(day: CivilDay): string {
  const { year, month, dayOfMonth } = partsOf(day);
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(dayOfMonth)}`;
}

/** `month` is 1..12. */
export function partsOf(day: CivilDay): { readonly year: number; readonly month: number; readonly dayOfMonth: number } {
  const date = new Date(day * dayMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, dayOfMonth: date.getUTCDate() };
}

/** ISO 8601: Monday is 1, Sunday is 7. The first of January 1970 was a Thursday. */
export const weekdayOf = (day: CivilDay): number => ((((day + 3) % 7) + 7) % 7) + 1;

/** The day that it is at a moment in a time zone. */
export function civilDayAt(atMs: number, timeZone: string): CivilDay {
  const { year, month, day } = zonedTime(atMs, timeZone);
  return civilDay(year, month, day);
}

/**
 * The moment at which the clocks of `timeZone` show a minute of a day, ms; 1440 and more lie on the next day. A minute that
 * they show twice is its first; one that they skip counts from before the skip.
 */
export function momentOnDay(day: CivilDay, minuteOfDay: number, timeZone: string): number {
  const { year, month, dayOfMonth } = partsOf(day + Math.floor(minuteOfDay / 1440));
  const minute = minuteOfDay % 1440;
  return zonedMoment(
    { year, month, day: dayOfMonth, hour: Math.floor(minute / 60), minute: minute % 60, second: 0 },
    timeZone,
  );
}

/** The clocks of all zones go back by one of these, minutes: Lord Howe's by half an hour, Troll's by two hours. */
const goneBackMinutes = [30, 60, 120];

/** Like momentOnDay, but of a minute that is shown twice its last. */
export function lastMomentOnDay(day: CivilDay, minuteOfDay: number, timeZone: string): number {
  const firstMs = momentOnDay(day, minuteOfDay, timeZone);
  const shown = formatClock(firstMs, timeZone);
  const again = goneBackMinutes.map((minutes) => firstMs + minutes * 60_000);
  return again.find((atMs) => formatClock(atMs, timeZone) === shown) ?? firstMs;
}

/** The moments of many days on one wall clock. */
export interface WallClock {
  /** Like momentOnDay. */
  readonly first: (day: CivilDay, minuteOfDay: number) => number;
  /** Like lastMomentOnDay. */
  readonly last: (day: CivilDay, minuteOfDay: number) => number;
}

/** Time zones are slow to ask: a day about which the clocks do not change is asked once. */
export function wallClock(timeZone: string): WallClock {
  const offsets = new Map<CivilDay, number>();
  const offsetMs = (day: CivilDay): number => {
    let found = offsets.get(day);
    if (found === undefined) {
      const { year, month, day: date, hour, minute, second } = zonedTime(day * dayMs, timeZone);
      found = Date.UTC(year, month - 1, date, hour, minute, second) - day * dayMs;
      offsets.set(day, found);
    }
    return found;
  };
  // A minute of a day lies within fourteen hours of it in UTC, and one past midnight a day later.
  const plain = (day: CivilDay): boolean => [-1, 1, 2].every((other) => offsetMs(day + other) === offsetMs(day));
  const moment = (slow: typeof momentOnDay) => (day: CivilDay, minuteOfDay: number) =>
    plain(day) ? day * dayMs + minuteOfDay * 60_000 - offsetMs(day) : slow(day, minuteOfDay, timeZone);
  return { first: moment(momentOnDay), last: moment(lastMomentOnDay) };
}

/** A moment as ISO 8601 in UTC. */
export const isoMoment = (atMs: number): string => new Date(atMs).toISOString();
