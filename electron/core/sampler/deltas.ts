import type {
  DeltaSet,
  Snapshot,
  SnapshotEntry,
  StatementCounters,
  StatementDelta,
  StatementKey,
} from '../../../shared/model/sampling.ts';
import { countersBeganAnew, difference, hasRestarted, isSameProcess, serverDifference } from './server-difference.ts';

/** One string for a key, for use in maps. */
export const keyText = ({ databaseOid, roleOid, queryid, toplevel }: StatementKey): string =>
  `${databaseOid}/${roleOid}/${queryid}/${toplevel ? 't' : 'n'}`;

/** What the clocks say about the time between two snapshots (elapsed.ts), where it is not simply their difference. */
export interface Passed {
  readonly ms: number;
  readonly clockSetByMs: number;
}

/**
 * What happened between two snapshots of one server. Rows that did not
 * change are left out. No counter is ever negative, and none ever exceeds what was executed: where an entry was
 * recreated in between, the delta is what it counted since, a lower bound, and is marked.
 */
export function subtractSnapshots(previous: Snapshot, next: Snapshot, passed: Passed | null = null): DeltaSet {
  // An entry in which nothing happened is the same object in both: 4,500 of 5,000 need no key and no comparison.
  const same = new Set(previous.entries);
  const changed: SnapshotEntry[] = [];
  let found = 0;
  for (const entry of next.entries) {
    if (same.delete(entry)) found += 1;
    else changed.push(entry);
  }
  const before = new Map([...same].map((entry) => [keyText(entry.key), entry]));
  // Not "later than": after a crash the time goes back to 2000-01-01, and the entries are as gone as after a reset.
  const globalReset =
    previous.statsResetMs !== null && next.statsResetMs !== null && next.statsResetMs !== previous.statsResetMs;
  const fromMs = passed === null ? previous.atMs : next.atMs - passed.ms;
  const deltas: StatementDelta[] = [];
  let recreated = 0;
  for (const entry of changed) {
    const earlier = before.get(keyText(entry.key));
    if (earlier !== undefined) found += 1;
    const change = changeOf(earlier, entry, { previous, next, fromMs, globalReset });
    if (change === null) continue;
    if (change.discontinuity) recreated += 1;
    if (isZero(change.counters)) continue;
    deltas.push({ key: entry.key, ...change });
  }
  const deallocs = deallocsBetween(previous, next);
  // What a role may not see any more has not vanished.
  const blinded = (next.hiddenEntries ?? 0) > (previous.hiddenEntries ?? 0);
  const vanished = blinded ? 0 : previous.entries.length - found;
  return {
    fromMs,
    toMs: next.atMs,
    deltas,
    deallocs,
    resets: resetsBetween(globalReset, deallocs, recreated, vanished, previous.entries.length),
    coverage: coverageOf(deltas, previous, next),
    idleInTransactionMs: countersBeganAnew(previous, next)
      ? null
      : difference(previous.idleInTransactionMs, next.idleInTransactionMs),
    server: serverDifference(previous, next),
    ...(next.replication === undefined ? {} : { replication: next.replication }),
    restarted: hasRestarted(previous, next),
    ...(passed === null || passed.clockSetByMs === 0 ? {} : { clockSetByMs: passed.clockSetByMs }),
  };
}

type Change = Pick<StatementDelta, 'counters' | 'discontinuity'>;

interface Between {
  readonly previous: Snapshot;
  readonly next: Snapshot;
  readonly fromMs: number;
  readonly globalReset: boolean;
}

function changeOf(earlier: SnapshotEntry | undefined, entry: SnapshotEntry, between: Between): Change | null {
  if (earlier === undefined) {
    // It was counted before and only hidden from us: how much of it is new, nobody knows.
    return wasHidden(entry, between) ? null : { counters: entry.counters, discontinuity: false };
  }
  if (wasRecreated(earlier, entry, between.globalReset)) return { counters: entry.counters, discontinuity: true };
  return { counters: statementDifference(earlier.counters, entry.counters), discontinuity: false };
}

/**
 * Entries that appear just when hidden ones became visible (a GRANT) are all suspect. How many were hidden is not known
 * after a restart: then the entry's own time tells, where it has one (17 and later).
 */
function wasHidden(entry: SnapshotEntry, { previous, next, fromMs }: Between): boolean {
  if ((previous.hiddenEntries ?? 0) > (next.hiddenEntries ?? 0)) return true;
  // The earlier of the two: where the server's clock was set back, what is new bears a time before the last snapshot.
  return entry.statsSinceMs !== null && entry.statsSinceMs < Math.min(previous.atMs, fromMs);
}

/** The entry's own time is the best witness (17 and later); before, a reset of all, or a counter that went down. */
function wasRecreated(earlier: SnapshotEntry, entry: SnapshotEntry, globalReset: boolean): boolean {
  const ownTimes = earlier.statsSinceMs !== null && entry.statsSinceMs !== null;
  if (ownTimes ? entry.statsSinceMs !== earlier.statsSinceMs : globalReset) return true;
  return monotone.some((name) => entry.counters[name] < earlier.counters[name]);
}

/** All but the sum of squares, which the server computes from mean and deviation and which may shrink by rounding. */
const monotone = [
  'calls',
  'rows',
  'totalExecMs',
  'plans',
  'totalPlanMs',
  'sharedBlksHit',
  'sharedBlksRead',
  'sharedBlksDirtied',
  'sharedBlksWritten',
  'localBlksRead',
  'localBlksWritten',
  'tempBlksRead',
  'tempBlksWritten',
  'sharedBlkReadMs',
  'sharedBlkWriteMs',
  'tempBlkReadMs',
  'tempBlkWriteMs',
  'walRecords',
  'walBytes',
] as const satisfies readonly (keyof StatementCounters)[];

function statementDifference(earlier: StatementCounters, later: StatementCounters): StatementCounters {
  const counters = { sumSquaresMs2: Math.max(0, later.sumSquaresMs2 - earlier.sumSquaresMs2) } as Record<
    keyof StatementCounters,
    number
  >;
  for (const name of monotone) counters[name] = later[name] - earlier[name];
  // Nothing was executed: what is left is the rounding of the sum of squares.
  if (counters.calls === 0 && counters.totalExecMs === 0) counters.sumSquaresMs2 = 0;
  return counters;
}

const isZero = (counters: StatementCounters): boolean =>
  counters.sumSquaresMs2 === 0 && monotone.every((name) => counters[name] === 0);

/** Evictions; null where the extension does not count them (before 1.9, which has no reset time either). */
function deallocsBetween(previous: Snapshot, next: Snapshot): number | null {
  if (previous.statsResetMs === null || next.statsResetMs === null) return null;
  // A reset starts the count again, so what it says now is what happened since.
  return next.dealloc >= previous.dealloc && next.statsResetMs === previous.statsResetMs
    ? next.dealloc - previous.dealloc
    : next.dealloc;
}

/**
 * A global reset moves `stats_reset`; one of a database, a role or a query does not. That one shows in entries that
 * vanished or began anew although nothing was evicted. 1 stands for "at least one".
 */
function resetsBetween(
  globalReset: boolean,
  deallocs: number | null,
  recreated: number,
  vanished: number,
  all: number,
): number {
  if (globalReset) return 1;
  if (deallocs === null) return all > 0 && recreated + vanished === all ? 1 : 0;
  return deallocs === 0 && recreated + vanished > 0 ? 1 : 0;
}

/** Top-level statements only: with `track = all` the inner ones are part of their callers' time. */
function coverageOf(deltas: readonly StatementDelta[], previous: Snapshot, next: Snapshot): number | null {
  if (previous.activeTimeMs === null || next.activeTimeMs === null) return null;
  const activeMs = next.activeTimeMs - previous.activeTimeMs;
  if (activeMs <= 0 || countersBeganAnew(previous, next)) return null;
  let statementMs = 0;
  for (const { key, counters } of deltas) {
    if (key.toplevel) statementMs += counters.totalExecMs + counters.totalPlanMs;
  }
  return statementMs / activeMs;
}

/**
 * Longest gap that is still one interval. A laptop that slept through the night comes back with nine hours in one
 * delta, which belongs to no morning.
 */
export const longestGapMs = 15 * 60_000;

/** True where `next` goes on from `previous`: later, and not too much later. */
export function goesOnFrom(previous: Snapshot, next: Snapshot, gapMs = next.atMs - previous.atMs): boolean {
  return gapMs > 0 && gapMs <= longestGapMs;
}

/**
 * True where both were surely taken from one cluster, with the same sight of it: a connection that is opened again may
 * lead elsewhere, or the role may have been granted what was hidden, and all counters since the beginning would pass
 * for the work of a minute. The proof is the process that goes on, where it is known what was hidden; or one entry that
 * kept its own time, or that nobody ran since: a total time in double precision is equal on one cluster only.
 */
export function isSameSource(previous: Snapshot, next: Snapshot): boolean {
  if (previous.hiddenEntries !== undefined && isSameProcess(previous, next)) return true;
  const before = new Map(previous.entries.map((entry) => [keyText(entry.key), entry]));
  let ownTimes = false;
  const kept = next.entries.some((entry) => {
    const earlier = before.get(keyText(entry.key));
    if (earlier === undefined) return false;
    if (entry.statsSinceMs !== null) {
      ownTimes = true;
      return entry.statsSinceMs === earlier.statsSinceMs;
    }
    const { calls, totalExecMs } = entry.counters;
    return totalExecMs > 0 && calls === earlier.counters.calls && totalExecMs === earlier.counters.totalExecMs;
  });
  // Entries with times of their own tell by themselves what is old. Without: who sees one role only sees just itself.
  return kept && (ownTimes || rolesOf(previous) > 1 || rolesOf(next) <= 1);
}

const rolesOf = ({ entries }: Snapshot): number => new Set(entries.map(({ key }) => key.roleOid)).size;
