import { formatDuration } from '../../../shared/format/duration.ts';
import type { ActivitySample, DeltaSet, SamplerMode } from '../../../shared/model/sampling.ts';
import { keyText } from './deltas.ts';
import { standstillIn, type Standstill } from './standstill.ts';
import { learn, speaksForOltp, trustedCalls, type Baselines } from './usual-latency.ts';

/**
 * When to look more closely by ourselves: OLTP latency passes 3 times its baseline for 30 s; back
 * 5 minutes after it fell below that. Pure: the time comes with the deltas and the samples.
 *
 * Latency is compared statement by statement and then weighted by calls, so that another mixture of statements (a
 * batch job that starts, lunch) is no slowdown. Which class a statement has is decided by diagnosis; here, what is
 * called often and is short when the server is quiet stands for the people who save invoices. What does not end is
 * booked nowhere: such a standstill is seen in the samples (standstill.ts).
 */
export interface IncidentState {
  readonly mode: SamplerMode;
  /** Mean in quiet intervals, by `keyText`. */
  readonly baselines: Baselines;
  /** Since when booked latency is above the threshold; null while it is not. */
  readonly aboveSinceMs: number | null;
  /** The standstill that the last sample showed; null where it showed none. */
  readonly standing: Standing | null;
  /** Since when there is neither; null while there is one of them. */
  readonly belowSinceMs: number | null;
  /** The person switched an incident off: none starts by itself until latency has been down once. */
  readonly muted: boolean;
  /** Slowdown of the last interval that had enough to compare; the worst of the incident while one lasts. */
  readonly ratio: number | null;
  /** For how long a statement stood at most, of the incident, ms; null: none did, or there is no incident. */
  readonly stoodMs: number | null;
}

/** A standstill from sample to sample. */
interface Standing {
  readonly sinceMs: number;
  readonly seenAtMs: number;
  readonly last: Standstill;
}

const threshold = 3;
const startsAfterMs = 30_000;
const endsAfterMs = 5 * 60_000;
/** A slowdown that has lasted so long is the new normal. */
const acceptedAfterMs = 2 * 60 * 60_000;
/** Samples that are further apart do not show one standstill: the laptop slept, the server was out of reach. */
const longestPauseMs = 30_000;

export const calmState: IncidentState = {
  mode: 'background',
  baselines: new Map(),
  aboveSinceMs: null,
  standing: null,
  belowSinceMs: null,
  muted: false,
  ratio: null,
  stoodMs: null,
};

/** Mean latency over the baseline's, weighted by calls; null while too little is known. */
export function slowdown(state: IncidentState, set: DeltaSet): number | null {
  let seconds = 0;
  let expected = 0;
  let calls = 0;
  for (const { key, counters } of set.deltas) {
    const baseline = state.baselines.get(keyText(key));
    if (baseline === undefined || !speaksForOltp(baseline)) continue;
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
  // Samples may have ended, with the right to see them: what they showed last does not hold for ever.
  const standing = goesOn(state.standing, set.toMs) ? state.standing : null;
  const accepted = aboveSinceMs !== null && set.toMs - aboveSinceMs > acceptedAfterMs;
  const isUsual = (!above || accepted) && standing === null;
  return decide(
    {
      ...state,
      aboveSinceMs,
      standing,
      baselines: isUsual ? learn(state.baselines, set) : state.baselines,
      muted: state.muted && (above || stands(standing, set.toMs)),
      ratio: state.mode === 'incident' ? worse(ratio, state.ratio) : ratio,
    },
    aboveSinceMs !== null && set.toMs - aboveSinceMs >= startsAfterMs,
    { calmFromMs: set.fromMs, nowMs: set.toMs },
  );
}

/** The state after one more sample. */
export function observeSample(state: IncidentState, sample: ActivitySample): IncidentState {
  const { atMs } = sample;
  const last = standstillIn(sample, state.baselines);
  const sinceMs = goesOn(state.standing, atMs) ? state.standing.sinceMs : atMs;
  const standing = last === null ? null : { sinceMs, seenAtMs: atMs, last };
  const lasts = stands(standing, atMs) && atMs - sinceMs >= startsAfterMs;
  return decide({ ...state, standing }, lasts, { calmFromMs: atMs, nowMs: atMs });
}

/** `lasts`: what is seen has lasted long enough to begin an incident. */
function decide(
  state: IncidentState,
  lasts: boolean,
  { calmFromMs, nowMs }: { readonly calmFromMs: number; readonly nowMs: number },
): IncidentState {
  const high = state.aboveSinceMs !== null || stands(state.standing, nowMs);
  const belowSinceMs = high ? null : (state.belowSinceMs ?? calmFromMs);
  const starts = lasts && !state.muted;
  const ends = belowSinceMs !== null && nowMs - belowSinceMs >= endsAfterMs;
  const mode = state.mode === 'incident' ? (ends ? 'background' : 'incident') : starts ? 'incident' : 'background';
  const stoodMs = mode === 'incident' ? worse(state.stoodMs, state.standing?.last.longestMs ?? null) : null;
  return { ...state, mode, belowSinceMs, stoodMs };
}

const goesOn = (standing: Standing | null, nowMs: number): standing is Standing =>
  standing !== null && Math.abs(nowMs - standing.seenAtMs) <= longestPauseMs;

/** A standstill that has lasted for hours is no news. */
const stands = (standing: Standing | null, nowMs: number): standing is Standing =>
  standing !== null && nowMs - standing.sinceMs <= acceptedAfterMs;

const worse = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);

/** Why the rule asks for a closer look; null while it does not. */
export function reasonOf({ mode, ratio, aboveSinceMs, belowSinceMs, standing, stoodMs }: IncidentState): string | null {
  if (mode !== 'incident') return null;
  const after = 'It is over; the closer look ends five minutes after.';
  if (standing !== null && belowSinceMs === null) return standingText(standing.last);
  if (ratio !== null && (aboveSinceMs !== null || ratio > threshold)) {
    const times = `${ratio.toFixed(1)} times`;
    return belowSinceMs === null
      ? `Short statements, those behind saving and looking up, take up to ${times} their usual time.`
      : `Short statements took up to ${times} their usual time. ${after}`;
  }
  return stoodMs === null ? null : `Short statements stood for up to ${formatDuration(stoodMs)}. ${after}`;
}

function standingText({ standing, atWork, waitingForLocks, longestMs }: Standstill): string {
  const who = standing === atWork ? `all ${atWork} at work` : `${standing} of ${atWork} at work`;
  const locks = waitingForLocks === 0 ? '' : `, ${waitingForLocks} of them waiting for a lock`;
  return `Short statements, those behind saving and looking up, stand: ${who}${locks}, the longest for ${formatDuration(longestMs)}.`;
}

/** The person's word: no incident by itself until latency has come down. */
export const mute = (state: IncidentState): IncidentState => ({ ...state, mode: 'background', muted: true });
