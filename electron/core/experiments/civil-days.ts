import { twoDigits, zonedTime } from '../../../shared/format/zoned-time.ts';

const dayMs = 86_400_000;
const pattern = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Midnight UTC of a civil day 'YYYY-MM-DD'; null for what is no day. */
function utcOf(day: string): number | null {
  const match = pattern.exec(day);
  if (match === null) return null;
  const [, year, month, date] = match.map(Number);
  const atMs = Date.UTC(year ?? 0, (month ?? 1) - 1, date);
  return textOf(atMs) === day ? atMs : null;
}

const textOf = (utcMs: number): string => new Date(utcMs).toISOString().slice(0, 10);

export const isCivilDay = (day: string): boolean => utcOf(day) !== null;

/** The day that it is at a moment in a time zone. Throws RangeError for a time zone that does not exist. */
export function civilDayAt(atMs: number, timeZone: string): string {
  const { year, month, day } = zonedTime(atMs, timeZone);
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** `count` days from `first` on, in order; without Saturdays and Sundays where only working days are asked for. */
export function civilDaysFrom(first: string, count: number, workdaysOnly: boolean): string[] {
  const days: string[] = [];
  const start = utcOf(first);
  if (start === null) throw new Error(`${first} is no civil day`);
  for (let atMs = start; days.length < count; atMs += dayMs) {
    const weekday = new Date(atMs).getUTCDay();
    if (!workdaysOnly || (weekday !== 0 && weekday !== 6)) days.push(textOf(atMs));
  }
  return days;
}

export const nextCivilDay = (day: string): string => civilDaysFrom(day, 2, false)[1] ?? day;

/**
 * The moment at which the clocks of a time zone show a minute of a civil day, ms since the epoch. A minute that the
 * clocks skip is the moment an hour later; of one that they show twice it is one of the two.
 */
export function momentOf(day: string, minuteOfDay: number, timeZone: string): number {
  const start = utcOf(day);
  if (start === null) throw new Error(`${day} is no civil day`);
  const wanted = start + minuteOfDay * 60_000;
  let atMs = wanted;
  // The offset at the first guess may be that of the other side of a change; a second look settles it.
  for (let look = 0; look < 2; look += 1) {
    const { year, month, day: date, hour, minute } = zonedTime(atMs, timeZone);
    atMs += wanted - Date.UTC(year, month - 1, date, hour, minute);
  }
  return atMs;
}
