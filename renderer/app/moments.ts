import { exactMoment } from '../../shared/format/freshness-label.ts';
import { dateTimeFormat, formatClockSeconds, zonedTime } from '../../shared/format/zoned-time.ts';
import { localTimeZone } from './local-time-zone.ts';

/** '08:30:04' today, '19 Nov 08:30:04' before, on the reader's clock. */
export function momentText(atMs: number, nowMs: number): string {
  const clock = formatClockSeconds(atMs, localTimeZone);
  const at = zonedTime(atMs, localTimeZone);
  const now = zonedTime(nowMs, localTimeZone);
  if (at.year === now.year && at.month === now.month && at.day === now.day) return clock;
  const day = dateTimeFormat('en-GB', { timeZone: localTimeZone, day: 'numeric', month: 'short' }).format(atMs);
  return `${day} ${clock}`;
}

/** '20 November 2026, 07:30:12 CET', for hovering. */
export const momentExact = (atMs: number): string => exactMoment(atMs, localTimeZone);
