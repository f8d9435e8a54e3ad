import type { TimeWindow } from '../../charts/time-window.ts';

const minuteMs = 60_000;

/** The quick ranges of the timeline. History keeps 48 hours of raw samples; `all` is as far back as anything is stored. */
export const ranges = [
  { id: '15m', label: '15 min', ms: 15 * minuteMs },
  { id: '1h', label: '1 h', ms: 60 * minuteMs },
  { id: '6h', label: '6 h', ms: 6 * 60 * minuteMs },
  { id: '24h', label: '24 h', ms: 24 * 60 * minuteMs },
  { id: '48h', label: '48 h', ms: 48 * 60 * minuteMs },
  { id: 'all', label: 'all', ms: 366 * 24 * 60 * minuteMs },
] as const;
export type RangeId = (typeof ranges)[number]['id'];

export const rangeMs = (id: RangeId): number => ranges.find((range) => range.id === id)?.ms ?? 60 * minuteMs;

/** A view that holds a few buckets at least. */
const leastViewMs = 5 * minuteMs;

/**
 * Where a view begins of which only the end is stored: a little before the first stored moment, so that a fresh
 * history fills the chart instead of standing as a sliver at its right edge.
 */
export function filledFromMs(view: TimeWindow, storedFromMs: number | null): number {
  if (storedFromMs === null || storedFromMs >= view.toMs) return view.fromMs;
  const aroundMs = (view.toMs - storedFromMs) / 20;
  return Math.max(view.fromMs, Math.min(storedFromMs - aroundMs, view.toMs - leastViewMs));
}

/**
 * What the timeline shows: what was zoomed to; else the range up to its end (or as much of it as is stored); or, when
 * the window under study lies elsewhere (last night, an address somebody sent), that window with as much around it.
 * `following`: it moves on with the time; this depends on the range alone, so that history that grows never turns a
 * followed window into one that stands.
 */
export function viewFor(
  range: RangeId,
  window: TimeWindow | null,
  endMs: number,
  storedFromMs: number | null = null,
  zoom: TimeWindow | null = null,
): { readonly view: TimeWindow; readonly following: boolean } {
  if (zoom !== null) return { view: zoom, following: false };
  const view = { fromMs: endMs - rangeMs(range), toMs: endMs };
  // Clocks and snapshots are a little apart: a window that ends now may end a moment after our now.
  if (window === null || (window.fromMs >= view.fromMs && window.toMs <= view.toMs + minuteMs)) {
    const fromMs = filledFromMs(view, storedFromMs);
    return { view: { fromMs: Math.min(fromMs, window?.fromMs ?? fromMs), toMs: endMs }, following: true };
  }
  const aroundMs = Math.max(window.toMs - window.fromMs, 10 * minuteMs);
  return { view: { fromMs: window.fromMs - aroundMs, toMs: window.toMs + aroundMs }, following: false };
}

/** What zooming and moving reach: no narrower than this, no wider than what is stored and a little around it. */
const leastZoomMs = 2 * minuteMs;

/**
 * `view` made `factor` times as long around a moment, and moved by `shiftShare` of its length; kept within what is
 * stored. null: all that is stored is in it, so there is nothing to zoom.
 */
export function zoomed(
  view: TimeWindow,
  { factor = 1, shiftShare = 0, aroundMs }: { factor?: number; shiftShare?: number; aroundMs?: number },
  stored: TimeWindow,
): TimeWindow | null {
  const lengthMs = Math.max(leastZoomMs, (view.toMs - view.fromMs) * factor);
  const middleMs = aroundMs ?? (view.fromMs + view.toMs) / 2;
  const share = (middleMs - view.fromMs) / (view.toMs - view.fromMs);
  if (lengthMs >= stored.toMs - stored.fromMs) return null;
  const wantedMs = middleMs - share * lengthMs + shiftShare * lengthMs;
  const fromMs = Math.round(Math.min(Math.max(wantedMs, stored.fromMs), stored.toMs - lengthMs));
  return { fromMs, toMs: Math.round(fromMs + lengthMs) };
}

/** The window and as much around it again: what "zoom to the window" shows. */
export function around({ fromMs, toMs }: TimeWindow): TimeWindow {
  const aroundMs = Math.max(toMs - fromMs, minuteMs) / 2;
  return { fromMs: Math.round(fromMs - aroundMs), toMs: Math.round(toMs + aroundMs) };
}

/**
 * Whether a suggested window replaces the one that is shown: when none is, or when the shown one was itself taken from
 * a suggestion and the stretch has moved on or grown by a half. Less growth is not worth another verdict.
 */
export function followsSuggestion(shown: TimeWindow | null, taken: TimeWindow | null, suggestion: TimeWindow): boolean {
  if (shown === null) return true;
  if (taken === null || taken.fromMs !== shown.fromMs || taken.toMs !== shown.toMs) return false;
  const overlaps = suggestion.fromMs < shown.toMs && suggestion.toMs > shown.fromMs;
  return !overlaps || suggestion.toMs - suggestion.fromMs >= 1.5 * (shown.toMs - shown.fromMs);
}

/** First and last moment of what is stored of a server; null: nothing is, or it is not known yet. */
export function storedOf(
  timeline: { readonly storedFromMs: number | null; readonly storedToMs: number | null } | null,
): TimeWindow | null {
  if (timeline === null || timeline.storedFromMs === null || timeline.storedToMs === null) return null;
  return { fromMs: timeline.storedFromMs, toMs: timeline.storedToMs };
}
