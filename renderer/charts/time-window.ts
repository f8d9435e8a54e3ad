/** A window of time, ms since the epoch, `fromMs < toMs`. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where a window can be drawn: the axis it lies on and the grain it snaps to. */
export interface TimeScale extends TimeWindow {
  readonly bucketMs: number;
}

/** A window narrower than this many buckets holds too little to compare. */
export const fewestBuckets = 2;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

function snap(atMs: number, scale: TimeScale): number {
  return clamp(Math.round(atMs / scale.bucketMs) * scale.bucketMs, scale.fromMs, scale.toMs);
}

/** Moment under a pixel of the plot (0 = left end). */
export function timeAtPx(px: number, widthPx: number, scale: TimeScale): number {
  const share = widthPx <= 0 ? 0 : clamp(px / widthPx, 0, 1);
  return scale.fromMs + share * (scale.toMs - scale.fromMs);
}

/** Position of a moment as a share of the plot's width, 0..1. */
export function shareAtTime(atMs: number, scale: TimeScale): number {
  return clamp((atMs - scale.fromMs) / (scale.toMs - scale.fromMs), 0, 1);
}

/** The window between two moments in either order, snapped outwards to whole buckets. */
export function windowBetween(aMs: number, bMs: number, scale: TimeScale): TimeWindow {
  const low = Math.min(aMs, bMs);
  const high = Math.max(aMs, bMs);
  const width = fewestBuckets * scale.bucketMs;
  const fromMs = clamp(snap(low, scale), scale.fromMs, Math.max(scale.fromMs, scale.toMs - width));
  const toMs = Math.max(snap(high, scale), Math.min(scale.toMs, fromMs + width));
  return { fromMs, toMs };
}

export type WindowPart = 'from' | 'to' | 'both';

/** Moves an edge, or the whole window, by `buckets`; it stays on the scale and keeps its least width. */
export function moved(window: TimeWindow, part: WindowPart, buckets: number, scale: TimeScale): TimeWindow {
  const byMs = buckets * scale.bucketMs;
  const leastMs = fewestBuckets * scale.bucketMs;
  switch (part) {
    case 'from':
      return { ...window, fromMs: clamp(snap(window.fromMs + byMs, scale), scale.fromMs, window.toMs - leastMs) };
    case 'to':
      return { ...window, toMs: clamp(snap(window.toMs + byMs, scale), window.fromMs + leastMs, scale.toMs) };
    case 'both': {
      const widthMs = window.toMs - window.fromMs;
      const fromMs = clamp(
        snap(window.fromMs + byMs, scale),
        scale.fromMs,
        Math.max(scale.fromMs, scale.toMs - widthMs),
      );
      return { fromMs, toMs: fromMs + widthMs };
    }
  }
}

/** Buckets by which a key moves an edge; null when the key means something else. */
export function bucketsOfKey(key: string, shift: boolean): number | null {
  const step = shift ? 10 : 1;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return -step;
    case 'ArrowRight':
    case 'ArrowUp':
      return step;
    case 'PageDown':
      return -10;
    case 'PageUp':
      return 10;
    case 'Home':
      return -Infinity;
    case 'End':
      return Infinity;
    default:
      return null;
  }
}
