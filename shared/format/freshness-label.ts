import { assertNever } from '../model/failure.ts';
import type { Freshness } from '../model/freshness.ts';
import { defaultLocale } from './number-formats.ts';
import { calendarDaysBetween, dateTimeFormat, formatClock, zonedTime } from './zoned-time.ts';

/**
 * The label that every number carries: "Live", "as of 7:30 this morning", "as of yesterday 23:00 · due",
 * "as of Mon 16 Nov 08:30 · offline", "age unknown". `nowMs` and `timeZone` are the reader's.
 */
export function freshnessLabel(
  freshness: Freshness,
  nowMs: number,
  timeZone: string,
  locale: string = defaultLocale,
): string {
  const atMs = asOfMs(freshness);
  if (atMs === null) return freshness.state === 'offline' ? 'age unknown · offline' : 'age unknown';
  const asOf = asOfText(atMs, nowMs, timeZone, locale);
  switch (freshness.state) {
    case 'live':
      return 'Live';
    case 'fresh':
    case 'unknown':
      return asOf;
    case 'due':
    case 'stale':
    case 'refreshing':
    case 'offline':
      return `${asOf} · ${freshness.state}`;
    default:
      return assertNever(freshness.state);
  }
}

/** "as of 7:30 this morning", "as of 15:05 today", "as of yesterday 23:00", "as of Mon 16 Nov 08:30", with the year in another year. */
export function asOfText(atMs: number, nowMs: number, timeZone: string, locale: string = defaultLocale): string {
  const at = zonedTime(atMs, timeZone);
  const now = zonedTime(nowMs, timeZone);
  const clock = formatClock(atMs, timeZone);
  const days = calendarDaysBetween(at, now);
  if (days === 0) return at.hour < 12 ? `as of ${clock.replace(/^0/, '')} this morning` : `as of ${clock} today`;
  if (days === 1) return `as of yesterday ${clock}`;
  const parts = dateTimeFormat(locale, {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(at.year === now.year ? {} : { year: 'numeric' }),
  }).format(atMs);
  return `as of ${parts.replaceAll(',', '')} ${clock}`;
}

/** For hovering: "20 November 2026, 07:30:12 CET, server clock · from the local cache · the server cannot be reached". */
export function freshnessExact(freshness: Freshness, timeZone: string, locale: string = defaultLocale): string {
  const atMs = asOfMs(freshness);
  const moment =
    atMs === null ? 'the moment it was read is unknown' : `${exactMoment(atMs, timeZone, locale)}, server clock`;
  const parts = [moment, sourceText(freshness)];
  if (freshness.reason !== undefined) parts.push(freshness.reason);
  return parts.join(' · ');
}

/** "20 November 2026, 07:30:12 CET" */
export function exactMoment(atMs: number, timeZone: string, locale: string = defaultLocale): string {
  const day = dateTimeFormat(locale, { timeZone, day: 'numeric', month: 'long', year: 'numeric' }).format(atMs);
  const clock = dateTimeFormat(locale, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(atMs);
  return `${day}, ${clock}`;
}

function sourceText({ source, state }: Freshness): string {
  switch (source) {
    case 'live':
      return state === 'live' ? 'live from the base tables' : 'from the database';
    case 'history':
      return 'from stored samples';
    case 'cache':
      return 'from the local cache';
    default:
      return assertNever(source);
  }
}

function asOfMs(freshness: Freshness): number | null {
  const atMs = freshness.asOf === null ? Number.NaN : Date.parse(freshness.asOf);
  return Number.isNaN(atMs) ? null : atMs;
}
