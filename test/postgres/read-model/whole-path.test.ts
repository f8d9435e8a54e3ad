import { registryMigrations } from '../../../electron/core/read-model/registry/migrations.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getReadModel, listReadModels } from '../../../electron/core/read-model/registry/read-models.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion, systemClock } from './fixture.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());

  const model = () => getReadModel(shop.server, 'sales', systemClock);
  const columnsOfView = async () =>
    (
      await shop.sql<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = 'reporting.sales'::regclass and attnum > 0 order by attnum`,
      )
    ).map(({ name }) => name);

  test('a database without a registry has no read models, and looking creates nothing', async () => {
    expect(await listReadModels(shop.server, systemClock)).toEqual([]);
    expect(await shop.left()).toEqual([]);
  });

  test('a plan is shown whole before anything exists', async () => {
    const plan = await shop.planFor(salesByRegion);
    expect(plan.kind).toBe('create');
    const registry = registryMigrations.map(() => 'registry');
    expect(plan.steps.map(({ kind }) => kind)).toEqual([
      ...registry,
      // The schema of read models, and the row of this one.
      'registry',
      'registry',
      'create',
      'fill',
      'index',
      'analyze',
      'flip',
      'comment',
    ]);
    expect(plan.steps.every(({ lock, blocks }) => lock !== '' && blocks !== '')).toBe(true);
    expect(await shop.left()).toEqual([]);
  });

  test('it is built, and a role with nothing but the grant reads it with its as-of first', async () => {
    const before = Date.now();
    const execution = await shop.build(salesByRegion, {
      grantTo: [shop.boss],
      consumers: [{ consumer: 'widget:sales', owner: 'Controlling', budget: { minutes: 30 } }],
    });
    expect(execution.state).toBe('done');
    expect(execution.steps.find(({ outcome }) => outcome !== null)?.outcome).toBe('5 rows, equal to the definition');
    const boss = await shop.connect(shop.boss);
    const { rows } = await boss.query('select region, amount, invoices from reporting.sales order by region');
    const { rows: direct } = await shop.admin.query(`${salesByRegion} order by region`);
    expect(rows).toEqual(direct);
    expect(await columnsOfView()).toEqual(['as_of', 'region', 'amount', 'invoices']);
    const { rows: aged } = await boss.query<{ as_of: Date }>('select as_of from reporting.sales limit 1');
    expect(aged[0]?.as_of.getTime()).toBeGreaterThan(before - 60_000);
    await expect(boss.query('select * from reporting.sales_v1_a')).rejects.toThrow(/permission denied/);
    await expect(boss.query('select * from daybreak.copy')).rejects.toThrow(/permission denied/);
  });

  test('registry and catalog agree, and psql users see question, owner and budget', async () => {
    const found = await model();
    expect(found).toMatchObject({
      currentVersion: 1,
      budget: { minutes: 30 },
      drift: [],
      freshness: { state: 'fresh', source: 'live' },
      versions: [{ version: 1, state: 'current', copies: [{ slot: 'a', rows: 5 }] }],
    });
    const [row] = await shop.sql<{ comment: string }>(
      `select obj_description('reporting.sales'::regclass, 'pg_class') as comment`,
    );
    expect(row?.comment).toContain('What do we sell?\nOwner: Controlling. Wanted at most 30 minutes old.');
  });

  test('every changing statement stands in the activity log with its undo', async () => {
    const entries = shop.journal.activity.filter(({ sql }) => /^create (materialized )?view/.test(sql));
    expect(entries).toHaveLength(2);
    expect(
      entries.every(({ outcome, undoSql, planId }) => outcome === 'done' && undoSql !== null && planId !== null),
    ).toBe(true);
    expect(shop.journal.activity.every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(shop.journal.activity.some(({ sql }) => /^(set|select|do \$verify)/.test(sql))).toBe(false);
  });

  test('a small model is refreshed in place, rows and as-of together', async () => {
    const before = (await model()).freshness.asOf ?? '';
    await shop.sql(`insert into erp.invoice values (100001, 'new region', null, now(), 1)`);
    const run = await shop.refresh('sales');
    expect(run).toMatchObject({ state: 'done', mode: 'concurrent', rows: 6, version: 1, slot: 'a' });
    const after = await model();
    expect(Date.parse(after.freshness.asOf ?? '')).toBeGreaterThan(Date.parse(before));
    expect(after.freshness.asOf).toBe(run.asOf);
    expect(after.lastRun).toMatchObject({ runId: run.runId, state: 'done', rows: 6 });
  });

  test('a column at the end makes version 2, which is compared with version 1 before anybody sees it', async () => {
    const plan = await shop.planFor(`select region, sum(amount) as amount, count(*) as invoices, max(amount) as largest
      from erp.invoice group by region`);
    expect(plan).toMatchObject({ kind: 'new_version', fromVersion: 1, toVersion: 2 });
    expect(plan.contractChanges).toEqual(['column largest (numeric) is new']);
    const execution = await shop.execute(plan);
    expect(execution.steps.map(({ outcome }) => outcome).find((outcome) => outcome?.includes('version 1'))).toBe(
      '6 rows, equal to the definition; against version 1 at the same snapshot: 6 rows before, 0 only there, 0 new, 0 with other values',
    );
    expect(await columnsOfView()).toEqual(['as_of', 'region', 'amount', 'invoices', 'largest']);
    const found = await model();
    expect(found.versions.map(({ version, state }) => [version, state])).toEqual([
      [1, 'previous'],
      [2, 'current'],
    ]);
    expect(found.drift).toEqual([]);
    expect(found.consumers).toHaveLength(1);
  });

  test('a version that would break readers is refused when it is planned', async () => {
    const failure = await failureOf(
      shop.planFor('select region, sum(amount)::text as amount from erp.invoice group by region'),
    );
    expect(failure.code).toBe('statement_refused');
    expect(failure.message).toContain('column amount changes its type from numeric to text');
    expect(failure.message).toContain('column invoices (bigint) is gone');
  });

  test('rolling back shows version 1 with its own age, and NULL where only version 2 has a column', async () => {
    const [aged] = await shop.sql<{ as_of: Date }>(
      `select data_as_of as as_of from daybreak.copy where copy_id = 'sales_v1_a'`,
    );
    await shop.execute(await shop.planRollBack('sales'));
    const rows = await shop.sql<{ as_of: Date; largest: string | null }>('select * from reporting.sales');
    expect(rows.every(({ largest }) => largest === null)).toBe(true);
    expect(rows[0]?.as_of).toEqual(aged?.as_of);
    expect(await model()).toMatchObject({ currentVersion: 1, drift: [] });
  });

  test('a model that is too large to merge in place is refreshed side by side', async () => {
    await shop.sql(`update daybreak.copy set row_count = 100000 where copy_id = 'sales_v1_a'`);
    const run = await shop.refresh('sales');
    expect(run).toMatchObject({ state: 'done', mode: 'side_by_side', slot: 'b', rows: 6 });
    await shop.sql(`insert into erp.invoice values (100002, 'newest region', null, now(), 1)`);
    await shop.sql(`update daybreak.copy set row_count = 100000 where copy_id = 'sales_v1_b'`);
    expect(await shop.refresh('sales')).toMatchObject({ mode: 'side_by_side', slot: 'a', rows: 7 });
    expect(await shop.sql('select * from reporting.sales')).toHaveLength(7);
    expect(await model()).toMatchObject({ drift: [], versions: [{ copies: [{ slot: 'a' }, { slot: 'b' }] }, {}] });
  });

  test('drift is told in words', async () => {
    await shop.sql(`drop index reporting.sales_v1_a_key; comment on view reporting.sales is 'mine';
      revoke select on reporting.sales from ${shop.boss}`);
    expect((await model()).drift.map(({ kind }) => kind)).toEqual(['comment_changed', 'grant_lost', 'index_lost']);
  });

  test('it is not dropped while another view reads it, and then without a trace', async () => {
    await shop.sql('create view erp.board as select region from reporting.sales');
    const refused = await failureOf(shop.planDrop('sales'));
    expect(refused).toMatchObject({ code: 'statement_refused', detail: { dependents: ['view erp.board'] } });
    await shop.sql('drop view erp.board');
    await shop.execute(await shop.planDrop('sales'));
    expect(await listReadModels(shop.server, systemClock)).toEqual([]);
    expect((await shop.left()).filter((name) => name.startsWith('reporting.'))).toEqual([]);
  });
});
