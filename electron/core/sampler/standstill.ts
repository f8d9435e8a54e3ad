import type { ActivityRow, ActivitySample } from '../../../shared/model/sampling.ts';
import { keyText } from './deltas.ts';
import { speaksForOltp, type Baselines } from './usual-latency.ts';

/** Short statements that do not end: they are booked nowhere, and only samples show them. */
export interface Standstill {
  /** Sessions that stand, in the last sample. */
  readonly standing: number;
  /** Sessions with a short statement in flight, the standing ones among them. */
  readonly atWork: number;
  /** Standing sessions that wait for a lock. */
  readonly waitingForLocks: number;
  /** For how long the first of them has been in flight, ms. */
  readonly longestMs: number;
}

/** In flight for so many times its usual time, a statement stands ... */
const threshold = 3;
/** ... and for at least so long: of statements that take 0.1 ms one in a thousand takes a hundred times as long. */
const leastMs = 1_000;

/**
 * The standstill that one sample shows; null where it shows none. Sessions at work are the product of arrivals and
 * latency (Little's law): where more than two of three stand, and would not be at work on a quiet day, the latency of
 * all is above 3 times the usual one.
 *
 * One statement that takes long by itself is no standstill, one that waits for a lock is. Where the server waits for
 * the lock of a table before it has a queryid, who waits is taken for a saver by role and database; one such session
 * may be a report, several are not. What waits for its client waits for nothing here, and a session between two
 * statements is not at work.
 */
export function standstillIn({ atMs, rows }: ActivitySample, baselines: Baselines): Standstill | null {
  let [atWork, standing, waitingForLocks, longestMs] = [0, 0, 0, 0];
  let known = false;
  const saversAt = saversIn(baselines);
  for (const row of rows) {
    if (!isAtWork(row)) continue;
    const waits = row.waitEventType === 'Lock';
    const ageMs = atMs - row.queryStartMs;
    const usualMs = row.queryid === null ? (waits && saversAt(row) ? 0 : null) : usualOf(row, row.queryid, baselines);
    if (usualMs === null) continue;
    atWork += 1;
    if (ageMs < Math.max(leastMs, threshold * usualMs)) continue;
    standing += 1;
    longestMs = Math.max(longestMs, ageMs);
    if (!waits) continue;
    waitingForLocks += 1;
    known ||= row.queryid !== null;
  }
  const stray = standing === 1 && !known;
  return standing === 0 || stray || standing * threshold <= atWork * (threshold - 1)
    ? null
    : { standing, atWork, waitingForLocks, longestMs };
}

type AtWork = ActivityRow & {
  readonly queryStartMs: number;
  readonly databaseOid: string;
  readonly roleOid: string;
};

const isAtWork = (row: ActivityRow): row is AtWork =>
  row.backendType === 'client backend' &&
  row.state === 'active' &&
  row.waitEventType !== 'Client' &&
  row.queryStartMs !== null &&
  row.databaseOid !== null &&
  row.roleOid !== null;

/** Usual time of a short statement, ms; null for all others. */
function usualOf({ databaseOid, roleOid }: AtWork, queryid: string, baselines: Baselines): number | null {
  const baseline = baselines.get(keyText({ databaseOid, roleOid, queryid, toplevel: true }));
  return baseline !== undefined && speaksForOltp(baseline) ? baseline.meanMs : null;
}

/** Whether short statements are usual for a role in a database: looked for once a sample, there may be 7,500. */
function saversIn(baselines: Baselines): (row: AtWork) => boolean {
  const found = new Map<string, boolean>();
  return ({ databaseOid, roleOid }) => {
    const place = `${databaseOid}/${roleOid}/`;
    const known = found.get(place);
    if (known !== undefined) return known;
    const any = [...baselines].some(([name, baseline]) => name.startsWith(place) && speaksForOltp(baseline));
    found.set(place, any);
    return any;
  };
}
