import { defaultLocale } from './number-formats.ts';
import { clockOf } from './reader-clock.ts';
import { calendarDaysBetween, dateTimeFormat, zonedTime } from './zoned-time.ts';

/**
 * "as of 7:30 this morning", "as of 15:05 today", "as of yesterday 23:00", "as of Mon 16 Nov 08:30", with the year in
 * another year. Where the reader's clock has twelve hours: "as of 3:05 PM today". A day is one of the reader's calendar.
 */
export function asOfText(atMs: number, nowMs: number, timeZone: string, locale: string = defaultLocale): string {
  const at = zonedTime(atMs, timeZone);
  const now = zonedTime(nowMs, timeZone);
  const clock = clockOf(atMs, timeZone, locale);
  const days = calendarDaysBetween(at, now);
  if (days === 0) return at.hour < 12 ? `as of ${clock.morning} this morning` : `as of ${clock.text} today`;
  if (days === 1) return `as of yesterday ${clock.text}`;
  const parts = dateTimeFormat(locale, {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(at.year === now.year ? {} : { year: 'numeric' }),
  }).format(atMs);
  return `as of ${parts.replaceAll(',', '')} ${clock.text}`;
}
