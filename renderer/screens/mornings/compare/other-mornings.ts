import type { Comparison } from '../../../../shared/model/diagnosis.ts';
import { dateTimeFormat, formatClock, formatClockSeconds } from '../../../../shared/format/zoned-time.ts';
import { defaultLocale } from '../../../../shared/format/number-formats.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';

/**
 * The same clock times some days before. In the reader's zone a day may have 23 or 25 hours; `Date` moves the civil day
 * and keeps the clock.
 */
export function daysBefore({ fromMs, toMs }: TimeWindow, days: number): TimeWindow {
  const from = new Date(fromMs);
  from.setDate(from.getDate() - days);
  return { fromMs: from.getTime(), toMs: from.getTime() + (toMs - fromMs) };
}

/** Two windows in the order of time: what is later is "after", whichever was chosen first. */
export const inOrder = (a: TimeWindow, b: TimeWindow): { readonly before: TimeWindow; readonly after: TimeWindow } =>
  a.fromMs <= b.fromMs ? { before: a, after: b } : { before: b, after: a };

/** Whether any of a window is stored. */
export const isStored = (window: TimeWindow, stored: TimeWindow | null): boolean =>
  stored !== null && window.toMs > stored.fromMs && window.fromMs < stored.toMs;

/** "Fri 20 Nov, 07:52 – 08:21" on the reader's clock. */
export function windowText({ fromMs, toMs }: TimeWindow, timeZone: string): string {
  const day = dateTimeFormat(defaultLocale, { timeZone, weekday: 'short', day: 'numeric', month: 'short' });
  const clock = toMs - fromMs < 10 * 60_000 ? formatClockSeconds : formatClock;
  return `${day.format(fromMs)}, ${clock(fromMs, timeZone)} – ${clock(toMs, timeZone)}`;
}

type Compared = Comparison['statements'][number];

/**
 * How much a statement's part in the damage changed, 0..1: as a suspect the change of its share, as a victim the change
 * of what it suffered, measured by the worse morning's damage; the larger of both.
 */
export function changeOf({ before, after }: Compared, worstDamageSeconds: number): number {
  const blame = Math.abs((after?.blameShare ?? 0) - (before?.blameShare ?? 0));
  const suffered = Math.abs((after?.damageSeconds ?? 0) - (before?.damageSeconds ?? 0));
  return Math.max(blame, worstDamageSeconds > 0 ? suffered / worstDamageSeconds : 0);
}

/** What happened to a statement between the mornings. */
export function seenText({ before, after }: Compared): 'new' | 'gone' | 'both' {
  if (before === null) return 'new';
  return after === null ? 'gone' : 'both';
}
