import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planCreateOrNewVersion, planSuspend, planUninstall } from '../../../electron/core/read-model/plan-for.ts';
import { installedMigrations } from '../../../electron/core/read-model/registry/migrations.ts';
import { getReadModel } from '../../../electron/core/read-model/registry/read-models.ts';
import { detachScript } from '../../../electron/core/read-model/scripts/psql-scripts.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion, systemClock } from './fixture.ts';
import { psql } from './psql.ts';

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer);
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop view if exists erp.board; drop schema if exists reporting cascade; drop schema if exists daybreak cascade;
      alter table erp.invoice alter column amount type numeric(12,2); end $$`);
  });

  const plan = (name = 'sales') => planSuspend({ server: shop.server, name, planId: randomUUID(), nowMs: Date.now() });
  const suspend = async (name?: string) => shop.execute(await plan(name));
  const model = (name = 'sales') => getReadModel(shop.server, name, systemClock);
  const served = () =>
    shop.sql<{ region: string; amount: string }>('select region, amount from reporting.sales order by region');
  /** What hangs on the base table, as the vendor's upgrade meets it. */
  const alterAmount = () => shop.sql('alter table erp.invoice alter column amount type numeric(14,4)');
  const script = async (...names: string[]) => {
    const installed = await shop.server.withReadonly((session) => installedMigrations(session));
    const [row] = await shop.sql<{ database: string }>('select current_database() as database');
    return detachScript({ database: row?.database ?? '', role: shop.daybreak }, names, installed ?? []);
  };

  test('a vendor’s upgrade fails on a read model, and goes through once it is suspended', async () => {
    await shop.build(salesByRegion, { grantTo: [shop.boss] });
    await expect(alterAmount()).rejects.toThrow(/used by a view or rule/);
    const before = await served();
    const { freshness } = await model();
    await shop.sql(`create view erp.board as select region from reporting.sales`);
    expect((await suspend()).state).toBe('done');
    await alterAmount();
    await shop.sql(`insert into erp.invoice values (900000, 'region 1', 'category 1', now(), 1)`);
    expect(await served()).toEqual(before);
    const boss = await shop.connect(shop.boss);
    expect((await boss.query('select as_of, region from reporting.sales')).rowCount).toBe(5);
    expect(await model()).toMatchObject({
      suspended: { by: shop.daybreak },
      drift: [],
      freshness: { asOf: freshness.asOf, state: 'stale', reason: 'it is suspended while the ERP is upgraded' },
    });
    const [kinds] = await shop.sql<{ kind: string; indexes: string }>(
      `select relkind::text as kind, (select string_agg(i.indexrelid::regclass::text, ',') from pg_index i where i.indrelid = c.oid) as indexes
      from pg_class c where oid = 'reporting.sales_v1_a'::regclass`,
    );
    expect(kinds).toEqual({ kind: 'r', indexes: 'reporting.sales_v1_a_key' });
    expect((await shop.sql('select region from erp.board')).length).toBe(5);
    await shop.sql('delete from erp.invoice where invoice_id = 900000');
  });

  test('what is suspended is not refreshed, and not suspended twice', async () => {
    await shop.build(salesByRegion);
    await suspend();
    expect(await failureOf(shop.refresh('sales'))).toMatchObject({ code: 'statement_refused' });
    expect((await failureOf(plan())).message).toMatch(/is suspended already/);
    expect(await failureOf(shop.planRollBack('sales'))).toMatchObject({ code: 'not_found' });
  });

  test('the new plan of a suspended read model resumes it, and drops the rows from before', async () => {
    await shop.build(salesByRegion);
    await shop.build(`${salesByRegion} having count(*) > 0`);
    await suspend();
    await alterAmount();
    const resume = await shop.planFor(`${salesByRegion} having count(*) > 0`);
    expect(resume).toMatchObject({ kind: 'resume', fromVersion: 2, toVersion: 3 });
    expect((await shop.execute(resume)).state).toBe('done');
    expect(await model()).toMatchObject({ suspended: null, currentVersion: 3, drift: [] });
    expect((await shop.left()).filter((name) => /sales_v[12]/.test(name))).toEqual([]);
    expect((await shop.refresh('sales')).state).toBe('done');
  });

  test.each(['a version', 'the read model'])(
    'rows from before that somebody reads stay after a resume, are no drift, are not rolled back to, and go with %s',
    async (what) => {
      await shop.build(salesByRegion);
      await suspend();
      await shop.sql('create view erp.board as select region from reporting.sales_v1_a');
      const resume = await shop.planFor(salesByRegion);
      expect(resume.warnings).toContain('Version 1 stays: view erp.board reads it.');
      expect((await shop.execute(resume)).state).toBe('done');
      expect(await model()).toMatchObject({ suspended: null, currentVersion: 2, drift: [] });
      expect(await failureOf(shop.planRollBack('sales'))).toMatchObject({
        code: 'statement_refused',
        message: expect.stringContaining('which nothing can refresh'),
      });
      await shop.sql('drop view erp.board');
      const drop = what === 'a version' ? shop.planDropVersion('sales', 1, true) : shop.planDrop('sales');
      expect((await shop.execute(await drop)).state).toBe('done');
      expect((await shop.left()).filter((name) => name.includes('sales_v1'))).toEqual([]);
    },
  );

  test('a resume that fails leaves it suspended', async () => {
    await shop.build(salesByRegion);
    await suspend();
    const resume = await shop.planFor('select region, amount, 1::bigint as invoices from erp.invoice');
    expect(await failureOf(shop.execute(resume))).toMatchObject({ code: 'statement_refused' });
    expect(await model()).toMatchObject({ suspended: { by: shop.daybreak }, currentVersion: 1, drift: [] });
    expect((await served()).length).toBe(5);
  });

  test('a script that psql runs suspends as the plan does, however often it was refreshed since', async () => {
    await shop.build(salesByRegion, { grantTo: [shop.boss] });
    await shop.build(salesByRegion, { name: 'again' });
    await shop.build(`select sum(amount) as total, 1 as one from reporting.sales`, {
      name: 'total',
      keyColumns: ['one'],
    });
    const text = await script('sales', 'again');
    await shop.sql('update daybreak.copy set row_count = 1000000');
    expect((await shop.refresh('sales')).mode).toBe('side_by_side');
    await psql(testServer, shop.url, text);
    await alterAmount();
    for (const name of ['sales', 'again']) {
      expect(await model(name)).toMatchObject({ suspended: { by: testServer.user }, drift: [] });
    }
    expect(await model('total')).toMatchObject({ suspended: null, drift: [] });
    const boss = await shop.connect(shop.boss);
    expect((await boss.query('select * from reporting.sales')).rowCount).toBe(5);
    // Run again, it does what is left: nothing.
    await psql(testServer, shop.url, text);
    expect((await shop.execute(await shop.planFor(salesByRegion))).state).toBe('done');
    expect(await model()).toMatchObject({ suspended: null, drift: [] });
  });

  test('the script brings a registry of the step before up to date', async () => {
    await shop.build(salesByRegion);
    await shop.sql(`do $$ begin
      alter table daybreak.read_model drop column suspended_at, drop column suspended_by, drop column view_options;
      delete from daybreak.migration where migration = 10; end $$`);
    expect(await model()).toMatchObject({ suspended: null, drift: [] });
    expect((await shop.refresh('sales')).state).toBe('done');
    await psql(testServer, shop.url, await script('sales'));
    expect(await model()).toMatchObject({ suspended: { by: testServer.user }, drift: [] });
  });

  test('names of 63 bytes with quotes and umlauts go the whole way: built, suspended, resumed, uninstalled', async () => {
    const schema = `Ümsätze "je" Region's ${'ä'.repeat(19)}!`;
    const quoted = `"${schema.replaceAll('"', '""')}"`;
    expect(Buffer.byteLength(schema)).toBe(63);
    const name = 'a'.repeat(50);
    const definition = `select region as "Région ""x"" 'y'", sum(amount) as "select" from erp.invoice group by 1`;
    const edits = { name, keyColumns: [`Région "x" 'y'`] };
    const stamp = () => ({ server: shop.server, planId: randomUUID(), nowMs: Date.now() });
    const build = async () =>
      shop.execute(
        await planCreateOrNewVersion({ ...stamp(), schema, proposal: await shop.propose(definition, edits) }),
      );
    try {
      expect((await build()).state).toBe('done');
      expect((await suspend(name)).state).toBe('done');
      expect(await model(name)).toMatchObject({ schema, suspended: { by: shop.daybreak }, drift: [] });
      expect((await build()).state).toBe('done');
      expect(await model(name)).toMatchObject({ suspended: null, currentVersion: 2, drift: [] });
      await psql(testServer, shop.url, await script(name));
      expect(await model(name)).toMatchObject({ suspended: { by: testServer.user }, drift: [] });
      expect((await shop.execute(await planUninstall(stamp()))).state).toBe('done');
      const rows = await shop.sql<{ as_of: Date }>(`select * from ${quoted}.${name}`);
      expect(rows).toHaveLength(5);
      expect(rows[0]?.as_of).toBeInstanceOf(Date);
    } finally {
      await shop.sql(`drop schema if exists ${quoted} cascade`);
    }
  });

  test('what reads a copy by its own name is named before anything is done', async () => {
    await shop.build(salesByRegion);
    await shop.sql('create view erp.board as select region from reporting.sales_v1_a');
    expect(await failureOf(plan())).toMatchObject({
      code: 'statement_refused',
      detail: { dependents: ['view erp.board (reads sales_v1_a)'] },
    });
    await expect(psql(testServer, shop.url, await script('sales'))).rejects.toThrow(/cannot drop materialized view/);
    expect(await model()).toMatchObject({ suspended: null, drift: [] });
  });

  test('a read model by period is a table already: its copy stays, and nothing hangs on the ERP', async () => {
    await shop.build(
      `select date_trunc('day', invoiced_at at time zone 'UTC') as day, sum(amount) as amount from erp.invoice group by 1`,
      {
        keyColumns: ['day'],
        period: { column: 'day', grain: 'day', timeZone: 'UTC', openPeriods: 2 },
      },
    );
    await suspend();
    expect(await model()).toMatchObject({ suspended: { by: shop.daybreak }, drift: [] });
    await alterAmount();
  });
});
