import type { OriginFilter, Timeline } from '../../../shared/model/diagnosis.ts';
import { findBaseline } from './baseline.ts';
import type { Catalog } from './catalog.ts';
import { measureDamage, ratio, type IntervalDamage } from './damage.ts';
import { leastExcess, leastWaiting } from './diagnose.ts';
import { samplesWithin, type SeenRow, type SeenSample } from './history-view.ts';
import type { DiagnosisInput, TimeWindow } from './input.ts';
import { overlapShare, type Interval } from './intervals.ts';
import { savingTime, type SaveUnit } from './saves.ts';
import { study } from './study.ts';
import { countOrigins, layerOf, passes, worstStretch, type Bucket, type Layer } from './timeline-parts.ts';

export interface TimelineOptions {
  readonly bucketMs: number;
  /** First and last moment for which anything is stored; null: nothing is. */
  readonly stored: TimeWindow | null;
  /** Narrows the sessions that are counted; latency and damage are those of everybody. */
  readonly filter?: OriginFilter | undefined;
}

/**
 * Sessions by class, latency of saving and damage over [fromMs, toMs), in buckets that begin at whole multiples of
 * `bucketMs`. A bucket that nobody looked into is left out. `oltpMeanMs` is the time of one save and `oltpCalls` counts
 * saves, where writes were seen; else both are of single OLTP statements.
 */
export function buildTimeline(input: DiagnosisInput, { bucketMs, stored, filter }: TimelineOptions): Timeline {
  const studied = study(input);
  const { view, catalog, intervals, unit, cores } = studied;
  const baseline = findBaseline(intervals, catalog, { incident: null, given: input.baseline, cores, unit });
  const counted = passes(filter);
  const buckets: Bucket[] = [];
  const damages = baseline.origin === 'none' ? [] : measureDamage(intervals, input, baseline, studied).filter(isFelt);
  for (let atMs = Math.floor(input.fromMs / bucketMs) * bucketMs; atMs < input.toMs; atMs += bucketMs) {
    const window = { fromMs: atMs, toMs: atMs + bucketMs };
    const samples = samplesWithin(view.samples, window);
    if (samples.length === 0) continue;
    const sessions = countLayers(
      samples.flatMap(({ rows }) => rows.filter(({ row }) => counted(row))),
      samples.length,
      catalog,
    );
    const damageSeconds = damages.reduce((total, one) => total + one.seconds * sharedPart(one, window, input), 0);
    buckets.push({ atMs, ...sessions, ...latency(intervals, window, unit), damageSeconds });
  }
  return {
    fromMs: input.fromMs,
    toMs: input.toMs,
    bucketMs,
    cores: cores.value,
    coresSource: cores.source,
    buckets,
    storedFromMs: stored?.fromMs ?? null,
    storedToMs: stored?.toMs ?? null,
    origins: seenOrigins(samplesWithin(view.samples, input)),
    suggestion: worstStretch(buckets, bucketMs, input),
  };
}

function seenOrigins(samples: readonly SeenSample[]): Timeline['origins'] {
  const seen = countOrigins();
  for (const { rows } of samples) for (const { row, use } of rows) if (use !== null) seen.add(row, 1);
  return seen.named();
}

/** The same line as the verdict's: ordinary noise is not drawn as damage. */
const isFelt = (damage: IntervalDamage): boolean =>
  ratio([damage]) >= leastExcess && damage.seconds / (damage.interval.seconds * damage.part) >= leastWaiting;

/** The part of an interval's damage, which is already cut to the timeline, that falls into the bucket. */
function sharedPart({ interval, part }: IntervalDamage, bucket: TimeWindow, timeline: TimeWindow): number {
  const fromMs = Math.max(bucket.fromMs, timeline.fromMs);
  const toMs = Math.min(bucket.toMs, timeline.toMs);
  return toMs > fromMs ? overlapShare(interval, { fromMs, toMs }) / part : 0;
}

function countLayers(rows: readonly SeenRow[], samples: number, catalog: Catalog): Record<Layer, number> {
  const counts: Record<Layer, number> = { oltp: 0, reporting: 0, batch: 0, maintenance: 0, lockWaits: 0 };
  for (const { statementId, use } of rows) {
    if (use === null) continue;
    counts[use === 'lock' ? 'lockWaits' : layerOf(catalog.groupOf(statementId))] += 1 / samples;
  }
  return counts;
}

function latency(
  intervals: readonly Interval[],
  bucket: TimeWindow,
  unit: SaveUnit,
): Pick<Bucket, 'oltpMeanMs' | 'oltpCalls'> {
  let saves = 0;
  let spentMs = 0;
  for (const interval of intervals) {
    const part = overlapShare(interval, bucket);
    if (part === 0) continue;
    const saving = savingTime(interval, unit);
    saves += saving.saves * part;
    spentMs += saving.spentMs * part;
  }
  return { oltpMeanMs: saves === 0 ? null : spentMs / saves, oltpCalls: Math.round(saves) };
}
