import type { Timeline } from '../../shared/model/diagnosis.ts';
import type { ChartPalette } from '../../shared/charts/palette.ts';
import type { TimeWindow } from './time-window.ts';

export type TimelineBucket = Timeline['buckets'][number];
export type TimelineLayer = 'oltp' | 'reporting' | 'batch' | 'maintenance' | 'lockWaits';

export interface LayerStyle {
  readonly layer: TimelineLayer;
  readonly name: string;
  readonly color: (palette: ChartPalette) => string;
}

/** The stack from the bottom up. */
export const timelineLayers: readonly LayerStyle[] = [
  { layer: 'oltp', name: 'OLTP', color: (p) => p.oltp },
  { layer: 'reporting', name: 'reporting', color: (p) => p.reporting },
  { layer: 'batch', name: 'batch', color: (p) => p.batch },
  { layer: 'maintenance', name: 'maintenance', color: (p) => p.maintenance },
  { layer: 'lockWaits', name: 'waiting on locks', color: (p) => p.lockWait },
];

/** A stretch of neighbouring buckets with damage; `damageSeconds` is their sum. */
export interface DamageSpan extends TimeWindow {
  readonly damageSeconds: number;
}

/** Neighbouring buckets with damage, joined. Gaps of one quiet bucket do not split a stretch. */
export function damageSpans(buckets: readonly TimelineBucket[], bucketMs: number): DamageSpan[] {
  const spans: DamageSpan[] = [];
  for (const bucket of buckets) {
    if (bucket.damageSeconds <= 0) continue;
    const last = spans.at(-1);
    const toMs = bucket.atMs + bucketMs;
    if (last !== undefined && bucket.atMs - last.toMs <= bucketMs) {
      spans[spans.length - 1] = { ...last, toMs, damageSeconds: last.damageSeconds + bucket.damageSeconds };
    } else {
      spans.push({ fromMs: bucket.atMs, toMs, damageSeconds: bucket.damageSeconds });
    }
  }
  return spans;
}

/**
 * [middle of the bucket, value] for a line. Where buckets are missing (the sampler did not run) a null breaks it:
 * a line drawn through a gap would claim that somebody looked.
 */
export function withGaps(
  buckets: readonly TimelineBucket[],
  bucketMs: number,
  value: (bucket: TimelineBucket) => number | null,
): [number, number | null][] {
  const points: [number, number | null][] = [];
  let before: TimelineBucket | undefined;
  for (const bucket of buckets) {
    if (before !== undefined && bucket.atMs - before.atMs > 1.5 * bucketMs) {
      points.push([before.atMs + bucketMs, null]);
    }
    points.push([bucket.atMs + bucketMs / 2, value(bucket)]);
    before = bucket;
  }
  return points;
}

/** The top of the sessions axis: everything that is drawn, and the cores line, with room to breathe. */
export function sessionsCeiling(buckets: readonly TimelineBucket[], cores: number | null): number {
  let highest = cores ?? 1;
  for (const b of buckets) highest = Math.max(highest, b.oltp + b.reporting + b.batch + b.maintenance + b.lockWaits);
  return highest * 1.08;
}

/** Below this part of the usual number of saves in a bucket, its mean says little about how long a save takes. */
const fewSaves = 0.2;

/** At most this part of the buckets may leave the scale: what lasts longer is what the timeline is looked at for. */
const mayLeaveScale = 0.05;

/**
 * The top of the latency axis, ms, where a few moments in which hardly a save ended would flatten everything else: while
 * a lock is held, all the waiting falls on the one save that got through. null: the axis finds its own.
 */
export function latencyCeiling(buckets: readonly TimelineBucket[]): number | null {
  const measured = buckets.flatMap(({ oltpMeanMs, oltpCalls }) =>
    oltpMeanMs === null ? [] : [{ meanMs: oltpMeanMs, saves: oltpCalls }],
  );
  const usualSaves = measured.map(({ saves }) => saves).toSorted((a, b) => a - b)[Math.floor(measured.length / 2)] ?? 0;
  const highest = measured
    .filter(({ saves }) => saves >= fewSaves * usualSaves)
    .reduce((top, { meanMs }) => Math.max(top, meanMs), 0);
  const ceilingMs = highest * 1.15;
  const above = measured.filter(({ meanMs }) => meanMs > 2 * ceilingMs).length;
  return above > 0 && above <= mayLeaveScale * measured.length ? ceilingMs : null;
}

/** The highest latency of a timeline, ms, where it stands above the scale that is drawn; null: all of it is in sight. */
export function latencyBeyondScale(buckets: readonly TimelineBucket[]): number | null {
  if (latencyCeiling(buckets) === null) return null;
  return buckets.reduce((top, { oltpMeanMs }) => Math.max(top, oltpMeanMs ?? 0), 0);
}
