import type { Catalog, StatementGroup } from './catalog.ts';
import { overlapShare, type Interval } from './intervals.ts';
import { samplesWithin, type SeenSample } from './history-view.ts';
import type { TimeWindow } from './input.ts';

/** What a group did during a window, by the books and by the samples. */
export interface Exposure {
  /** Booked calls; where none were booked (cancelled, still running, evicted), the runs that samples saw. */
  readonly calls: number;
  readonly booked: boolean;
  readonly meanMs: number | null;
  readonly rowsPerCall: number | null;
  readonly blocksPerCall: number | null;
  readonly tempBlocksPerCall: number | null;
  readonly walBytesPerCall: number | null;
  /** Average active sessions, parallel workers included. */
  readonly averageActiveSessions: number;
  /** Distinct executions that samples saw active. */
  readonly runsSeen: number;
  readonly samplesSeen: number;
  readonly longestMs: number;
  readonly applicationNames: readonly string[];
}

export function exposureOf(
  group: StatementGroup,
  intervals: readonly Interval[],
  samples: readonly SeenSample[],
  window: TimeWindow,
  catalog: Catalog,
): Exposure {
  let calls = 0;
  let execMs = 0;
  let rows = 0;
  let blocks = 0;
  let tempBlocks = 0;
  let walBytes = 0;
  for (const interval of intervals) {
    const booked = interval.booked.get(group);
    const part = overlapShare(interval, window);
    if (booked === undefined || part === 0) continue;
    calls += booked.calls * part;
    execMs += booked.execMs * part;
    rows += booked.rows * part;
    blocks += booked.blocks * part;
    tempBlocks += booked.tempBlocks * part;
    walBytes += booked.walBytes * part;
  }
  const seen = sightings(group, samplesWithin(samples, window), catalog);
  const perCall = (total: number) => (calls === 0 ? null : total / calls);
  // A sliver of an interval outside of the window is no call in it.
  const wholeCalls = Math.round(calls);
  return {
    calls: wholeCalls > 0 ? wholeCalls : seen.runsSeen,
    booked: wholeCalls > 0,
    meanMs: perCall(execMs),
    rowsPerCall: perCall(rows),
    blocksPerCall: perCall(blocks),
    tempBlocksPerCall: perCall(tempBlocks),
    walBytesPerCall: perCall(walBytes),
    ...seen,
  };
}

type Sightings = Pick<
  Exposure,
  'averageActiveSessions' | 'runsSeen' | 'samplesSeen' | 'longestMs' | 'applicationNames'
>;

function sightings(group: StatementGroup, samples: readonly SeenSample[], catalog: Catalog): Sightings {
  const runs = new Set<string>();
  const applications = new Set<string>();
  let active = 0;
  let samplesSeen = 0;
  let longestMs = 0;
  for (const { atMs, rows } of samples) {
    const own = rows.filter(({ statementId, use }) => use !== null && catalog.groupOf(statementId) === group);
    if (own.length > 0) samplesSeen += 1;
    active += own.length;
    for (const { row } of own) {
      if (row.applicationName !== '') applications.add(row.applicationName);
      if (row.leaderPid !== null) continue;
      runs.add(`${row.pid} ${row.queryStartMs ?? ''}`);
      if (row.queryStartMs !== null) longestMs = Math.max(longestMs, atMs - row.queryStartMs);
    }
  }
  return {
    averageActiveSessions: samples.length === 0 ? 0 : active / samples.length,
    runsSeen: runs.size,
    samplesSeen,
    longestMs,
    applicationNames: [...applications].toSorted(),
  };
}

/** [bucket's beginning, average active sessions of the groups together]; buckets that no sample looked into are left out. */
export function activityLine(
  groups: readonly StatementGroup[],
  samples: readonly SeenSample[],
  window: TimeWindow,
  bucketMs: number,
  catalog: Catalog,
): [number, number][] {
  const line: [number, number][] = [];
  for (let fromMs = window.fromMs; fromMs < window.toMs; fromMs += bucketMs) {
    const bucket = samplesWithin(samples, { fromMs, toMs: Math.min(fromMs + bucketMs, window.toMs) });
    if (bucket.length === 0) continue;
    let active = 0;
    for (const { rows } of bucket) {
      for (const { statementId, use } of rows) {
        const group = use === null ? null : catalog.groupOf(statementId);
        if (group !== null && groups.includes(group)) active += 1;
      }
    }
    line.push([fromMs, active / bucket.length]);
  }
  return line;
}

/** A length of buckets that gives at most `most` of them, and none shorter than the samples' distance. */
export function bucketLength({ fromMs, toMs }: TimeWindow, most: number, spacingMs: number | null): number {
  return Math.max(Math.ceil((toMs - fromMs) / most), Math.ceil(spacingMs ?? 1000), 1);
}
