import { exactMoment } from '../../shared/format/freshness-label.ts';
import { withMoments } from '../../shared/format/moments-in-text.ts';
import { dateTimeFormat, formatClock, formatClockSeconds, zonedTime } from '../../shared/format/zoned-time.ts';
import { localTimeZone } from './local-time-zone.ts';

/** '08:30:04' today, '19 Nov 08:30:04' on another day, on the reader's clock. */
export const momentText = (atMs: number, nowMs: number): string =>
  withDay(atMs, nowMs, formatClockSeconds(atMs, localTimeZone()));

/** '08:30' today, '19 Nov 08:30' on another day: where seconds are nobody's concern. */
export const momentShort = (atMs: number, nowMs: number): string =>
  withDay(atMs, nowMs, formatClock(atMs, localTimeZone()));

function withDay(atMs: number, nowMs: number, clock: string): string {
  const at = zonedTime(atMs, localTimeZone());
  const now = zonedTime(nowMs, localTimeZone());
  if (at.year === now.year && at.month === now.month && at.day === now.day) return clock;
  const day = dateTimeFormat('en-GB', { timeZone: localTimeZone(), day: 'numeric', month: 'short' }).format(atMs);
  return `${day} ${clock}`;
}

/** '20 November 2026, 07:30:12 CET', for hovering. */
export const momentExact = (atMs: number): string => exactMoment(atMs, localTimeZone());

/** A text of the engine with its moments on the reader's clock. */
export const readText = (text: string, nowMs: number): string => withMoments(text, (atMs) => momentText(atMs, nowMs));
