import { mkdtemp, rm } from 'node:fs/promises';
import { noCounters } from '../../../../electron/core/diagnosis/no-counters.ts';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { History } from '../../../../electron/core/history/history.ts';
import { openHistory, type HistoryOptions } from '../../../../electron/core/history/open-history.ts';
import type { ActivityRow, StatementCounters, StatementKey } from '../../../../shared/model/sampling.ts';

export const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** A folder that goes with the test. */
export async function testFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'daybreak-history-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

export async function openTestHistory(options: Partial<HistoryOptions> = {}): Promise<History> {
  const file = options.file ?? join(await testFolder(), 'daybreak.sqlite');
  const history = await openHistory({ logger: quiet, ...options, file });
  onTestFinished(() => history.close());
  return history;
}

export const keyOf = (queryid: string, changes: Partial<StatementKey> = {}): StatementKey => ({
  databaseOid: '16384',
  roleOid: '16390',
  queryid,
  toplevel: true,
  ...changes,
});

export const activityRow = (changes: Partial<ActivityRow> = {}): ActivityRow => ({
  pid: 4711,
  leaderPid: null,
  databaseName: 'erp',
  databaseOid: '16384',
  roleName: 'erp_app',
  roleOid: '16390',
  applicationName: 'erp',
  backendType: 'client backend',
  state: 'active',
  waitEventType: null,
  waitEvent: null,
  queryid: null,
  query: 'select 1',
  queryStartMs: 1_795_000_000_000.123,
  xactStartMs: null,
  backendXminAge: null,
  blockedByPids: [],
  ...changes,
});

export const deltaSet = (toMs: number, keys: readonly StatementKey[], counters: Partial<StatementCounters> = {}) => ({
  fromMs: toMs - 60_000,
  toMs,
  deallocs: 0,
  resets: 0,
  coverage: null,
  deltas: keys.map((key) => ({ key, counters: { ...noCounters, calls: 1, ...counters }, discontinuity: false })),
});
