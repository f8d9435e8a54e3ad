import type { ActivityRow, ActivitySample, DeltaSet } from '../../../shared/model/sampling.ts';
import { keyText } from './deltas.ts';
import { speaksForOltp, trustedCalls, type Baselines } from './usual-latency.ts';

/** What the sampler saw of a server's load lately, without what refreshes do themselves. Null: not known. */
export interface SeenLoad {
  /** When it was seen, ms on the server's clock. */
  readonly atMs: number;
  /** Mean time of people's short statements over the last interval, and what these very calls usually take, ms. */
  readonly oltpMs: number | null;
  readonly usualMs: number | null;
  /** Sessions that work, on a processor or waiting for a disk. */
  readonly activeSessions: number;
  /** Sessions that wait for a lock. */
  readonly lockQueue: number;
  /** Of the standby that is farthest behind; null without one. */
  readonly replicaLagMs: number | null;
}

/** Counters come once a minute; what they said three minutes ago says nothing. */
const countedIsOldMs = 180_000;

/** `set`: the last interval that was counted; null: none was. */
export function seenLoad(sample: ActivitySample, set: DeltaSet | null, baselines: Baselines): SeenLoad {
  const own = new Set(sample.rows.filter(isOurs).map(({ pid }) => pid));
  const others = sample.rows.filter(
    (row) => row.state === 'active' && !own.has(row.pid) && (row.leaderPid === null || !own.has(row.leaderPid)),
  );
  const waits = (row: ActivityRow) => row.waitEventType === 'Lock';
  const counted = set !== null && Math.abs(sample.atMs - set.toMs) <= countedIsOldMs ? set : null;
  const lags = (counted?.replication ?? []).flatMap(({ replayLagMs }) => replayLagMs ?? []);
  return {
    atMs: sample.atMs,
    ...latencyIn(counted, baselines),
    activeSessions: others.filter((row) => works(row)).length,
    lockQueue: others.filter(waits).length,
    replicaLagMs: lags.length === 0 ? null : Math.max(...lags),
  };
}

/** Refreshes, plans, and the sampler itself. */
const isOurs = ({ applicationName }: ActivityRow): boolean => applicationName.startsWith('daybreak');

const working: readonly (string | null)[] = [null, 'IO', 'LWLock', 'BufferPin', 'IPC'];
const works = ({ waitEventType }: ActivityRow): boolean => working.includes(waitEventType);

/** Statement by statement against its own usual time, weighted by calls: another mixture is no slowdown. */
function latencyIn(set: DeltaSet | null, baselines: Baselines): Pick<SeenLoad, 'oltpMs' | 'usualMs'> {
  let [calls, tookMs, usualMs] = [0, 0, 0];
  for (const { key, counters } of set?.deltas ?? []) {
    const baseline = baselines.get(keyText(key));
    if (baseline === undefined || !speaksForOltp(baseline)) continue;
    calls += counters.calls;
    tookMs += counters.totalExecMs;
    usualMs += counters.calls * baseline.meanMs;
  }
  if (calls < trustedCalls) return { oltpMs: null, usualMs: null };
  return { oltpMs: tookMs / calls, usualMs: usualMs / calls };
}
