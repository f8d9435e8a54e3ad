import type { Snapshot, SnapshotEntry, StatementCounters, StatementKey } from '../../../../shared/model/sampling.ts';

/** Every counter of a statement. */
export const names = [
  'calls',
  'rows',
  'totalExecMs',
  'sumSquaresMs2',
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

export const zero = Object.fromEntries(names.map((name) => [name, 0])) as unknown as StatementCounters;
export const plus = (a: StatementCounters, b: StatementCounters): StatementCounters =>
  Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as StatementCounters;
export const counters = (some: Partial<StatementCounters>): StatementCounters => ({ ...zero, ...some });

export const key = (queryid: string): StatementKey => ({ databaseOid: '5', roleOid: '10', queryid, toplevel: true });
export const entry = (
  queryid: string,
  some: Partial<StatementCounters>,
  statsSinceMs: number | null = null,
): SnapshotEntry => ({
  key: key(queryid),
  counters: counters(some),
  statsSinceMs,
});
export const snapshot = (atMs: number, entries: SnapshotEntry[], more: Partial<Snapshot> = {}): Snapshot => ({
  atMs,
  entries,
  dealloc: 0,
  statsResetMs: 1,
  activeTimeMs: null,
  ...more,
});
