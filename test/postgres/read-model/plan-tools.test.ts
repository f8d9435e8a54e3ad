import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { diffPlans } from '../../../electron/core/read-model/plan/diff-plans.ts';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { dryRunPlan } from '../../../electron/core/read-model/swap/dry-run.ts';
import type { Plan, StepProgress } from '../../../shared/model/read-model.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, systemClock } from './fixture.ts';

const keyed = { keyColumns: ['k'] };
const versionSql = (version: number) =>
  `select invoice_id % 50 as k, sum(amount) + ${version === 1 ? 0 : `case when invoice_id % 50 < ${version} then 1 else 0 end`} as amount,
  count(*) as n from erp.invoice group by ${version === 1 ? '1' : 'invoice_id % 50'}`;

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());
  beforeEach(() =>
    shop.sql(`do $$ begin
      drop schema if exists board cascade; drop schema if exists reporting cascade;
      drop schema if exists daybreak cascade; end $$`),
  );
  const dryRun = (plan: Plan) => dryRunPlan({ server: shop.server, plan, journal: shop.journal, clock: systemClock });
  const model = () => getReadModel(shop.server, 'sales', systemClock);

  test('every step says how long its lock is held, and a plan what it takes of the disk', async () => {
    const first = await shop.planFor(versionSql(1), keyed);
    for (const { expectedLock } of first.steps) expect(expectedLock).not.toBe('');
    expect(first.steps.find(({ kind }) => kind === 'fill')?.expectedLock).toContain('not known');
    expect(first.disk).toMatchObject({ freeBytes: null });
    expect(first.disk?.freeNote).toContain('PostgreSQL does not tell how much is free');
    expect(first.disk?.copyBytes).toBeGreaterThan(0);
    await shop.execute(first);
    const second = await shop.planFor(versionSql(2), keyed);
    expect(second.steps.find(({ kind }) => kind === 'fill')?.expectedLock).toContain('the last fill took');
    expect(second.disk?.basis).toContain('at the bytes that a row of the served copy takes');
    expect((await shop.planRollBack('sales').catch(() => null))?.disk ?? null).toBe(null);
  });

  test('a dry run runs every step, and leaves the server as it was', async () => {
    const created = await shop.planFor(versionSql(1), { ...keyed, grantTo: [shop.boss] });
    const whole = await dryRun(created);
    expect(whole.ok).toBe(true);
    expect(whole.steps.map(({ state }) => state)).toEqual(created.steps.map(() => 'ran'));
    expect(whole.steps.find(({ outcome }) => outcome !== null)?.outcome).toContain('50 rows, equal to the definition');
    expect(await shop.left()).toEqual([]);
    expect(shop.journal.activity.at(-1)).toMatchObject({
      outcome: 'rolled_back',
      purpose: expect.stringContaining('dry run'),
    });
    await shop.execute(created);
    const next = await shop.planFor(versionSql(3), keyed);
    const before = await shop.left();
    expect((await dryRun(next)).ok).toBe(true);
    expect(await shop.left()).toEqual(before);
    expect((await shop.execute(next)).state).toBe('done');
    expect(await failureOf(dryRun(next))).toMatchObject({ code: 'plan_stale' });
  });

  test('a dry run says which step would fail, and who holds the view', async () => {
    const twice = await dryRun(await shop.planFor('select category as k, amount from erp.invoice', keyed));
    expect(twice).toMatchObject({ ok: false });
    expect(twice.steps.find(({ state }) => state === 'failed')?.note).toContain('could not create unique index');
    expect(twice.steps.at(-1)).toMatchObject({ state: 'not_tried' });
    expect(await shop.left()).toEqual([]);
    await shop.build(versionSql(1), keyed);
    const report = await shop.connect(shop.daybreak);
    await report.query('begin; select * from reporting.sales');
    const held = await dryRun(await shop.planFor(versionSql(2), keyed));
    expect(held.steps.find(({ state }) => state === 'failed')?.note).toMatch(
      /^The view was held by .*idle in transaction/,
    );
    await report.query('commit');
  });

  test('an edited proposal shows as a difference, and a changed catalog makes the older plan stale', async () => {
    const before = await shop.planFor(versionSql(1), keyed);
    const after = await shop.planFor(versionSql(2), keyed);
    expect(diffPlans(before, await shop.planFor(versionSql(1), keyed)).same).toBe(true);
    const changed = diffPlans(before, after).steps.filter(({ change }) => change !== 'same');
    expect(changed.map(({ title }) => title)).toContain('Create sales_v1_a, empty and hidden');
    await shop.execute(after);
    expect(await failureOf(shop.execute(before))).toMatchObject({ code: 'plan_stale' });
  });

  test('a version keeps how it compares with the one before, and that is seen before the switch', async () => {
    await shop.build(versionSql(1), keyed);
    const plan = await shop.planFor(versionSql(3), keyed);
    let seen: unknown = null;
    let holding: boolean | undefined;
    await shop.execute(plan, {
      beforeSwitch: async () => {
        const { versions, currentVersion } = await model();
        expect(currentVersion).toBe(1);
        seen = versions.find(({ version }) => version === 2)?.verification;
        holding = shop.journal.executions.get(plan.planId)?.holding;
      },
    });
    expect(holding).toBe(true);
    expect(seen).toMatchObject({
      comparedWith: 1,
      rowsBefore: 50,
      rowsNow: 50,
      onlyBefore: 0,
      onlyNow: 0,
      different: 3,
      byColumn: { amount: 3 },
    });
    for (const time of ['fillMs', 'fillMsBefore', 'compareMs']) expect(seen).toHaveProperty(time, expect.any(Number));
    expect((await model()).versions.find(({ version }) => version === 2)?.verification).toEqual(seen);
  });

  test('rows with NULL in their key are compared with each other', async () => {
    const sql = (more: number) =>
      `select nullif(region, 'region 1') as region, category, sum(amount) + ${more} as amount from erp.invoice group by 1, 2`;
    const pair = { keyColumns: ['region', 'category'] };
    await shop.build(sql(0), pair);
    await shop.build(sql(1), pair);
    expect((await model()).versions.find(({ version }) => version === 2)?.verification).toMatchObject({
      rowsBefore: 15,
      rowsNow: 15,
      onlyBefore: 0,
      onlyNow: 0,
      different: 15,
    });
  });

  test('cancelled while it holds before the switch, a plan is undone', async () => {
    await shop.build(versionSql(1), keyed);
    const abort = new AbortController();
    const failure = await failureOf(
      shop.execute(await shop.planFor(versionSql(2), keyed), {
        signal: abort.signal,
        beforeSwitch: async () => abort.abort(),
      }),
    );
    expect(failure.code).toBe('cancelled');
    expect(await model()).toMatchObject({ currentVersion: 1, drift: [] });
    expect((await shop.left()).filter((name) => name.includes('_v2_'))).toEqual([]);
  });

  test('a version that nobody reads any more is dropped, and the served one is not', async () => {
    await shop.build(versionSql(1), keyed);
    await shop.build(versionSql(2), keyed);
    expect((await model()).versions[0]?.stillRead).toMatchObject({ dependents: [], holders: [] });
    expect(await failureOf(shop.planDropVersion('sales', 2))).toMatchObject({ code: 'statement_refused' });
    expect(await failureOf(shop.planDropVersion('sales', 7))).toMatchObject({ code: 'not_found' });
    await shop.execute(await shop.planDropVersion('sales', 1));
    expect((await model()).versions.map(({ version }) => version)).toEqual([2]);
    expect(await model()).toMatchObject({ currentVersion: 2, drift: [] });
    expect((await shop.left()).filter((name) => name.includes('_v1_'))).toEqual([]);
  });

  test('a version is not dropped while something depends on it, or somebody reads it, and the refusal says who', async () => {
    await shop.build(versionSql(1), keyed);
    await shop.build(versionSql(2), keyed);
    await shop.sql('create schema board; create view board.old as select * from reporting.sales_v1_a');
    const kept = await failureOf(shop.planDropVersion('sales', 1));
    expect(kept).toMatchObject({ code: 'statement_refused' });
    expect(kept.message).toContain('view board.old');
    expect((await model()).versions[0]?.stillRead).toMatchObject({ read: true, dependents: ['view board.old'] });
    await shop.sql('drop view board.old');
    const reader = await shop.connect(shop.daybreak);
    await reader.query('begin; select * from reporting.sales_v1_a');
    const read = await failureOf(shop.planDropVersion('sales', 1));
    expect(read.message).toContain('reads it now');
    expect(read.detail).toMatchObject({ mayDropEvenIfRead: true });
    await reader.query('commit');
    await reader.end();
  });

  test('a version that is read between its plan and its drop stays, unless that was asked for', async () => {
    await shop.build(versionSql(1), keyed);
    await shop.build(versionSql(2), keyed);
    const plan = await shop.planDropVersion('sales', 1, false);
    const reader = await shop.connect(shop.daybreak);
    await reader.query('select * from reporting.sales_v1_a');
    await reader.end(); // a session reports what it read at its end at the latest
    const failure = await failureOf(shop.execute(plan));
    expect(failure.message).toContain('sales_v1_a was read since the plan was made');
    expect(await model()).toMatchObject({ currentVersion: 2, drift: [] });
    await shop.execute(await shop.planDropVersion('sales', 1, true));
    expect((await model()).versions).toHaveLength(1);
  });

  test('a build tells how far it is by what the server says, and a cancel ends it on the server', async () => {
    await shop.sql(`create table if not exists erp.wide as
      select n::bigint as k, md5(n::text) as word from generate_series(1, 300000) n; analyze erp.wide;
      grant select on erp.wide to ${shop.daybreak}`);
    // An index over words is built slowly enough to be looked at.
    const plan = await shop.planFor('select word, k from erp.wide', { keyColumns: ['word', 'k'] });
    const told: StepProgress[] = [];
    const abort = new AbortController();
    const index = plan.steps.find(({ kind }) => kind === 'index')?.step;
    const failure = await failureOf(
      shop.execute(plan, {
        signal: abort.signal,
        clock: { ...systemClock, sleep: (_, signal) => systemClock.sleep(20, signal) },
        onStepProgress: (progress) => {
          told.push(progress);
          if (progress.step === index) abort.abort();
        },
      }),
    );
    expect(failure.code).toBe('cancelled');
    expect(told.some(({ phase }) => phase === 'filling and proving')).toBe(true);
    expect(told.at(-1)).toMatchObject({ step: index, basis: "the server's own count" });
    expect(told.at(-1)?.phase).toMatch(/^building the index: /);
    expect(await shop.sql(`select 1 from pg_stat_progress_create_index where datname = current_database()`)).toEqual(
      [],
    );
    expect(await shop.left()).toEqual([]);
  });

  test('the fill of a table tells its size so far', async () => {
    await shop.sql(`create table if not exists erp.entry as
      select n as k, timestamptz '2026-01-01' + n * interval '10 seconds' as at, repeat('x', 200) as word
      from generate_series(1, 150000) n; analyze erp.entry; grant select on erp.entry to ${shop.daybreak}`);
    const plan = await shop.planFor(
      `select (at at time zone 'UTC')::date as day, k, max(word) as word from erp.entry group by 1, 2`,
      { keyColumns: ['day', 'k'], period: { column: 'day', grain: 'day', timeZone: 'UTC', openPeriods: 2 } },
    );
    const told: StepProgress[] = [];
    await shop.execute(plan, {
      clock: { ...systemClock, sleep: (_, signal) => systemClock.sleep(20, signal) },
      onStepProgress: (progress) => told.push(progress),
    });
    const written = told.filter(({ phase }) => phase === 'writing rows');
    expect(written.length).toBeGreaterThan(0);
    expect(written[0]).toMatchObject({ unit: 'bytes', done: expect.any(Number) });
    const sizes = written.map(({ done }) => done ?? 0);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  });
});
