import type { DeltaSet } from '../../../shared/model/sampling.ts';
import { keyText } from './deltas.ts';

/** What a statement takes in quiet intervals. */
export interface Baseline {
  readonly meanMs: number;
  readonly calls: number;
  /** Time behind it, at most `memoryMs`. */
  readonly watchedMs: number;
}
/** By `keyText`. */
export type Baselines = ReadonlyMap<string, Baseline>;

/** A statement speaks for OLTP when it is shorter than this in quiet intervals ... */
const shortMs = 200;
/** ... and was called at least so often. */
export const trustedCalls = 20;
/** What is called more seldom weighs nothing beside it, and 5,000 rare statements would be learned every minute. */
const fewestCallsAMinute = 2;
/** Older intervals fade out within the hour: slower than a morning gets worse, faster than a database grows. */
const memoryMs = 60 * 60_000;
/** Statements kept; the rarest are forgotten first, many at once: to sort 5,000 takes 1 to 7 ms. */
const maxBaselines = 5_000;
const mostBaselines = 7_500;

/** True where what is known of a statement says that it is one of those behind saving and looking up. */
export const speaksForOltp = ({ calls, meanMs }: Baseline): boolean => calls >= trustedCalls && meanMs <= shortMs;

/** What is usual, with one more quiet interval. */
export function learn(known: Baselines, set: DeltaSet): Baselines {
  const baselines = new Map(known);
  const lastedMs = set.toMs - set.fromMs;
  for (const { key, counters } of set.deltas) {
    if (counters.calls === 0) continue;
    const name = keyText(key);
    if ((counters.calls * 60_000) / lastedMs < fewestCallsAMinute && !baselines.has(name)) continue;
    const { meanMs, calls, watchedMs } = baselines.get(name) ?? { meanMs: 0, calls: 0, watchedMs: 0 };
    const weight = lastedMs / (watchedMs + lastedMs);
    baselines.set(name, {
      meanMs: meanMs * (1 - weight) + (counters.totalExecMs / counters.calls) * weight,
      calls: calls + counters.calls,
      watchedMs: Math.min(watchedMs + lastedMs, memoryMs),
    });
  }
  if (baselines.size <= mostBaselines) return baselines;
  return new Map([...baselines].sort(([, a], [, b]) => b.calls - a.calls).slice(0, maxBaselines));
}
