import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readChoices } from '../../../electron/core/dashboards/filters/read-choices.ts';
import { resolveFilters } from '../../../electron/core/dashboards/filters/resolve-filters.ts';
import { readWidget } from '../../../electron/core/dashboards/read-widget.ts';
import { sumDecimals } from '../../../shared/format/decimal.ts';
import type { Dashboard, Widget } from '../../../shared/model/dashboard.ts';
import type { DashboardFilter, FilterValues } from '../../../shared/model/dashboard-filter.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, systemClock } from '../read-model/fixture.ts';

const filters: DashboardFilter[] = [
  { kind: 'period', filterId: 'period', label: 'Period', columns: ['month', 'day'], timeZone: 'Europe/Berlin' },
  { kind: 'choice', filterId: 'region', label: 'Region', columns: ['region'] },
  { kind: 'choice', filterId: 'category', label: 'Category', columns: ['category'] },
];

const widgetOf = (sql: string, readModel = 'sales'): Widget => ({
  widgetId: 'w',
  title: 'Sales',
  question: '?',
  kind: 'table',
  source: { kind: 'read_model', readModel, sql },
  budget: { minutes: 60 },
  x: null,
  series: null,
  values: ['amount'],
  formats: {},
  currency: null,
  layout: { x: 0, y: 0, w: 6, h: 4 },
});
const live = (sql: string): Widget => ({ ...widgetOf(sql), source: { kind: 'live', sql } });
const values = (...chosen: (string | null)[]) => ({ kind: 'values' as const, values: chosen });

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  /** Every row of the model: region, category, day, amount. */
  let rows: { region: string | null; category: string; day: string; amount: string }[];

  const read = (widget: Widget, chosen: FilterValues = {}) =>
    readWidget(shop.server, widget, systemClock, new AbortController().signal, {
      filters: resolveFilters(filters, chosen, Date.now()),
    });

  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 3000 });
    await shop.sql(`alter table erp.invoice alter region drop not null`);
    await shop.sql(`update erp.invoice set region = null where invoice_id % 97 = 0`);
    await shop.sql(`update erp.invoice set category = 'it''s "x"\\' where invoice_id % 11 = 0`);
    await shop.build(
      `select region, category, (invoiced_at at time zone 'Europe/Berlin')::date as day,
        sum(amount) as amount, count(*) as invoices
      from erp.invoice group by 1, 2, 3`,
      { name: 'sales' },
    );
    await shop.build(
      `select region, date_trunc('month', invoiced_at at time zone 'Europe/Berlin')::date as month, max(amount) as target
      from erp.invoice group by 1, 2`,
      { name: 'target' },
    );
    await shop.build(`select invoice_id, invoiced_at as day, region, amount from erp.invoice`, {
      name: 'moments',
      keyColumns: ['invoice_id'],
    });
    rows = await shop.sql(`select region, category, day::text as day, amount::text as amount from reporting.sales`);
  });
  afterAll(() => shop?.close());

  test('any query over a read model answers for the chosen rows, and no others', async () => {
    const widget = widgetOf(
      `with all_sales as (select as_of, region, amount from reporting.sales)
      select max(as_of) as as_of, coalesce(region, '-') as region, sum(amount)::text as amount from all_sales group by 2 order by 2`,
    );
    const named = fc.constantFrom('region 0', 'region 1', 'region 2', 'region 3', 'region 4', 'nowhere', null);
    const day = fc
      .integer({ min: 0, max: 140 })
      .map((n) => new Date(Date.UTC(2025, 11, 20 + n)).toISOString().slice(0, 10));
    await fc.assert(
      fc.asyncProperty(
        fc.option(fc.uniqueArray(named, { maxLength: 4 }), { nil: undefined }),
        fc.option(fc.constantFrom('category 0', 'it\'s "x"\\'), { nil: undefined }),
        fc.option(fc.tuple(day, day), { nil: undefined }),
        async (regions, category, span) => {
          const [from = '', to = ''] = span?.toSorted() ?? [];
          const chosen: FilterValues = {
            ...(regions === undefined ? {} : { region: values(...regions) }),
            ...(category === undefined ? {} : { category: values(category) }),
            ...(span === undefined ? {} : { period: { kind: 'days', from, to } }),
          };
          const data = await read(widget, chosen);
          const byHand = rows.filter(
            (row) =>
              (regions === undefined || regions.length === 0 || regions.some((one) => one === row.region)) &&
              (category === undefined || row.category === category) &&
              (span === undefined || (row.day >= from && row.day <= to)),
          );
          const sums = Map.groupBy(byHand, ({ region }) => region ?? '-');
          const expected = [...sums].map(([region, of]) => [region, sumDecimals(of.map(({ amount }) => amount))]);
          expect(data.rows).toEqual(expected.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)));
          expect(data.freshness.asOf).not.toBeNull();
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a join filters each read model by its own columns, and says which has none', async () => {
    const widget = widgetOf(
      `select s.as_of, s.region, sum(s.amount) as amount, max(t.target) as target
      from reporting.sales s join reporting.target t on t.region = s.region
      group by s.as_of, s.region order by s.region`,
    );
    const { filtering, rows: found } = await read(widget, {
      region: values('region 1'),
      category: values('category 0'),
      period: { kind: 'days', from: '2026-02-01', to: '2026-02-28' },
    });
    expect(found.map(([region]) => region)).toEqual(['region 1']);
    expect(filtering).toEqual({
      applied: [
        {
          filterId: 'period',
          columns: ['sales.day', 'target.month'],
          period: { from: '2026-02-01', to: '2026-02-28', timeZone: null },
          notes: [],
        },
        { filterId: 'region', columns: ['sales.region', 'target.region'], period: null, notes: [] },
        {
          filterId: 'category',
          columns: ['sales.category'],
          period: null,
          notes: ['all rows of target, which has no such column'],
        },
      ],
      notApplied: [],
    });
    const [expected] = await shop.sql<{ target: string }>(
      `select max(amount)::text as target from erp.invoice where region = 'region 1'
        and (invoiced_at at time zone 'Europe/Berlin') >= '2026-02-01' and (invoiced_at at time zone 'Europe/Berlin') < '2026-03-01'`,
    );
    expect(found[0]?.[2]).toBe(expected?.target);
  });

  test('a widget whose read model lacks the column says so, and shows all of its rows', async () => {
    const widget = widgetOf('select as_of, region, target from reporting.target order by region, month', 'target');
    const all = await read(widget);
    const filtered = await read(widget, { category: values('category 0') });
    expect(filtered.rows).toEqual(all.rows);
    expect(all.filtering).toBeUndefined();
    expect(filtered.filtering).toEqual({
      applied: [],
      notApplied: [{ filterId: 'category', label: 'Category', reason: 'target has no column category' }],
    });
  });

  test('days of a moment begin in the business’s own zone, also where the clocks change', async () => {
    const widget = widgetOf('select max(as_of) as as_of, count(*) as amount from reporting.moments', 'moments');
    // Clocks go forward on 29 March 2026: that day has 23 hours in Berlin, and one invoice an hour.
    const short = await read(widget, { period: { kind: 'days', from: '2026-03-29', to: '2026-03-29' } });
    const long = await read(widget, { period: { kind: 'days', from: '2026-03-30', to: '2026-03-30' } });
    expect([short.rows[0]?.[0], long.rows[0]?.[0]]).toEqual(['23', '24']);
    expect(short.filtering?.applied[0]?.period?.timeZone).toBe('Europe/Berlin');
  });

  test('a period that cuts through months says that it counts those that begin in it', async () => {
    const widget = widgetOf('select as_of, month, target from reporting.target', 'target');
    const { filtering, rows: found } = await read(widget, {
      period: { kind: 'days', from: '2026-01-15', to: '2026-02-28' },
    });
    expect(new Set(found.map(([month]) => month))).toEqual(new Set(['2026-02-01']));
    expect(filtering?.applied[0]?.notes).toEqual(['counts the months that begin in it']);
  });

  test('what the query itself leaves out is said beside the period', async () => {
    const widget = widgetOf(`select as_of, day, amount from reporting.sales where day >= date '2026-02-01'`);
    const { filtering } = await read(widget, { period: { kind: 'preset', preset: 'last_12_months' } });
    expect(filtering?.applied[0]?.notes).toEqual(['its own query limits day, too']);
  });

  test('no row is an answer with an age', async () => {
    const empty = await read(widgetOf('select as_of, amount from reporting.sales'), { region: values('nowhere') });
    expect(empty.rows).toEqual([]);
    expect(empty.freshness).toMatchObject({ state: 'fresh', asOf: expect.any(String) });
    const summed = await read(widgetOf('select max(as_of) as as_of, sum(amount) as amount from reporting.sales'), {
      region: values('nowhere'),
    });
    expect(summed).toMatchObject({ rows: [[null]], freshness: { asOf: expect.any(String) } });
  });

  test('a live widget is filtered on its answer, where that has the column', async () => {
    const widget = live('select region, sum(amount) as amount from erp.invoice group by 1; -- as it was left');
    const chosen = await read(widget, { region: values('region 2'), category: values('category 0') });
    expect(chosen.rows.map(([region]) => region)).toEqual(['region 2']);
    expect(chosen.filtering?.notApplied).toEqual([
      {
        filterId: 'category',
        label: 'Category',
        reason: 'it reads the base tables, and its answer has no column category',
      },
    ]);
    const limited = await read(live('select region from erp.invoice order by invoice_id limit 3'), {
      region: values('region 2'),
    });
    expect(limited.rows).toHaveLength(3);
    expect(limited.filtering?.notApplied[0]?.reason).toContain('takes the first rows only');
  });

  test('a base table in the plan is an error that names it and what to do', async () => {
    const joined = widgetOf(
      `select s.as_of, s.amount from reporting.sales s where exists (select from erp.invoice i where i.region = s.region)`,
    );
    const failure = await failureOf(read(joined));
    expect(failure.code).toBe('statement_refused');
    expect(failure.message).toBe(
      '"Sales" is not shown: its query shall read read models alone, and its plan touches erp.invoice, which is no copy of a ' +
        'registered read model. Propose a read model for the whole question again, or take erp.invoice out of the query.',
    );
    const byName = await failureOf(read(widgetOf('select now() as as_of, amount from reporting.sales_v1_a')));
    expect(byName.message).toContain('touches reporting.sales_v1_a');
  });

  test('it is noticed when a view is changed behind the widget’s back, and when it is changed back', async () => {
    const widget = widgetOf('select as_of, amount from reporting.target_seen', 'target');
    const over = (what: string) =>
      shop.sql(`create or replace view reporting.target_seen as select as_of, target as amount from ${what};
        grant select on reporting.target_seen to ${shop.daybreak}`);
    await over('reporting.target');
    expect((await read(widget)).rows.length).toBeGreaterThan(0);
    await over('(select now() as as_of, amount::numeric as target from erp.invoice) as i');
    expect((await failureOf(read(widget))).message).toContain('touches erp.invoice');
    await over('reporting.target');
    expect((await read(widget)).rows.length).toBeGreaterThan(0);
    await shop.sql('drop view reporting.target_seen');
  });

  test('a refresh, which points the view at another copy, goes unnoticed by readers', async () => {
    const widget = widgetOf('select as_of, region, amount from reporting.sales order by region, category, day');
    const before = await read(widget, { region: values('region 3') });
    await shop.refresh('sales');
    await shop.refresh('sales');
    const after = await read(widget, { region: values('region 3') });
    expect(after.rows).toEqual(before.rows);
    expect(Date.parse(after.freshness.asOf ?? '')).toBeGreaterThan(Date.parse(before.freshness.asOf ?? ''));
  });

  test('a function whose tables no plan shows is refused by its name', async () => {
    await shop.sql(`create function erp.peek() returns bigint language plpgsql stable as
      'begin return (select count(*) from erp.invoice); end'`);
    const failure = await failureOf(
      read(widgetOf('select as_of, erp.peek() as amount from reporting.target', 'target')),
    );
    expect(failure.message).toContain('it calls erp.peek(), and a plan does not show which tables a function reads');
  });

  test('a reader works on at most 50,000 rows, filtered or not, and a LIMIT counts', async () => {
    await shop.sql(`create table erp.line as select n as line_id, 'region ' || n % 5 as region, n * 0.5 as amount
      from generate_series(1, 60000) n; grant select on erp.line to ${shop.daybreak}`);
    await shop.build('select line_id, region, amount from erp.line', { name: 'lines', keyColumns: ['line_id'] });
    const all = widgetOf('select max(as_of) as as_of, sum(amount) as amount from reporting.lines', 'lines');
    const failure = await failureOf(read(all));
    expect(failure.code).toBe('statement_refused');
    expect(failure.message).toMatch(/works on about 60,000 rows of reporting\.lines_v1_a, and 50,000 is the most/);
    expect((await read(all, { region: values('region 1') })).rows).toHaveLength(1);
    const first = widgetOf('select as_of, amount from reporting.lines limit 10', 'lines');
    expect((await read(first)).rows).toHaveLength(10);
    const multiplied = widgetOf(
      'select max(a.as_of) as as_of, count(*) as amount from reporting.sales a, reporting.sales b, reporting.sales c',
    );
    expect((await failureOf(read(multiplied))).message).toMatch(/the planner expects a cost of/);
  });

  test('a reader with rights on the stable views alone has the same numbers', async () => {
    await shop.sql(`grant usage on schema reporting to ${shop.boss}; grant select on reporting.sales to ${shop.boss}`);
    const boss = await shop.openAs(shop.boss);
    const widget = widgetOf('select as_of, region, amount from reporting.sales order by region, category, day');
    const chosen = resolveFilters(filters, { region: values('region 3', null) }, Date.now());
    const signal = new AbortController().signal;
    const own = await readWidget(boss, widget, systemClock, signal, { filters: chosen });
    expect(own.rows).toEqual((await read(widget, { region: values('region 3', null) })).rows);
    expect(own.freshness.state).toBe('fresh');
    const none = resolveFilters(filters, { region: values('nowhere') }, Date.now());
    expect((await readWidget(boss, widget, systemClock, signal, { filters: none })).freshness.state).toBe('fresh');
  });

  test('names to choose from are those of the read models, counted, searched and bounded', async () => {
    const dashboard: Dashboard = {
      dashboardId: 'd',
      serverId: 'test',
      title: 'D',
      filters,
      widgets: [
        widgetOf('select as_of, amount from reporting.sales'),
        widgetOf('select as_of, target as amount from reporting.target t', 'target'),
        live('select 1 as amount'),
      ],
    };
    const [, region, category] = filters;
    if (region === undefined || category === undefined) throw new Error('three filters');
    const regions = await readChoices(shop.server, dashboard, region, null);
    expect(regions.rows.map(([value]) => value)).toEqual([
      'region 0',
      'region 1',
      'region 2',
      'region 3',
      'region 4',
      null,
    ]);
    expect(regions.readModels).toEqual(['sales', 'target']);
    const [counted] = await shop.sql<{ rows: string }>(
      `select (select count(*) from reporting.sales where region = 'region 0')
        + (select count(*) from reporting.target where region = 'region 0') as rows`,
    );
    expect(regions.rows[0]?.[1]).toBe(counted?.rows);
    const found = await readChoices(shop.server, dashboard, category, '"X"\\');
    expect(found.rows.map(([value]) => value)).toEqual(['it\'s "x"\\']);
    expect((await readChoices(shop.server, dashboard, category, '%')).rows).toEqual([]);
    const large = { ...dashboard, widgets: [widgetOf('select as_of from reporting.lines limit 1', 'lines')] };
    const leftOut = await readChoices(shop.server, large, region, null);
    expect(leftOut).toMatchObject({
      rows: [],
      leftOut: [{ readModel: 'lines', reason: expect.stringContaining('about 60,000 rows') }],
    });
  });
});
