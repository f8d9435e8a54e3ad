import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Dashboard, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { Execution, Plan, Run } from '../../../../shared/model/read-model.ts';
import type { StoredConnection } from '../../../../electron/core/history/history.ts';
import { deltaSet, keyOf, openTestHistory, testFolder } from './store.ts';

const now = 1_795_000_000_000;

const plan = (planId: string, changes: Partial<Plan> = {}): Plan => ({
  planId,
  planHash: 'hash',
  serverId: 'erp',
  kind: 'create',
  readModel: 'sales',
  schema: 'reporting',
  fromVersion: null,
  toVersion: 1,
  steps: [],
  warnings: [],
  contractChanges: [],
  createdAtMs: now,
  state: 'new',
  confirmWith: 'sales',
  proposal: null,
  ...changes,
});
const execution = (planId: string, changes: Partial<Execution> = {}): Execution => ({
  executionId: `${planId}-1`,
  planId,
  state: 'running',
  steps: [],
  startedAtMs: now,
  endedAtMs: null,
  message: null,
  ...changes,
});
const run = (runId: string, changes: Partial<Run> = {}): Run => ({
  runId,
  readModel: 'sales',
  version: 1,
  slot: 'a',
  mode: 'full',
  reason: null,
  state: 'done',
  startedAtMs: now,
  endedAtMs: null,
  asOf: null,
  rows: null,
  error: null,
  sqlstate: null,
  runner: 'test',
  cost: null,
  ...changes,
});
const entry = (sql: string) => ({
  serverId: 'erp',
  atMs: now,
  actor: 'anna (window)',
  purpose: 'create sales',
  sql,
  undoSql: `undo ${sql}`,
  planId: 'p1',
  runId: null,
});
const connection: StoredConnection = {
  serverId: 'erp',
  settings: {
    label: 'ERP',
    environment: 'production',
    host: 'db',
    port: 5432,
    database: 'erp',
    user: 'daybreak',
    tlsMode: 'verify-full',
    tlsCaFile: null,
    passfile: null,
    cores: null,
    readModelSchema: 'reporting',
  },
  lastConnectedAtMs: null,
  lastFacts: null,
};
const dashboard = (dashboardId: string, serverId = 'erp'): Dashboard => ({
  dashboardId,
  serverId,
  title: dashboardId,
  widgets: [],
});
const result = (asOf: string | null, cell: string): WidgetData => ({
  widgetId: 'w',
  columns: [{ name: 'amount', type: 'numeric' }],
  rows: [[cell], [null]],
  freshness: { asOf, source: 'live', state: 'live' },
  tookMs: 3,
});

describe('the journal', () => {
  test('keeps plans, their state and how far they came', async () => {
    const { plans } = await openTestHistory();
    await plans.save(plan('p1'));
    await plans.save(plan('p2', { createdAtMs: now + 1 }));
    await plans.save(plan('p3', { serverId: 'other' }));
    await plans.setState('p1', 'running');
    await plans.saveExecution(execution('p1'));
    await plans.saveExecution(execution('p2', { state: 'done' }));
    await plans.saveExecution(execution('p3'));
    await plans.saveExecution(execution('p1', { message: 'step 2' }));

    expect(await plans.list('erp')).toEqual([plan('p2', { createdAtMs: now + 1 }), plan('p1', { state: 'running' })]);
    expect(await plans.execution('p1')).toEqual(execution('p1', { message: 'step 2' }));
    const left = { plan: plan('p1', { state: 'running' }), execution: execution('p1', { message: 'step 2' }) };
    expect(await plans.unfinished('erp')).toEqual([left]);
    await plans.saveExecution(execution('p1', { state: 'done' }));
    expect(await plans.unfinished('erp')).toMatchObject([{ plan: { state: 'running' }, execution: { state: 'done' } }]);
    await plans.setState('p1', 'interrupted');
    expect(await plans.unfinished('erp')).toHaveLength(1);
    await plans.setState('p1', 'done');
    expect(await plans.unfinished('erp')).toEqual([]);
    expect([await plans.get('p9'), await plans.execution('p9')]).toEqual([null, null]);
    await expect(plans.setState('p9', 'done')).rejects.toMatchObject({ value: { code: 'not_found' } });
    await expect(plans.saveExecution(execution('p9'))).rejects.toMatchObject({ value: { code: 'not_found' } });
  });

  test('lists runs of a read model, newest first', async () => {
    const { plans } = await openTestHistory();
    await plans.saveRun('erp', run('r1', { state: 'running' }));
    await plans.saveRun('erp', run('r2', { startedAtMs: now + 5 }));
    await plans.saveRun('erp', run('r3', { readModel: 'stock' }));
    await plans.saveRun('erp', run('r1', { state: 'failed', error: 'no', sqlstate: '42P01' }));
    const runs = await plans.runs('erp', 'sales', 10);
    expect(runs.map(({ runId, state }) => [runId, state])).toEqual([
      ['r2', 'done'],
      ['r1', 'failed'],
    ]);
    expect(await plans.runs('erp', 'sales', 1)).toHaveLength(1);
  });

  test('pages through the activity log, newest first', async () => {
    const { activity } = await openTestHistory();
    const ids = [];
    for (const sql of ['one', 'two', 'three']) ids.push(await activity.begin(entry(sql)));
    await activity.end(ids[0] ?? 0, { tookMs: 12.5, outcome: 'failed', error: 'lock timeout' });
    const first = await activity.list('erp', 2);
    expect(first.entries.map(({ sql, outcome }) => [sql, outcome])).toEqual([
      ['three', 'running'],
      ['two', 'running'],
    ]);
    expect(first.more).toBe(true);
    expect(await activity.list('erp', 2, first.entries.at(-1)?.entryId)).toEqual({
      entries: [{ ...entry('one'), entryId: ids[0], tookMs: 12.5, outcome: 'failed', error: 'lock timeout' }],
      more: false,
    });
    await expect(activity.end(999, { tookMs: 1, outcome: 'done', error: null })).rejects.toThrow(/no entry .* 999/);
  });
});

describe('widget results', () => {
  test('the last 30 are kept per source, and one as-of is kept once', async () => {
    const file = join(await testFolder(), 'daybreak.sqlite');
    const { dashboards, close } = await openTestHistory({ file });
    await dashboards.save(dashboard('d'));
    for (let minute = 10; minute < 45; minute++) {
      const data = result(`2026-11-20T07:${minute}:00+01:00`, `${minute}.5040`);
      await dashboards.saveResult('d', 'live', data, now);
      await dashboards.saveResult('d', 'live', data, now + 1);
    }
    await dashboards.saveResult('d', 'model', result(null, 'x'), now);
    expect(await dashboards.lastResult('d', 'w', 'live')).toEqual(result('2026-11-20T07:44:00+01:00', '44.5040'));
    expect(await dashboards.lastResult('d', 'w', 'model')).toEqual(result(null, 'x'));
    expect(await dashboards.lastResult('d', 'w', 'other')).toBeNull();
    await close();
    const { default: Database } = await import('better-sqlite3');
    const db = new Database(file, { readonly: true });
    expect(db.prepare('select source_hash, count(*) as kept from widget_result group by 1 order by 1').all()).toEqual([
      { source_hash: 'live', kept: 30 },
      { source_hash: 'model', kept: 1 },
    ]);
    db.close();
  });

  test('a number that arrives after its dashboard was removed is dropped', async () => {
    const { dashboards } = await openTestHistory();
    await dashboards.save(dashboard('d'));
    await dashboards.remove('d');
    await dashboards.saveResult('d', 'live', result(null, '1'), now);
    expect(await dashboards.lastResult('d', 'w', 'live')).toBeNull();
    expect(await dashboards.list('erp')).toEqual([]);
  });
});

describe('a removed dashboard', () => {
  test('is seen by nobody, is not written to, and comes back where it stood', async () => {
    const { dashboards } = await openTestHistory();
    for (const id of ['a', 'b', 'c']) await dashboards.save(dashboard(id));
    await dashboards.setAside('b', now);
    await dashboards.setAside('b', now + 5);
    expect(await dashboards.get('b')).toBeNull();
    expect((await dashboards.list('erp')).map(({ dashboardId }) => dashboardId)).toEqual(['a', 'c']);
    expect(await dashboards.removed('erp', now)).toEqual([{ dashboard: dashboard('b'), removedAtMs: now }]);
    expect([await dashboards.removed('erp', now + 1), await dashboards.removed('other', 0)]).toEqual([[], []]);
    await dashboards.saveRemoved({ ...dashboard('a'), title: 'written' });
    expect(await dashboards.get('a')).toEqual(dashboard('a'));
    await dashboards.putBack({ ...dashboard('b'), title: 'Again' });
    expect((await dashboards.list('erp')).map(({ title }) => title)).toEqual([
      dashboard('a').title,
      'Again',
      dashboard('c').title,
    ]);
  });

  test('gives up an id that a new one needs, and can still be put back', async () => {
    const { dashboards } = await openTestHistory();
    await dashboards.save(dashboard('d'));
    await dashboards.saveResult('d', 'live', result(null, 'before'), now);
    await dashboards.setAside('d', now);
    await dashboards.save({ ...dashboard('d'), title: 'New' });
    expect(await dashboards.lastResult('d', 'w', 'live')).toBeNull();
    const [removed] = await dashboards.removed('erp', 0);
    if (removed === undefined) throw new Error('it was set aside');
    expect(removed.dashboard).toEqual({ ...dashboard('d'), dashboardId: expect.not.stringMatching(/^d$/) });
    await dashboards.putBack(removed.dashboard);
    expect((await dashboards.list('erp')).map(({ title }) => title)).toEqual([dashboard('d').title, 'New']);
    expect(await dashboards.lastResult(removed.dashboard.dashboardId, 'w', 'live')).toEqual(result(null, 'before'));
  });
});

test('removing a connection removes everything stored for it, and nothing of others', async () => {
  const history = await openTestHistory();
  const { connections, samples, plans, activity, dashboards } = history;
  for (const serverId of ['erp', 'other']) {
    await connections.save({ ...connection, serverId });
    for (let at = 0; at < 120; at++) await samples.saveDeltas(serverId, deltaSet(now + at * 60_000, [keyOf('11')]));
    await samples.setClassOverride(serverId, 'f', 'batch');
    await plans.save(plan(`p-${serverId}`, { serverId }));
    await plans.saveExecution(execution(`p-${serverId}`));
    await activity.begin({ ...entry('x'), serverId });
    await dashboards.save(dashboard(`d-${serverId}`, serverId));
    await dashboards.saveResult(`d-${serverId}`, 'live', result(null, '1'), now);
  }
  await connections.remove('erp');
  const stored = async (serverId: string) => [
    await connections.get(serverId),
    (await samples.deltas(serverId, 0, 2e12)).length,
    await samples.statementCount(serverId),
    (await samples.classOverrides(serverId)).size,
    (await plans.list(serverId)).length,
    (await plans.unfinished(serverId)).length,
    (await activity.list(serverId, 10)).entries.length,
    (await dashboards.list(serverId)).length,
    await dashboards.get(`d-${serverId}`),
  ];
  expect(await stored('erp')).toEqual([null, 0, 0, 0, 0, 0, 0, 0, null]);
  expect(await stored('other')).toEqual(
    [connection, 120, 1, 1, 1, 1, 1, 1, dashboard('d-other', 'other')].with(0, { ...connection, serverId: 'other' }),
  );
  await connections.save(connection);
  expect((await stored('erp')).slice(1)).toEqual([0, 0, 0, 0, 0, 0, 0, null]);
});

test('what was said to be written survives kill -9', async () => {
  const file = join(await testFolder(), 'daybreak.sqlite');
  const child = fork(new URL('./killed-writer.ts', import.meta.url), [file], { execArgv: [] });
  let written = 0;
  child.on('message', (entryId: number) => {
    written = entryId;
    if (written >= 25) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  const { activity } = await openTestHistory({ file });
  const { entries } = await activity.list('erp', 1000);
  expect(written).toBeGreaterThanOrEqual(25);
  expect(entries.length).toBeGreaterThanOrEqual(written);
  expect(entries.at(-1)).toMatchObject({
    sql: 'statement 1',
    outcome: 'failed',
    error: 'its engine ended in the middle',
  });
});

test('what an engine left running is ended by the next one, and nothing else is touched', async () => {
  const file = join(await testFolder(), 'daybreak.sqlite');
  const killed = await openTestHistory({ file });
  await killed.plans.saveRun('erp', run('r1'));
  await killed.plans.saveRun('erp', run('r2', { state: 'running', startedAtMs: now + 1 }));
  const ended = await killed.activity.begin(entry('one'));
  await killed.activity.end(ended, { tookMs: 3, outcome: 'done', error: null });
  await killed.activity.begin(entry('two'));
  await killed.close();

  const before = Date.now();
  const { plans, activity } = await openTestHistory({ file });
  const [abandoned, done] = await plans.runs('erp', 'sales', 10);
  expect(abandoned).toMatchObject({ runId: 'r2', state: 'abandoned', error: 'its engine ended in the middle' });
  expect(abandoned?.endedAtMs).toBeGreaterThanOrEqual(before);
  expect(done).toEqual(run('r1'));
  expect((await activity.list('erp', 10)).entries).toMatchObject([
    { sql: 'two', outcome: 'failed', error: 'its engine ended in the middle', tookMs: null },
    { sql: 'one', outcome: 'done', error: null, tookMs: 3 },
  ]);
});
