import type { ActivityRow } from '../../../shared/model/sampling.ts';
import type { StoredActivityRow, StoredDeltas, StoredSample } from '../history/history.ts';
import type { StoredHistory, TimeWindow } from './input.ts';
import { isIoWorker, servedByIoWorkers } from './io-workers.ts';
import { isBackground, resourceUse, standbyPrint, type ResourceUse } from './resources.ts';

/** A sampled row that matters, with what it uses. */
export interface SeenRow {
  /** Ours; for background processes `backend:<type>`; null for a statement that the role may not see. */
  readonly statementId: string | null;
  readonly row: ActivityRow;
  readonly use: ResourceUse | null;
  /** For an idle transaction: how long this spell was seen to last in the end, ms; else 0. */
  readonly idleMs: number;
}

export interface SeenSample {
  readonly atMs: number;
  /** Seconds that this sample stands for: half the way to its neighbours, long gaps cut. */
  readonly seconds: number;
  readonly rows: readonly SeenRow[];
}

/** History in one order, without the sessions that only observe. */
export interface HistoryView {
  readonly samples: readonly SeenSample[];
  readonly deltas: readonly StoredDeltas[];
  /** Usual distance of two samples, ms; null with fewer than two. */
  readonly spacingMs: number | null;
}

/** A distance of more than this many usual ones is a gap: nobody looked, and nothing is claimed about it. */
export const gapFactor = 3;

export function viewHistory(history: Pick<StoredHistory, 'samples' | 'deltas' | 'ownApplicationNames'>): HistoryView {
  const ordered = history.samples.toSorted((a, b) => a.atMs - b.atMs);
  const spacingMs = median(ordered.slice(1).map((sample, index) => sample.atMs - (ordered[index]?.atMs ?? 0)));
  const reach = ((spacingMs ?? 1000) * gapFactor) / 2;
  const idle = idleSpells(ordered);
  const samples = ordered.map((sample, index): SeenSample => {
    const before = ordered[index - 1]?.atMs;
    const after = ordered[index + 1]?.atMs;
    const left = before === undefined ? (spacingMs ?? 1000) / 2 : Math.min((sample.atMs - before) / 2, reach);
    const right = after === undefined ? (spacingMs ?? 1000) / 2 : Math.min((after - sample.atMs) / 2, reach);
    return {
      atMs: sample.atMs,
      seconds: (left + right) / 1000,
      rows: seenRows(sample, history.ownApplicationNames, idle),
    };
  });
  return { samples, deltas: history.deltas.toSorted((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs), spacingMs };
}

function seenRows(
  sample: StoredSample,
  ownApplicationNames: readonly string[],
  idle: ReadonlyMap<string, number>,
): readonly SeenRow[] {
  const { rows, hasIdle } = seenOnce(sample, ownApplicationNames);
  if (!hasIdle) return rows;
  return rows.map((seen) => (isIdle(seen.row) ? { ...seen, idleMs: idle.get(spellOf(seen.row)) ?? 0 } : seen));
}

interface Seen {
  readonly ownApplicationNames: readonly string[];
  readonly rows: readonly SeenRow[];
  readonly hasIdle: boolean;
}
const seenBefore = new WeakMap<StoredSample, Seen>();

/** What one sample tells by itself, once while the store hands out the same object. */
function seenOnce(sample: StoredSample, ownApplicationNames: readonly string[]): Seen {
  const before = seenBefore.get(sample);
  if (before?.ownApplicationNames === ownApplicationNames) return before;
  const others = sample.rows.filter(({ row }) => !ownApplicationNames.includes(row.applicationName));
  const rows = seenIn(others, Math.floor(sample.atMs / 1000));
  const seen = { ownApplicationNames, rows, hasIdle: rows.some(({ row }) => isIdle(row)) };
  seenBefore.set(sample, seen);
  return seen;
}

/** Parallel workers are credited to the query of their leader, io workers to those who wait for what they read. */
function seenIn(rows: readonly StoredActivityRow[], turn: number): SeenRow[] {
  const leaders = rows.some(({ row }) => row.leaderPid !== null)
    ? new Map(rows.map((stored) => [stored.row.pid, stored]))
    : null;
  const seen = rows
    .toSorted((a, b) => a.row.pid - b.row.pid)
    .map(({ statementId, row }): SeenRow => {
      const leader = row.leaderPid === null ? undefined : leaders?.get(row.leaderPid);
      const own = statementId ?? (isBackground(row) && !isIoWorker(row) ? `backend:${row.backendType}` : null);
      return { statementId: leader?.statementId ?? own, row, use: resourceUse(row), idleMs: 0 };
    });
  const credited = seen.some(({ row }) => isIoWorker(row)) ? withIoWorkers(seen, turn) : seen;
  const waiting = credited.find(({ use }) => use === 'replication');
  return waiting === undefined ? credited : [...credited, standbyOf(waiting.row)];
}

function withIoWorkers(seen: readonly SeenRow[], turn: number): SeenRow[] {
  const looked = seen.map((one) => ({ pid: one.row.pid, backendType: one.row.backendType, use: one.use, one }));
  const served = servedByIoWorkers(looked, turn);
  return seen.map((worker) => {
    const session = served.get(worker.row.pid)?.one;
    if (session === undefined) return worker;
    const leaderPid = session.row.leaderPid ?? session.row.pid;
    return { ...worker, statementId: session.statementId, row: { ...worker.row, leaderPid } };
  });
}

/** A standby works while sessions wait for it. */
const standbyOf = (waiting: ActivityRow): SeenRow => ({
  statementId: standbyPrint,
  row: {
    ...waiting,
    pid: 0,
    leaderPid: null,
    databaseName: null,
    databaseOid: null,
    roleName: null,
    roleOid: null,
    applicationName: '',
    backendType: 'standby',
    queryid: null,
    query: '',
    queryStartMs: null,
    xactStartMs: null,
    backendXminAge: null,
    blockedByPids: [],
  },
  use: 'other',
  idleMs: 0,
});

export const isIdle = ({ state }: ActivityRow): boolean => state !== null && state.startsWith('idle in transaction');

export const spellOf = ({ pid, queryStartMs }: ActivityRow): string => `${pid} ${queryStartMs ?? ''}`;

/** How long each idle transaction was seen to stand since its last statement: its end tells about its beginning. */
function idleSpells(samples: readonly StoredSample[]): Map<string, number> {
  const longest = new Map<string, number>();
  for (const { atMs, rows } of samples) {
    for (const { row } of rows) {
      if (!isIdle(row) || row.queryStartMs === null) continue;
      const spell = spellOf(row);
      longest.set(spell, Math.max(longest.get(spell) ?? 0, atMs - row.queryStartMs));
    }
  }
  return longest;
}

/** The samples of [fromMs, toMs), found by bisection: a verdict asks for thousands of windows. */
export function samplesWithin(samples: readonly SeenSample[], { fromMs, toMs }: TimeWindow): readonly SeenSample[] {
  return samples.slice(firstAt(samples, fromMs), firstAt(samples, toMs));
}

/** The sample nearest to a moment, or null when none is within `reachMs`. */
export function sampleNear(samples: readonly SeenSample[], atMs: number, reachMs: number): SeenSample | null {
  const index = firstAt(samples, atMs);
  const near = [samples[index - 1], samples[index]].filter(
    (sample): sample is SeenSample => sample !== undefined && Math.abs(sample.atMs - atMs) <= reachMs,
  );
  return near.toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs))[0] ?? null;
}

function firstAt(samples: readonly SeenSample[], atMs: number): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.atMs ?? Infinity) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function median(values: readonly number[]): number | null {
  return weightedMedian(values.map((value) => ({ value, weight: 1 })));
}

/** The value at which half of the weight lies below; the middle of two where it falls between them. */
export function weightedMedian(values: readonly { readonly value: number; readonly weight: number }[]): number | null {
  const ordered = values.filter(({ weight }) => weight > 0).toSorted((a, b) => a.value - b.value);
  const half = ordered.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let below = 0;
  for (const [index, { value, weight }] of ordered.entries()) {
    below += weight;
    if (below > half) return value;
    if (below === half) return (value + (ordered[index + 1]?.value ?? value)) / 2;
  }
  return null;
}
