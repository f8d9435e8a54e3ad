import type { DeltaSet, SamplerMode } from '../../../shared/model/sampling.ts';
import { keyText } from './deltas.ts';

/**
 * When to look more closely by ourselves: OLTP latency passes 3 times its baseline for 30 s; back
 * 5 minutes after it fell below that. Pure: the time comes with the deltas.
 *
 * Latency is compared statement by statement and then weighted by calls, so that another mixture of statements (a
 * batch job that starts, lunch) is no slowdown. Which class a statement has is decided by diagnosis; here, what is
 * called often and is short when the server is quiet stands for the people who save invoices.
 */
export interface IncidentState {
  readonly mode: SamplerMode;
  /** Mean in quiet intervals, by `keyText`. */
  readonly baselines: ReadonlyMap<string, Baseline>;
  /** Since when latency is above the threshold; null while it is not. */
  readonly aboveSinceMs: number | null;
  /** Since when it is below; null while it is above. */
  readonly belowSinceMs: number | null;
  /** The person switched an incident off: none starts by itself until latency has been down once. */
  readonly muted: boolean;
  /** Slowdown of the last interval that had enough to compare; the worst of the incident while one lasts. */
  readonly ratio: number | null;
}

interface Baseline {
  readonly meanMs: number;
  readonly calls: number;
  /** Time behind it, at most `memoryMs`. */
  readonly watchedMs: number;
}

const threshold = 3;
const startsAfterMs = 30_000;
const endsAfterMs = 5 * 60_000;
/** A statement speaks for OLTP when it is shorter than this in quiet intervals ... */
const shortMs = 200;
/** ... and was called at least so often. */
const trustedCalls = 20;
/** What is called more seldom weighs nothing beside it, and 5,000 rare statements would be learned every minute. */
const fewestCallsAMinute = 2;
/** Older intervals fade out within the hour: slower than a morning gets worse, faster than a database grows. */
const memoryMs = 60 * 60_000;
/** A slowdown that has lasted so long is the new normal. */
const acceptedAfterMs = 2 * 60 * 60_000;
/** Statements kept; the rarest are forgotten first, many at once: to sort 5,000 takes 1 to 7 ms. */
const maxBaselines = 5_000;
const mostBaselines = 7_500;

export const calmState: IncidentState = {
  mode: 'background',
  baselines: new Map(),
  aboveSinceMs: null,
  belowSinceMs: null,
  muted: false,
  ratio: null,
};

/** Mean latency over the baseline's, weighted by calls; null while too little is known. */
export function slowdown(state: IncidentState, set: DeltaSet): number | null {
  let seconds = 0;
  let expected = 0;
  let calls = 0;
  for (const { key, counters } of set.deltas) {
    const baseline = state.baselines.get(keyText(key));
    if (baseline === undefined || baseline.calls < trustedCalls || baseline.meanMs > shortMs) continue;
    calls += counters.calls;
    seconds += counters.totalExecMs;
    expected += counters.calls * baseline.meanMs;
  }
  return calls >= trustedCalls && expected > 0 ? seconds / expected : null;
}

/** The state after one more interval. */
export function observe(state: IncidentState, set: DeltaSet): IncidentState {
  const ratio = slowdown(state, set);
  // Nobody saves anything at night: nothing speaks for an incident then, and none goes on.
  const above = ratio !== null && ratio > threshold;
  const aboveSinceMs = above ? (state.aboveSinceMs ?? set.fromMs) : null;
  const belowSinceMs = above ? null : (state.belowSinceMs ?? set.fromMs);
  const muted = state.muted && above;
  const starts = !muted && aboveSinceMs !== null && set.toMs - aboveSinceMs >= startsAfterMs;
  const ends = belowSinceMs !== null && set.toMs - belowSinceMs >= endsAfterMs;
  const mode = state.mode === 'incident' ? (ends ? 'background' : 'incident') : starts ? 'incident' : 'background';
  const accepted = aboveSinceMs !== null && set.toMs - aboveSinceMs > acceptedAfterMs;
  const baselines = above && !accepted ? state.baselines : learn(state.baselines, set);
  const worst = state.mode === 'incident' ? Math.max(ratio ?? 0, state.ratio ?? 0) : ratio;
  return { mode, baselines, aboveSinceMs, belowSinceMs, muted, ratio: worst };
}

/** Why the rule asks for a closer look; null while it does not. */
export function reasonOf({ mode, ratio, belowSinceMs }: IncidentState): string | null {
  if (mode !== 'incident' || ratio === null) return null;
  const times = `${ratio.toFixed(1)} times`;
  return belowSinceMs === null
    ? `Short statements, those behind saving and looking up, take up to ${times} their usual time.`
    : `Short statements took up to ${times} their usual time. It is over; the closer look ends five minutes after.`;
}

/** The person's word: no incident by itself until latency has come down. */
export const mute = (state: IncidentState): IncidentState => ({ ...state, mode: 'background', muted: true });

function learn(known: ReadonlyMap<string, Baseline>, set: DeltaSet): ReadonlyMap<string, Baseline> {
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
