import { zonedMoment, zonedTime } from '../../../../shared/format/zoned-time.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';

export type AxisSpan = 'day' | 'week';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What runs are moved by, ms. */
export const stepMs = 15 * 60_000;

/** The span of time that is shown about now: 24 hours from six hours ago, or seven days from the day before yesterday. */
export function axisWindow(span: AxisSpan, nowMs: number, timeZone: string): TimeWindow {
  if (span === 'day') {
    const fromMs = Math.floor((nowMs - 6 * hourMs) / hourMs) * hourMs;
    return { fromMs, toMs: fromMs + dayMs };
  }
  const now = zonedTime(nowMs, timeZone);
  const day = (offset: number) => {
    const date = new Date(Date.UTC(now.year, now.month - 1, now.day + offset));
    const wall = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    return zonedMoment({ ...wall, hour: 0, minute: 0, second: 0 }, timeZone);
  };
  return { fromMs: day(-2), toMs: day(5) };
}

/** Whole hours of the zone, every `everyHours`, that lie inside. Days are counted from midnight: clocks that change shift none. */
export function ticksOf({ fromMs, toMs }: TimeWindow, everyHours: number, timeZone: string): readonly number[] {
  const ticks: number[] = [];
  for (let atMs = Math.ceil(fromMs / hourMs) * hourMs; atMs < toMs; atMs += hourMs) {
    const { hour, minute } = zonedTime(atMs, timeZone);
    // Zones with half hours have their whole hours in between.
    const wholeMs = atMs - minute * 60_000;
    if (hour % everyHours === 0 && wholeMs > fromMs && ticks.at(-1) !== wholeMs) ticks.push(wholeMs);
  }
  return ticks;
}

/** A place as a part of the axis, 0 to 1. */
export const shareOf = (atMs: number, { fromMs, toMs }: TimeWindow): number =>
  Math.min(1, Math.max(0, (atMs - fromMs) / (toMs - fromMs)));

/** A place as CSS: '12.500%'. */
export const percentAt = (atMs: number, scale: TimeWindow): string => `${(shareOf(atMs, scale) * 100).toFixed(3)}%`;

/** The part of a stretch that lies inside, as CSS; null: none of it does. */
export function stretchOf(
  part: TimeWindow,
  scale: TimeWindow,
): { readonly left: string; readonly width: string } | null {
  const fromMs = Math.max(part.fromMs, scale.fromMs);
  const toMs = Math.min(part.toMs, scale.toMs);
  if (toMs < fromMs || part.toMs < scale.fromMs || part.fromMs > scale.toMs) return null;
  const wholeMs = scale.toMs - scale.fromMs;
  return { left: percentAt(fromMs, scale), width: `${(((toMs - fromMs) / wholeMs) * 100).toFixed(3)}%` };
}

/** The next quarter of an hour after now is the earliest to which a run can be moved. */
export const earliestMs = (nowMs: number): number => Math.ceil((nowMs + 60_000) / stepMs) * stepMs;

/** Where a run is dropped: on a quarter of an hour that lies ahead and inside. */
export function snappedMs(atMs: number, nowMs: number, scale: TimeWindow): number {
  const snapped = Math.round(atMs / stepMs) * stepMs;
  const last = Math.floor((scale.toMs - 1) / stepMs) * stepMs;
  return Math.min(last, Math.max(earliestMs(nowMs), snapped));
}
