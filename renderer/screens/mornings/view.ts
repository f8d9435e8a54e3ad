import type { TimeWindow } from '../../charts/time-window.ts';

const minuteMs = 60_000;

/** The quick ranges of the timeline. History keeps 48 hours of raw samples. */
export const ranges = [
  { id: '15m', label: '15 min', ms: 15 * minuteMs },
  { id: '1h', label: '1 h', ms: 60 * minuteMs },
  { id: '6h', label: '6 h', ms: 6 * 60 * minuteMs },
  { id: '24h', label: '24 h', ms: 24 * 60 * minuteMs },
  { id: '48h', label: '48 h', ms: 48 * 60 * minuteMs },
] as const;
export type RangeId = (typeof ranges)[number]['id'];

export const rangeMs = (id: RangeId): number => ranges.find((range) => range.id === id)?.ms ?? 60 * minuteMs;

/** What the address says: a quick range, the incident's window, and the statement whose finding is open. */
export interface MorningsAddress {
  readonly range: RangeId;
  readonly window: TimeWindow | null;
  readonly statementId: string | null;
}

/** Moments in an address are ms since the epoch or ISO 8601. Anything else is no window: an address may be typed. */
export function readAddress(path: readonly string[], params: URLSearchParams): MorningsAddress {
  const range = ranges.find(({ id }) => id === params.get('range'))?.id ?? '1h';
  const fromMs = moment(params.get('from'));
  const toMs = moment(params.get('to'));
  const window = fromMs !== null && toMs !== null && fromMs < toMs ? { fromMs, toMs } : null;
  return { range, window, statementId: path[1] === 'finding' ? params.get('statement') : null };
}

function moment(text: string | null): number | null {
  if (text === null || text === '') return null;
  const atMs = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isSafeInteger(atMs) ? atMs : null;
}

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
 * What the timeline shows: the range up to its end (or as much of it as is stored), or, when the window under study lies elsewhere (last night, an
 * address somebody sent), that window with as much around it. `following`: it moves on with the time; this depends on
 * the range alone, so that history that grows never turns a followed window into one that stands.
 */
export function viewFor(
  range: RangeId,
  window: TimeWindow | null,
  endMs: number,
  storedFromMs: number | null = null,
): { readonly view: TimeWindow; readonly following: boolean } {
  const view = { fromMs: endMs - rangeMs(range), toMs: endMs };
  // Clocks and snapshots are a little apart: a window that ends now may end a moment after our now.
  if (window === null || (window.fromMs >= view.fromMs && window.toMs <= view.toMs + minuteMs)) {
    const fromMs = filledFromMs(view, storedFromMs);
    return { view: { fromMs: Math.min(fromMs, window?.fromMs ?? fromMs), toMs: endMs }, following: true };
  }
  const aroundMs = Math.max(window.toMs - window.fromMs, 10 * minuteMs);
  return { view: { fromMs: window.fromMs - aroundMs, toMs: window.toMs + aroundMs }, following: false };
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
