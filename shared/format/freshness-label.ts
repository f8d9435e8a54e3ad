import { assertNever } from '../model/assert-never.ts';
import type { Freshness } from '../model/freshness.ts';
import { defaultLocale } from './number-formats.ts';
import { formatDuration } from './duration.ts';
import { asOfText } from './as-of-text.ts';
import { frozenLabel } from './hold-text.ts';
import { hourOf } from './reader-clock.ts';
import { dateTimeFormat } from './zoned-time.ts';

/**
 * The label that every number carries: "Live", "as of 7:30 this morning", "as of yesterday 23:00 · due",
 * "as of Mon 16 Nov 08:30 · offline", "as of yesterday 23:00 · frozen for Month-end since 7:00 this morning", "age unknown". `timeZone` and `locale` are the reader's; `nowMs` is the clock that
 * the as-of is on, the server's.
 */
export function freshnessLabel(
  freshness: Freshness,
  nowMs: number,
  timeZone: string,
  locale: string = defaultLocale,
): string {
  const atMs = asOfMs(freshness);
  if (atMs === null) return freshness.state === 'offline' ? 'age unknown · offline' : 'age unknown';
  const parts = [asOfText(atMs, nowMs, timeZone, locale)];
  const frozen = frozenLabel(freshness.holds ?? [], nowMs, timeZone, locale);
  switch (freshness.state) {
    case 'live':
      return 'Live';
    case 'fresh':
    case 'unknown':
      break;
    case 'due':
    case 'stale':
      // Why it is old says more than that it is; the icon and its words tell that all the same.
      if (frozen === null) parts.push(freshness.state);
      break;
    case 'refreshing':
    case 'offline':
      parts.push(freshness.state);
      break;
    default:
      return assertNever(freshness.state);
  }
  if (frozen !== null) parts.push(frozen);
  return parts.join(' · ');
}

/**
 * For hovering and for screen readers, `clockSkewMs` being the server's clock minus this machine's:
 * "20 November 2026, 07:30:12 CET, server clock · from the local cache · the server cannot be reached".
 */
export function freshnessExact(
  freshness: Freshness,
  timeZone: string,
  locale: string = defaultLocale,
  clockSkewMs = 0,
): string {
  const atMs = asOfMs(freshness);
  const moment =
    atMs === null
      ? 'the moment it was read is unknown'
      : `${exactMoment(atMs, timeZone, locale)}, server clock${skewText(clockSkewMs)}`;
  const parts = [moment, sourceText(freshness)];
  if (freshness.reason !== undefined) parts.push(freshness.reason);
  return parts.join(' · ');
}

/** "20 November 2026, 07:30:12 CET" */
export function exactMoment(atMs: number, timeZone: string, locale: string = defaultLocale): string {
  const day = dateTimeFormat(locale, { timeZone, day: 'numeric', month: 'long', year: 'numeric' }).format(atMs);
  const clock = dateTimeFormat(locale, {
    timeZone,
    hour: hourOf(locale),
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(atMs);
  return `${day}, ${clock.replaceAll('\u202f', ' ')}`;
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

/** Clocks that are this close show the same minute to anybody who looks. */
const sameClockMs = 5_000;

function skewText(skewMs: number): string {
  if (Math.abs(skewMs) < sameClockMs) return '';
  return ` (${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} this machine’s)`;
}

/** What a state means, in a few words: for hovering and for screen readers. */
export const freshnessStateWords: Readonly<Record<Freshness['state'], string>> = {
  live: 'Live: asked from the base tables just now',
  fresh: 'Fresh: younger than its budget',
  due: 'Due: older than its budget',
  stale: 'Stale: more than twice as old as its budget',
  refreshing: 'Refreshing: a newer number is on its way',
  offline: 'Offline: the last number before the database went out of reach',
  unknown: 'Unknown: nothing says how old it is',
};
