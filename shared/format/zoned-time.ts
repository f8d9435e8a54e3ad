/** A moment on the wall clock of a time zone. `month` is 1..12. */
export interface ZonedTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const made = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to make and pure: one per locale and options. */
export function dateTimeFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = made.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options);
    made.set(key, format);
  }
  return format;
}

/** Throws RangeError for a time zone that does not exist. */
export function zonedTime(atMs: number, timeZone: string): ZonedTime {
  const parts = dateTimeFormat('en-US-u-ca-gregory', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((candidate) => candidate.type === type)?.value);
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}

const dayMs = 86_400_000;

const asUtcMs = (time: ZonedTime): number =>
  Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);

/**
 * The moment at which the clocks of `timeZone` show `wall`, ms since the epoch. A time that they show twice is the first
 * of the two; one that they skip counts from before the skip (02:30 is then shown as 03:30), as calendars do it.
 */
export function zonedMoment(wall: ZonedTime, timeZone: string): number {
  const utcMs = asUtcMs(wall);
  const offsetMs = (atMs: number): number => asUtcMs(zonedTime(atMs, timeZone)) - Math.floor(atMs / 1000) * 1000;
  const before = offsetMs(utcMs - dayMs);
  const found = [utcMs - before, utcMs - offsetMs(utcMs + dayMs)].filter((atMs) => atMs + offsetMs(atMs) === utcMs);
  return found.length === 0 ? utcMs - before : Math.min(...found);
}

/**
 * Days from `from` to `to` on the calendar. Not a division of milliseconds: the days on which the clocks change have
 * 23 or 25 hours.
 */
export function calendarDaysBetween(from: ZonedTime, to: ZonedTime): number {
  const dayNumber = (time: ZonedTime) => Date.UTC(time.year, time.month - 1, time.day) / dayMs;
  return dayNumber(to) - dayNumber(from);
}

export const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** "08:30" on the wall clock of `timeZone`. */
export function formatClock(atMs: number, timeZone: string): string {
  const time = zonedTime(atMs, timeZone);
  return `${twoDigits(time.hour)}:${twoDigits(time.minute)}`;
}

/** "08:30:05" on the wall clock of `timeZone`. */
export function formatClockSeconds(atMs: number, timeZone: string): string {
  return `${formatClock(atMs, timeZone)}:${twoDigits(zonedTime(atMs, timeZone).second)}`;
}
