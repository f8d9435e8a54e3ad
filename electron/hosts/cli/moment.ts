const pattern =
  /^(?:(\d{4})-(\d{2})-(\d{2}))?(?:(?:^|[T ])(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * ISO 8601, in the time zone of this machine unless it names one: a day is its midnight here, a clock time is of the day
 * of `now`. Ms since the epoch; null for what is no moment. `Date.parse` takes a day alone for UTC, and 30 February for
 * 2 March.
 */
export function momentFrom(text: string, now: Date): number | null {
  const match = text === '' ? null : pattern.exec(text);
  if (match === null) return null;
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', fraction = '', zone] = match;
  if (year === undefined && zone !== undefined) return null;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const clock = [Number(hours), Number(minutes), Number(seconds), Number(fraction.padEnd(3, '0'))] as const;
  const [y, m, d] =
    year === undefined
      ? [now.getFullYear(), now.getMonth(), now.getDate()]
      : [Number(year), Number(month) - 1, Number(day)];
  const inUtc = Date.UTC(y, m, d, ...clock);
  const calendar = new Date(inUtc);
  if (calendar.getUTCMonth() !== m || calendar.getUTCDate() !== d) return null;
  if (zone === undefined) return new Date(y, m, d, ...clock).getTime();
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (offset === null) return inUtc;
  const [, sign, offsetHours, offsetMinutes] = offset;
  if (Number(offsetHours) > 14 || Number(offsetMinutes) > 59) return null;
  const aheadMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  return sign === '+' ? inUtc - aheadMs : inUtc + aheadMs;
}
