import { defaultLocale } from './number-formats.ts';
import { dateTimeFormat, twoDigits } from './zoned-time.ts';

/**
 * Dates, months and weeks as the server printed them: '2026-11-20', '2026-11', '2026-11-01 00:00:00+01'. The day is
 * the printed one: a date_trunc('month', ...) was made in the business's time zone and is never moved to another.
 */
const pattern = /^(\d{4,})-(\d{2})(?:-(\d{2}))?(?:[ T]|$)/;

/** The printed day as UTC midnight, ms; null for what is no date ('infinity', BC, text). */
function dayMs(text: string): number | null {
  const match = pattern.exec(text);
  if (match === null || text.endsWith('BC')) return null;
  const [, year = '', month = '', day = '01'] = match;
  const atMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const read = new Date(atMs);
  return read.getUTCMonth() === Number(month) - 1 && read.getUTCDate() === Number(day) ? atMs : null;
}

function asPrinted(text: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  const atMs = dayMs(text);
  return atMs === null ? text : dateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(atMs);
}

/** "20 Nov 2026" */
export function formatDate(text: string, locale: string = defaultLocale): string {
  return asPrinted(text, locale, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** '20 Nov', for an axis. */
export function formatDateShort(text: string, locale: string = defaultLocale): string {
  return asPrinted(text, locale, { day: 'numeric', month: 'short' });
}

/** "Nov 2026" */
export function formatMonth(text: string, locale: string = defaultLocale): string {
  return asPrinted(text, locale, { month: 'short', year: 'numeric' });
}

/** "Nov": for axes whose year is clear. */
export function formatMonthShort(text: string, locale: string = defaultLocale): string {
  return asPrinted(text, locale, { month: 'short' });
}

/** ISO 8601 week of a printed date: the week belongs to the year of its Thursday. */
export function isoWeek(text: string): { readonly year: number; readonly week: number } | null {
  const atMs = dayMs(text);
  if (atMs === null) return null;
  const date = new Date(atMs);
  const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
  date.setUTCDate(date.getUTCDate() + 4 - weekday);
  const year = date.getUTCFullYear();
  const week = Math.ceil(((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7);
  return { year, week };
}

/** "2026-W47", as ISO 8601 writes a week. */
export function formatWeek(text: string): string {
  const found = isoWeek(text);
  return found === null ? text : `${found.year}-W${twoDigits(found.week)}`;
}

/** "w47": for axes whose year is clear. */
export function formatWeekShort(text: string): string {
  const found = isoWeek(text);
  return found === null ? text : `w${found.week}`;
}
