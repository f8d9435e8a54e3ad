import * as civil from '../../../shared/format/civil-day.ts';

/** Days of experiments as they are stored and shown: 'YYYY-MM-DD'. */

function numbered(day: string): civil.CivilDay {
  const found = civil.parseCivilDay(day);
  if (found === null) throw new Error(`${day} is no civil day`);
  return found;
}

export const isCivilDay = (day: string): boolean => civil.parseCivilDay(day) !== null;

/** The day that it is at a moment in a time zone. Throws RangeError for a time zone that does not exist. */
export const civilDayAt = (atMs: number, timeZone: string): string =>
  civil.civilDayText(civil.civilDayAt(atMs, timeZone));

/** `count` days from `first` on, in order; without Saturdays and Sundays where only working days are asked for. */
export function civilDaysFrom(first: string, count: number, workdaysOnly: boolean): string[] {
  const days: string[] = [];
  for (let day = numbered(first); days.length < count; day += 1) {
    if (!workdaysOnly || civil.weekdayOf(day) <= 5) days.push(civil.civilDayText(day));
  }
  return days;
}

export const nextCivilDay = (day: string): string => civil.civilDayText(numbered(day) + 1);

/** As `momentOnDay`. */
export const momentOf = (day: string, minuteOfDay: number, timeZone: string): number =>
  civil.momentOnDay(numbered(day), minuteOfDay, timeZone);
