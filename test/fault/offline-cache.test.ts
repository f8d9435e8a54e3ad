import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createDashboards, type Dashboards } from '../../electron/core/dashboards/dashboards.ts';
import { createModelRowsKeeper } from '../../electron/core/dashboards/offline/keep-model-rows.ts';
import { mostKeptRows } from '../../electron/core/dashboards/offline/read-model-rows.ts';
import { filterOffline } from '../../electron/core/dashboards/offline/filter-offline.ts';
import type { History } from '../../electron/core/history/history.ts';
import { openHistory } from '../../electron/core/history/open-history.ts';
import { spareOf, writeSpare } from '../../electron/core/history/spare-numbers.ts';
import { registryMigrations } from '../../electron/core/read-model/registry/migrations.ts';
import { openServer } from '../../electron/core/postgres/connect.ts';
import type { Server } from '../../electron/core/postgres/session.ts';
import type { Dashboard, WidgetSource } from '../../shared/model/dashboard.ts';
import { connectionOf, dashboardOf, heavyAt, numberAt, widgetOf } from '../electron/core/history/saved-result.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../support/postgres.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const clock = {
  nowMs: () => Date.now(),
  sleep: (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs)),
};
const model = (readModel: string, sql: string): WidgetSource => ({ kind: 'read_model', readModel, sql });

/** A disk of a few megabytes; null where this user may not mount one. */
function mountTinyDisk(): string | null {
  const dir = mkdtempSync(join(tmpdir(), 'daybreak-tiny-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    rmSync(dir, { recursive: true });
    return null;
  }
}

const tinyDisk = mountTinyDisk();
afterAll(() => {
  if (tinyDisk === null) return;
  execFileSync('umount', [tinyDisk]);
  rmSync(tinyDisk, { recursive: true });
});

describe.each(testServers())('$label', (testServer) => {
  let database: TestDatabase;
  let admin: pg.Client;
  let history: History;
  let dir: string;
  let server: Server;
  let dashboards: Dashboards;
  const keptRows = () =>
    createModelRowsKeeper({
      store: history.modelRows,
      clock,
      logger,
      filterZones: async () => [],
      queriesOf: async () => [],
    });

  const sources: Readonly<Record<string, WidgetSource>> = {
    slow: { kind: 'live', sql: 'select amount, pg_sleep(0.1 * pause)::text as slept from erp.sale, erp.pace' },
    hidden: { kind: 'live', sql: 'select n as amount from erp.many() n' },
    seen: { kind: 'live', sql: 'select g as amount from generate_series(1, 1000000) g' },
    sales: model('sales', 'select as_of, region, amount from reporting.sales order by region'),
    wide: model('wide', 'select as_of, max(n) as amount from reporting.wide group by as_of'),
  };
  const dashboard: Dashboard = dashboardOf(
    'd',
    'erp',
    Object.entries(sources).map(([widgetId, source]) => ({ ...widgetOf(widgetId), source })),
  );
  const open = () =>
    openServer({ serverId: 'erp', settings: database.settings, password: database.password, clock, logger });

  beforeAll(async () => {
    database = await createTestDatabase(testServer);
    admin = new pg.Client(database.url);
    admin.on('error', () => undefined);
    await admin.connect();
    for (const statement of registryMigrations.flatMap(({ statements }) => statements)) await admin.query(statement);
    await admin.query(`
      insert into daybreak.read_model (name, schema_name, question, owner)
        values ('sales', 'reporting', '?', 'cfo'), ('wide', 'reporting', '?', 'cfo');
      insert into daybreak.version (read_model, version, definition_sql, key_columns, columns, parents, state, live_slot, plan_id)
        values ('sales', 3, 'select 1', '{}', '[]', '{}', 'current', 'a', 'p'), ('wide', 1, 'select 1', '{}', '[]', '{}', 'current', 'b', 'p');
      insert into daybreak.copy (copy_id, read_model, version, slot, data_as_of) values
        ('sales_v3_a', 'sales', 3, 'a', '2026-11-20 07:30:00+01'), ('wide_v1_b', 'wide', 1, 'b', '2026-11-20 07:30:00+01');
      create schema erp; create schema reporting;
      create table erp.sale (amount numeric); insert into erp.sale values (61731172.5040);
      create table erp.pace (pause integer); insert into erp.pace values (0);
      create function erp.many() returns setof integer language sql rows 1000 as $$ select 1 from erp.sale $$;
      create table reporting.sales_v3_a as
        select * from (values ('nord', 10.5), ('Süd', 9.25), ('Ost', null), (null, 1)) as s (region, amount);
      create view reporting.sales as
        select (select data_as_of from daybreak.copy where copy_id = 'sales_v3_a') as as_of, c.region, c.amount
        from reporting.sales_v3_a as c;
      create table reporting.wide_v1_b as select n from generate_series(1, ${mostKeptRows + 1}) n;
      create view reporting.wide as select (select data_as_of from daybreak.copy where copy_id = 'wide_v1_b') as as_of, c.n
        from reporting.wide_v1_b as c;
      analyze`);
    dir = mkdtempSync(join(tmpdir(), 'daybreak-cache-faults-'));
    history = await openHistory({ file: join(dir, 'daybreak.sqlite'), logger });
    await history.dashboards.save(dashboard);
    server = await open();
    dashboards = createDashboards({ store: history.dashboards, clock, logger });
  });

  afterAll(async () => {
    await server?.close();
    await history?.close();
    await admin?.end();
    await database?.drop();
    rmSync(dir, { recursive: true, force: true });
  });

  test.skipIf(tinyDisk === null)(
    'on a full disk a number is shown and not saved, which is said, and the last good one stays readable',
    async () => {
      const file = join(tinyDisk ?? '', `${database.settings.database}.sqlite`);
      const small = await openHistory({ file, logger });
      onTestFinished(async () => {
        await small.close();
        for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
      });
      await small.dashboards.save(dashboard);
      const warned: object[] = [];
      const warn = (data: object) => void warned.push(data);
      const showing = createDashboards({ store: small.dashboards, clock, logger: { ...logger, warn } });
      const good = await showing.read(server, dashboard, 'sales');
      onTestFinished(async () => {
        await admin.query(`delete from reporting.sales_v3_a where length(region) = 32;
          update reporting.sales_v3_a set amount = 10.5 where region = 'nord'`);
      });
      const ballast = join(tinyDisk ?? '', 'ballast');
      writeFileSync(ballast, Buffer.alloc(2 ** 20));
      onTestFinished(() => rmSync(ballast, { force: true }));
      const save = (bytes: number): Promise<unknown> =>
        small.dashboards
          .saveResult('d', `${Math.random()}`, heavyAt(2, bytes, 'slow'), Date.now())
          .catch((error: unknown) => error);
      const fullAt = async (bytes: number): Promise<unknown> => {
        for (let tries = 0; tries < 100; tries += 1) {
          const failed = await save(bytes);
          if (failed !== undefined) return failed;
        }
        return null;
      };
      await fullAt(2 ** 18);
      expect(await fullAt(2 ** 12)).toMatchObject({
        value: { code: 'storage_failed', message: expect.stringContaining('Free some space') },
      });
      await admin.query(`update reporting.sales_v3_a set amount = 11.5 where region = 'nord'`);
      // So long that what is left of the disk does not hold it.
      await admin.query(`insert into reporting.sales_v3_a select md5(n::text), n from generate_series(1, 4000) n`);
      const shown = await showing.read(server, dashboard, 'sales');
      expect(shown.rows).toHaveLength(4004);
      expect(warned).toMatchObject([{ error: { code: 'storage_failed' }, widgetId: 'sales' }]);
      expect(await showing.read(null, dashboard, 'sales')).toMatchObject({
        rows: good.rows,
        freshness: { state: 'offline', asOf: good.freshness.asOf },
      });
      rmSync(ballast);
      await showing.read(server, dashboard, 'sales');
      expect(await showing.read(null, dashboard, 'sales')).toMatchObject({ rows: shown.rows });
    },
  );

  test.skipIf(tinyDisk === null)(
    'on a full disk the copy of the last numbers stays the one before, and answers for a damaged store',
    async () => {
      const file = join(tinyDisk ?? '', `${database.settings.database}-copied.sqlite`);
      const clean = () => {
        for (const name of readdirSync(tinyDisk ?? '')) rmSync(join(tinyDisk ?? '', name), { force: true });
      };
      onTestFinished(clean);
      const first = await openHistory({ file, logger });
      await first.connections.save(connectionOf('erp'));
      await first.dashboards.save(dashboard);
      await first.dashboards.saveResult('d', 'live', numberAt(1, '61731172.5040', 'slow'), Date.now());
      for (const widgetId of ['hidden', 'seen', 'wide'])
        await first.dashboards.saveResult('d', 'live', heavyAt(1, 2 ** 18, widgetId), Date.now());
      await first.close();
      const copy = readFileSync(spareOf(file));
      writeFileSync(join(tinyDisk ?? '', 'ballast'), Buffer.alloc(statfsSync(tinyDisk ?? '').bavail * 4096 - 2 ** 18));

      const db = new Database(file);
      expect(() => writeSpare(db, file)).toThrow(/full/);
      db.close();
      expect(readFileSync(spareOf(file))).toEqual(copy);
      rmSync(join(tinyDisk ?? '', 'ballast'));
      writeFileSync(file, readFileSync(file).subarray(4096));
      const notices: string[] = [];
      const second = await openHistory({ file, logger, onNotice: (notice) => notices.push(notice) });
      onTestFinished(() => second.close());
      expect(notices).toEqual([expect.stringContaining('was damaged')]);
      expect((await second.dashboards.lastResult('d', 'slow', 'live'))?.rows).toEqual([['61731172.5040']]);
    },
  );

  test('killed during a read, the database leaves the last good number, labelled offline', async () => {
    const good = await dashboards.read(server, dashboard, 'slow');
    await admin.query('update erp.pace set pause = 100');
    const doomed = await open();
    const reading = dashboards.read(doomed, dashboard, 'slow');
    const backends = `select pid from pg_stat_activity where datname = current_database() and query like '%pg_sleep(0.1%'
      and pid <> pg_backend_pid()`;
    await expect.poll(async () => (await admin.query(backends)).rows.length, { timeout: 10_000 }).toBeGreaterThan(0);
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    const shown = await reading;
    expect(shown.rows).toEqual(good.rows);
    expect(shown.freshness).toMatchObject({ state: 'offline', source: 'cache', asOf: good.freshness.asOf });
    expect(shown.freshness.reason).not.toBe('');
    await doomed.close();
    await server.close();
    server = await open();
    await admin.query('update erp.pace set pause = 0');
    expect((await dashboards.read(server, dashboard, 'slow')).freshness.state).toBe('live');
  });

  test('a million rows are refused with advice, seen before or after, and the last good number stays', async () => {
    const good = await dashboards.read(server, dashboard, 'hidden');
    expect(good.rows).toEqual([['1']]);
    await admin.query(`create or replace function erp.many() returns setof integer language sql rows 1000 as
      $$ select g from generate_series(1, 1000000) g $$`);
    for (const [widgetId, found] of [
      ['hidden', /gave 1000000 rows/],
      ['seen', /planner expects 1000000 rows/],
    ] as const) {
      await expect(dashboards.read(server, dashboard, widgetId)).rejects.toMatchObject({
        value: { code: 'statement_refused', message: expect.stringMatching(/propose a read model/) },
      });
      await expect(dashboards.read(server, dashboard, widgetId)).rejects.toThrow(found);
    }
    const cached = await dashboards.cached(dashboard, null);
    expect(cached.find(({ widgetId }) => widgetId === 'hidden')).toMatchObject({ rows: [['1']] });
  });

  test('rows of a small read model are kept in the order of the server, and answer a filter without it', async () => {
    const keeper = keptRows();
    const widget = dashboard.widgets.find(({ widgetId }) => widgetId === 'sales') ?? widgetOf('none');
    const data = await dashboards.read(server, dashboard, 'sales');
    // The view is over reporting.sales_v3_a, and nobody had to read a registry for it.
    expect(data.modelVersion).toBe(3);
    keeper.after(server, widget, data);
    await keeper.settled();
    const kept = await history.modelRows.get('erp', 'sales');
    expect(kept).toMatchObject({ modelVersion: 3, asOf: data.freshness.asOf });
    expect(kept?.rows).toHaveLength(4);
    const ask = (values: (string | null)[]) =>
      filterOffline(
        { history, clock },
        {
          serverId: 'erp',
          widget,
          filters: [{ kind: 'values', column: 'region', values }],
          offlineReason: 'the database is not connected.',
        },
      );
    const all = await ask(['nord', 'Süd', 'Ost', null]);
    expect(all).toMatchObject({
      ok: true,
      data: { rows: data.rows, freshness: { state: 'offline', source: 'cache' } },
    });
    expect(await ask(['Ost'])).toMatchObject({ ok: true, data: { rows: [['Ost', null]] } });
  });

  test('a read model of many rows is not kept, and its widget says why it cannot be filtered', async () => {
    const keeper = keptRows();
    const widget = dashboard.widgets.find(({ widgetId }) => widgetId === 'wide') ?? widgetOf('none');
    keeper.after(server, widget, await dashboards.read(server, dashboard, 'wide'));
    await keeper.settled();
    expect(await history.modelRows.get('erp', 'wide')).toBeNull();
    const asked = { serverId: 'erp', widget, filters: [], offlineReason: 'gone' };
    expect(await filterOffline({ history, clock }, asked)).toEqual({
      ok: false,
      reason: '"The wide" cannot be filtered without the database: the rows of wide are not saved, or locked.',
    });
  });
});
