import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../../electron/core/create-engine.ts';
import { resolveFilters, type ResolvedFilter } from '../../../electron/core/dashboards/filters/resolve-filters.ts';
import { filteredFromRows } from '../../../electron/core/dashboards/offline/filtered-from-rows.ts';
import { createModelRowsKeeper } from '../../../electron/core/dashboards/offline/keep-model-rows.ts';
import { readWidget } from '../../../electron/core/dashboards/read-widget.ts';
import type { ModelRows } from '../../../electron/core/history/model-rows.ts';
import { registryMigrations } from '../../../electron/core/read-model/registry/migrations.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { nodePorts } from '../../../electron/hosts/node-ports.ts';
import { monthlySales } from '../../../resources/demo-erp/widgets/sales.ts';
import type { Widget } from '../../../shared/model/dashboard.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';
import { dashboardOf, widgetOf } from '../../electron/core/history/saved-result.ts';
import { silent, systemClock } from '../read-model/tools.ts';

const showing = (sql: string): Widget => ({
  ...widgetOf('w'),
  values: ['revenue'],
  source: { kind: 'read_model', readModel: 'monthly_sales', sql },
});
const demoSql = monthlySales.readModel?.readerSql ?? '';
const choosing = (where: string): string =>
  `select as_of, month, region, revenue from reporting.monthly_sales s where ${where} order by month, region, category`;

const region = { kind: 'choice', filterId: 'region', label: 'Region', columns: ['region'] } as const;
const regions = (...values: (string | null)[]): readonly ResolvedFilter[] =>
  resolveFilters([{ ...region, columns: ['region'] }], { region: { kind: 'values', values } }, 0);

/** Widgets whose queries choose rows are answered without the database as the server answers them. */
describe.each(testServers())('conditions without the database, $label', (testServer) => {
  let database: TestDatabase;
  let server: Server;

  beforeAll(async () => {
    database = await createTestDatabase(testServer);
    const client = new pg.Client(database.url);
    await client.connect();
    // Days of the server begin where a cast from one kind of moment to another is seen.
    await client.query(`alter database ${database.settings.database} set timezone = 'America/St_Johns'`);
    for (const statement of registryMigrations.flatMap(({ statements }) => statements)) await client.query(statement);
    await client.query(`
      insert into daybreak.read_model (name, schema_name, question, owner) values ('monthly_sales', 'reporting', '?', 'cfo');
      insert into daybreak.version (read_model, version, definition_sql, key_columns, columns, parents, state, live_slot, plan_id)
        values ('monthly_sales', 1, 'select 1', '{}', '[]', '{}', 'current', 'a', 'p');
      insert into daybreak.copy (copy_id, read_model, version, slot, data_as_of)
        values ('monthly_sales_v1_a', 'monthly_sales', 1, 'a', '2026-11-30 07:30:00+01');
      create schema reporting;
      create table reporting.monthly_sales_v1_a as
        select (date_trunc('month', current_date::timestamp) - n * interval '1 month')::date as month, region, category,
          case when n % 7 > 0 then round((n * 7919 % 1009)::numeric / 7 - 40, 2) end as revenue,
          now() - n * interval '30 days 1 hour' as at, n as pieces
        from generate_series(-2, 30) n, unnest(array['DACH', 'dach', 'Nordics', 'Süd', null]) region,
          unnest(array['Bikes', 'Parts']) category;
      insert into reporting.monthly_sales_v1_a values (null, 'DACH', 'Bikes', 1, null, null),
        (current_date, 'DACH', 'Today', 2, 'infinity', 0), (current_date - 7, 'DACH', 'A week ago', 3, '-infinity', 0),
        ('infinity', 'DACH', 'Never', 4, now(), 0), ('0044-03-15 BC', 'DACH', 'Long ago', 5, now(), 0);
      create view reporting.monthly_sales as
        select (select data_as_of from daybreak.copy where copy_id = 'monthly_sales_v1_a') as as_of, c.* from reporting.monthly_sales_v1_a c`);
    await client.end();
    server = await openServer({
      serverId: 'erp',
      settings: database.settings,
      password: database.password,
      clock: systemClock,
      logger: silent,
    });
  });

  afterAll(async () => {
    await server?.close();
    await database?.drop();
  });

  /** Shows one widget while there are others, and what is kept of it. */
  const keeping = () => {
    let kept: ModelRows | null = null;
    let saves = 0;
    const queries: string[] = [];
    const keeper = createModelRowsKeeper({
      store: {
        get: async () => kept,
        head: async () => kept,
        save: async (_, rows) => {
          kept = rows;
          saves += 1;
        },
        remove: async () => undefined,
      },
      clock: systemClock,
      logger: silent,
      filterZones: async () => [],
      queriesOf: async () => queries,
    });
    return {
      queries,
      keeper,
      saves: () => saves,
      kept: () => kept,
      show: async (widget: Widget) => {
        const freshness = { asOf: kept?.asOf ?? '2026-11-30T07:30:00+01:00', source: 'live', state: 'fresh' } as const;
        const data = { widgetId: 'w', columns: [], rows: [], freshness, tookMs: 1, modelVersion: 1 };
        keeper.after(server, widget, data);
        await keeper.settled();
      },
      offline: (widget: Widget, filters: readonly ResolvedFilter[]) =>
        filteredFromRows(
          { history: { modelRows: { get: async () => kept } } as never, clock: systemClock },
          { serverId: 'erp', widget, filters, offlineReason: 'gone' },
        ),
    };
  };
  const online = (widget: Widget, filters: readonly ResolvedFilter[] = []) =>
    readWidget(server, widget, systemClock, new AbortController().signal, { filters });

  test("the demo's chart under regions that were never asked for", async () => {
    const widget = showing(demoSql);
    const { show, offline } = keeping();
    await show(widget);
    for (const filters of [regions('DACH'), regions('Nordics', null), regions('Atlantis')]) {
      const answer = await online(widget, filters);
      expect(await offline(widget, filters)).toMatchObject({ columns: answer.columns, rows: answer.rows });
    }
    expect((await offline(widget, regions('DACH')))?.rows.length).toBeGreaterThan(24);
  });

  const chosen = [
    // Cast to the type of its column, a moment or number of the first few would choose other rows.
    'month >= now()',
    `now() - interval '7 days' <= month`,
    `month between current_timestamp - interval '400 days' and current_date`,
    'pieces > 2.5 and revenue < 40.00',
    `at < date_trunc('day', now()) and month <> date '2026-01-01'`,
    `not (region in ('DACH', 'Süd') or s.region is null)`,
    `region >= 'N' and lower(region) like '%d%'`,
    'month > null::date',
    'as_of < now() and (pieces - (5 - 2)) % 2 = 0',
    `extract(year from s.month) = extract(year from current_date)`,
  ];
  test.each([
    ...chosen.map(choosing),
    ...chosen.map(
      (where) =>
        `select region, sum(revenue), count(*) from reporting.monthly_sales s where ${where} group by region order by 1`,
    ),
  ])('%s', async (sql) => {
    const widget = showing(sql);
    const { show, offline } = keeping();
    await show(widget);
    const filters = regions('DACH', 'dach', 'Süd', null);
    const answer = await online(widget, filters);
    expect((await offline(widget, filters))?.rows.map((row) => row.join())).toEqual(
      answer.rows.map((row) => row.join()),
    );
  });

  test('one read knows the conditions of all widgets, also where the server refuses one of them', async () => {
    const { show, offline, queries, kept, saves, keeper } = keeping();
    const [demo, whole] = [
      showing(demoSql),
      showing('select as_of, revenue from reporting.monthly_sales where pieces > 3 order by month, region, category'),
    ];
    const broken = [choosing('nothing > 1'), choosing('1 / (pieces - pieces) > 1')];
    queries.push(demoSql, ...broken);
    await show(whole);
    expect(kept()?.conditions?.map(({ condition, chosen: said }) => [condition, said === null])).toEqual([
      ['pieces > 3', false],
      [expect.stringContaining('current_date'.toUpperCase()), false],
      ['nothing > 1', true],
      [expect.stringContaining('/'), true],
    ]);
    for (const widget of [demo, whole]) {
      const answer = await online(widget, regions('DACH'));
      expect((await offline(widget, regions('DACH')))?.rows).toEqual(answer.rows);
    }
    expect(await offline(showing(broken[0] ?? ''), regions('DACH'))).toBeNull();
    // What is known is not asked again; a widget that comes along is.
    keeper.forget();
    await show(whole);
    expect(saves()).toBe(1);
    queries.push(choosing('pieces < 9'));
    keeper.forget();
    await show(whole);
    expect(saves()).toBe(2);
  });

  test('an engine answers a widget that was never read itself, once another one of its model was', async () => {
    const profileDir = await mkdtemp(join(tmpdir(), 'daybreak-conditions-'));
    const ports = nodePorts({ paths: { profileDir, resourcesDir: '' }, logger: silent, door: 'test' });
    const engine = await createEngine(ports, { background: false });
    onTestFinished(async () => {
      await engine.stop();
      await rm(profileDir, { recursive: true, force: true });
    });
    const { serverId } = await engine.servers.save({ settings: database.settings, password: database.password });
    const demo = showing(demoSql);
    const other = { ...showing('select as_of, month, revenue from reporting.monthly_sales'), widgetId: 'other' };
    await engine.history.dashboards.save({
      ...dashboardOf('d', serverId, [demo, other]),
      filters: [{ ...region, columns: ['region'] }],
    });
    await engine.servers.connect(serverId, database.password);
    await engine.dashboards.data(serverId, 'd', 'other');
    await engine.dashboards.settled();
    await engine.servers.disconnect(serverId);
    const found = await engine.dashboards.cached(serverId, 'd', {
      widgetIds: ['w'],
      filters: { region: { kind: 'values', values: ['DACH'] } },
    });
    expect(found).toMatchObject([
      {
        rows: (await online(demo, regions('DACH'))).rows,
        freshness: { state: 'offline', source: 'cache' },
        filtering: { applied: [{ filterId: 'region' }], notApplied: [] },
      },
    ]);
  });

  test('rows that an older Daybreak kept do not answer, and are read again', async () => {
    const widget = showing(demoSql);
    const { show, offline, kept, saves, keeper } = keeping();
    await show(widget);
    delete (kept() as { conditions?: unknown } | null)?.conditions;
    expect(await offline(widget, regions('DACH'))).toBeNull();
    keeper.forget();
    await show(widget);
    expect(saves()).toBe(2);
    expect(await offline(widget, regions('DACH'))).not.toBeNull();
  });
});
