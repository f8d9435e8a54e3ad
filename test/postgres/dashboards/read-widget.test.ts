import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDashboards, type Dashboards } from '../../../electron/core/dashboards/dashboards.ts';
import type { History } from '../../../electron/core/history/history.ts';
import { openHistory } from '../../../electron/core/history/open-history.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import { registryMigrations } from '../../../electron/core/read-model/registry/migrations.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { resolveFilters } from '../../../electron/core/dashboards/filters/resolve-filters.ts';
import type { DashboardFilter } from '../../../shared/model/dashboard-filter.ts';
import type { Dashboard, Widget, WidgetSource } from '../../../shared/model/dashboard.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const clock = {
  nowMs: () => Date.now(),
  sleep: (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs)),
};

const widget = (widgetId: string, source: WidgetSource, budget: Widget['budget'] = { minutes: 15 }): Widget => ({
  widgetId,
  title: `The ${widgetId}`,
  question: '?',
  kind: 'table',
  source,
  budget,
  x: null,
  series: null,
  values: ['amount'],
  formats: {},
  currency: null,
  layout: { x: 0, y: 0, w: 6, h: 4 },
});
const isSales = ({ widgetId }: Widget): boolean => widgetId === 'sales';
const live = (sql: string): WidgetSource => ({ kind: 'live', sql });
const model = (readModel: string, sql: string): WidgetSource => ({ kind: 'read_model', readModel, sql });

const dashboard: Dashboard = {
  dashboardId: 'executive',
  serverId: 'erp',
  title: 'Executive',
  widgets: [
    widget('sales', live('select day, amount, note from erp.sale order by day; -- as a person left it')),
    widget('counted', live('select clock_timestamp() as amount, pg_sleep(0.3)::text as slept')),
    widget('approvals', live('select pg_sleep(20)'), 'live'),
    widget('broken', live('select amount from erp.dropped')),
    widget('writing', live("delete from erp.sale where note = 'x' returning amount")),
    widget('two', live('commit; delete from erp.sale')),
    widget('wide', live('select g as amount from generate_series(1, 50001) g')),
    widget('huge', live('select 1 as amount from erp.sale a, erp.sale b, erp.sale c, generate_series(1, 900000) g')),
    widget('monthly', model('monthly', 'select as_of, month, amount from reporting.monthly order by month')),
    widget('empty', model('empty', 'select as_of, amount from reporting.empty')),
    widget('forgotten', model('monthly', 'select amount from reporting.monthly')),
  ],
};

describe.each(testServers())('$label', (testServer) => {
  let database: TestDatabase;
  let server: Server;
  let history: History;
  let dashboards: Dashboards;
  let admin: pg.Client;
  let dir: string;

  beforeAll(async () => {
    database = await createTestDatabase(testServer);
    admin = new pg.Client(database.url);
    admin.on('error', () => undefined);
    await admin.connect();
    for (const statement of registryMigrations.flatMap(({ statements }) => statements)) await admin.query(statement);
    await admin.query(`
      create schema erp;
      create table erp.sale (day date, amount numeric, note varchar(10));
      insert into erp.sale values ('2026-11-19', 61731172.5040, 'x'), ('2026-11-20', -0.10, null);
      create table erp.dropped (amount numeric);
      insert into daybreak.read_model (name, schema_name, question, owner)
        values ('monthly', 'reporting', '?', 'cfo'), ('empty', 'reporting', '?', 'cfo');
      insert into daybreak.version (read_model, version, definition_sql, key_columns, columns, parents, state, live_slot, plan_id)
        select read_model, version, 'select 1', '{}', '[]', '{}', state, slot, 'p'
        from (values ('monthly', 1, 'current', 'a'), ('empty', 1, 'previous', 'b'), ('empty', 2, 'current', 'b'))
          as v (read_model, version, state, slot);
      insert into daybreak.copy (copy_id, read_model, version, slot, data_as_of) values
        ('monthly_v1_a', 'monthly', 1, 'a', now() - interval '20 minutes'),
        ('empty_v1_b', 'empty', 1, 'b', now() - interval '9 hours'),
        ('empty_v2_a', 'empty', 2, 'a', now() - interval '9 hours'),
        ('empty_v2_b', 'empty', 2, 'b', '2026-11-20 07:30:12.25+01');
      create schema reporting;
      create table reporting.monthly_v1_a as
        select date_trunc('month', day)::date as month, sum(amount) as amount from erp.sale group by 1;
      create table reporting.empty_v2_b as select amount from erp.sale where false;
      create view reporting.monthly as select (select data_as_of from daybreak.copy where copy_id = 'monthly_v1_a') as as_of,
        c.month, c.amount from reporting.monthly_v1_a as c;
      create view reporting.empty as select (select data_as_of from daybreak.copy where copy_id = 'empty_v2_b') as as_of,
        c.amount from reporting.empty_v2_b as c;
      alter database ${database.settings.database} set datestyle = 'German';
      alter database ${database.settings.database} set timezone = 'Asia/Kolkata';
      alter database ${database.settings.database} set default_transaction_read_only = off;
    `);
    server = await openServer({
      serverId: 'erp',
      settings: database.settings,
      password: database.password,
      clock,
      logger,
    });
    dir = await mkdtemp(join(tmpdir(), 'daybreak-dashboards-'));
    history = await openHistory({ file: join(dir, 'daybreak.sqlite'), logger });
    await history.dashboards.save(dashboard);
    dashboards = createDashboards({ store: history.dashboards, clock, logger });
  });

  afterAll(async () => {
    await server?.close();
    await history?.close();
    await admin?.end();
    await database?.drop();
    await rm(dir, { recursive: true, force: true });
  });

  const failure = (code: string, message: RegExp) => ({ value: { code, message: expect.stringMatching(message) } });

  test('a number that no filter reaches is saved as the one without filters, too', async () => {
    const region: DashboardFilter = { kind: 'choice', filterId: 'region', label: 'Region', columns: ['region'] };
    const filters = resolveFilters([region], { region: { kind: 'values', values: ['North'] } }, Date.now());
    const read = await dashboards.read(server, dashboard, 'sales', { filters });
    expect(read.filtering).toMatchObject({ applied: [], notApplied: [{ filterId: 'region' }] });
    const [saved] = await dashboards.cached({ ...dashboard, widgets: dashboard.widgets.filter(isSales) });
    expect(saved).toMatchObject({ rows: read.rows, freshness: { asOf: read.freshness.asOf } });
    expect(saved?.filtering).toBeUndefined();
  });

  test('a live number is exact, typed, and as of its snapshot on the clock of the server', async () => {
    const beforeMs = Date.now() - 1000;
    const data = await dashboards.read(server, dashboard, 'sales');
    expect(data.columns).toEqual([
      { name: 'day', type: 'date' },
      { name: 'amount', type: 'numeric' },
      { name: 'note', type: 'character varying' },
    ]);
    expect(data.rows).toEqual([
      ['2026-11-19', '61731172.5040', 'x'],
      ['2026-11-20', '-0.10', null],
    ]);
    expect(data.freshness).toMatchObject({ source: 'live', state: 'live', asOf: expect.stringMatching(/\+05:30$/) });
    const asOfMs = Date.parse(data.freshness.asOf ?? '');
    expect(asOfMs).toBeGreaterThan(beforeMs);
    expect(asOfMs).toBeLessThan(Date.now() + 1000);
  });

  test('a read model says the age of its data, not of the question', async () => {
    const data = await dashboards.read(server, dashboard, 'monthly');
    expect(data.columns.map((column) => column.name)).toEqual(['month', 'amount']);
    expect(data.rows).toEqual([['2026-11-01', '61731172.4040']]);
    expect(data.freshness).toMatchObject({ source: 'live', state: 'due' });
    const ageMs = Date.now() - Date.parse(data.freshness.asOf ?? '');
    expect(Math.round(ageMs / 60_000)).toBe(20);
  });

  test('a read model without rows has an age too, and one whose query leaves as_of out says so', async () => {
    const empty = await dashboards.read(server, dashboard, 'empty');
    expect(empty.rows).toEqual([]);
    expect(empty.freshness.asOf).toBe('2026-11-20T12:00:12.250+05:30');
    const { freshness } = await dashboards.read(server, dashboard, 'forgotten');
    expect(freshness).toMatchObject({ state: 'unknown', asOf: null, reason: expect.stringContaining('as_of') });
  });

  test('one query runs however many windows ask', async () => {
    const asked = await Promise.all(Array.from({ length: 5 }, () => dashboards.read(server, dashboard, 'counted')));
    const moments = new Set(asked.map((data) => data.rows[0]?.[0]));
    expect(moments.size).toBe(1);
    moments.add((await dashboards.read(server, dashboard, 'counted')).rows[0]?.[0]);
    expect(moments.size).toBe(2);
  });

  test('what one window read a moment ago will do for another that asks by itself, until a refresh ended', async () => {
    const moment = async (background: boolean) =>
      (await dashboards.read(server, dashboard, 'counted', { background })).rows[0]?.[0];
    const first = await moment(false);
    expect(await moment(true)).toBe(first);
    // A person who asks gets a number of their own, and the next window gets that one.
    const second = await moment(false);
    expect(second).not.toBe(first);
    expect(await moment(true)).toBe(second);
    // What is being read while a refresh ends is not given to who asks after it.
    const before = moment(true);
    const overtaken = moment(false);
    dashboards.forgetRecent();
    const after = await moment(true);
    expect([await before, await overtaken]).not.toContain(after);
  });

  test('a window that is hidden while it waits stops the query on the server', async () => {
    const hidden = new AbortController();
    const read = dashboards.read(server, dashboard, 'approvals', { signal: hidden.signal, background: true });
    const running = async () =>
      (await admin.query("select from pg_stat_activity where state = 'active' and query like 'select pg_sleep(20)%'"))
        .rowCount;
    await expect.poll(running, { timeout: 5_000 }).toBe(1);
    hidden.abort();
    await expect(read).rejects.toMatchObject(failure('cancelled', /was cancelled/));
    await expect.poll(running, { timeout: 5_000 }).toBe(0);
  });

  test('a widget can neither write nor send a second statement', async () => {
    await expect(dashboards.read(server, dashboard, 'writing')).rejects.toThrow();
    await expect(dashboards.read(server, dashboard, 'two')).rejects.toThrow();
    expect((await admin.query('select count(*)::int as rows from erp.sale')).rows).toEqual([{ rows: 2 }]);
  });

  test('too many rows are refused: before the query where the planner sees them, after it otherwise', async () => {
    await expect(dashboards.read(server, dashboard, 'wide')).rejects.toMatchObject(
      failure('statement_refused', /"The wide" is too large .* gave 50001 rows.*read model/),
    );
    await expect(dashboards.read(server, dashboard, 'huge')).rejects.toMatchObject(
      failure('statement_refused', /"The huge" is too large .* planner expects \d+ rows/),
    );
  });

  test('an operational number that is not cheap is stopped on the server, and says what to do', async () => {
    await expect(dashboards.read(server, dashboard, 'approvals')).rejects.toMatchObject(
      failure('cancelled', /"The approvals" was stopped after 250 ms.*Propose a read model/),
    );
    const abort = new AbortController();
    const read = dashboards.read(server, dashboard, 'approvals', { signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    await expect(read).rejects.toMatchObject(failure('cancelled', /^Reading "The approvals" was cancelled\.$/));
    const running = async () =>
      (
        await admin.query(
          "select pid from pg_stat_activity where state = 'active' and query like '%pg_sleep(20)%' and pid <> pg_backend_pid()",
        )
      ).rows;
    await expect.poll(running, { timeout: 10_000 }).toEqual([]);
  });

  test('out of reach, the last good numbers stay readable and say that they are offline', async () => {
    await dashboards.read(server, dashboard, 'broken');
    const sales = await dashboards.read(server, dashboard, 'sales');
    const offline = await dashboards.read(null, dashboard, 'sales');
    expect(offline).toEqual({
      ...sales,
      tookMs: null,
      freshness: {
        asOf: sales.freshness.asOf,
        source: 'cache',
        state: 'offline',
        reason: 'the database is not connected.',
      },
    });
    const cached = await dashboards.cached(dashboard, 'the server went away');
    expect(cached.find((data) => data.widgetId === 'sales')?.freshness.state).toBe('offline');
    expect(cached.map((data) => data.widgetId)).not.toContain('approvals');
    await expect(dashboards.read(null, dashboard, 'approvals')).rejects.toMatchObject(
      failure('not_connected', /no saved number of "The approvals"/),
    );

    // Another failure than being out of reach has to be seen, whatever is cached.
    await admin.query('drop table erp.dropped');
    await expect(dashboards.read(server, dashboard, 'broken')).rejects.toMatchObject({ value: { sqlstate: '42P01' } });

    const second = await openServer({
      serverId: 'erp',
      settings: database.settings,
      password: database.password,
      clock,
      logger,
    });
    await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    const lost = await dashboards.read(second, dashboard, 'sales').catch((error: unknown) => error);
    expect(lost).toMatchObject({ rows: sales.rows });
    await second.close();
  });

  test('a widget that moves is asked for under its new source, and moves do not undo each other', async () => {
    const moved = ['sales', 'counted', 'monthly', 'empty'].map((widgetId) =>
      dashboards.setSource('executive', widgetId, live(`select '${widgetId}' as amount`)),
    );
    expect((await Promise.all(moved)).map((each) => each.source.sql)).toContain("select 'empty' as amount");
    const stored = await history.dashboards.get('executive');
    expect(
      stored?.widgets.filter((each) => each.source.sql.startsWith("select '")).map((each) => each.widgetId),
    ).toEqual(['sales', 'counted', 'monthly', 'empty']);
    await expect(dashboards.read(null, stored ?? dashboard, 'sales')).rejects.toThrow(/no saved number/);
    await expect(dashboards.setSource('executive', 'none', live('select 1'))).rejects.toThrow(/no widget none/);
    await expect(dashboards.setSource('none', 'sales', live('select 1'))).rejects.toThrow(/no dashboard none/);
  });
});
