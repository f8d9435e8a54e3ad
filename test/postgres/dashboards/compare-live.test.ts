import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareLive } from '../../../electron/core/dashboards/compare/compare-live.ts';
import { resolveFilters } from '../../../electron/core/dashboards/filters/resolve-filters.ts';
import type { Widget } from '../../../shared/model/dashboard.ts';
import type { DashboardFilter, FilterValues } from '../../../shared/model/dashboard-filter.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, salesByRegion, systemClock } from '../read-model/fixture.ts';

const filters: DashboardFilter[] = [
  { kind: 'choice', filterId: 'region', label: 'Region', columns: ['region'] },
  { kind: 'choice', filterId: 'category', label: 'Category', columns: ['category'] },
];
const widget: Widget = {
  widgetId: 'w',
  title: 'Sales',
  question: '?',
  kind: 'bar',
  source: {
    kind: 'read_model',
    readModel: 'sales',
    sql: 'select as_of, region, amount, invoices from reporting.sales order by region',
  },
  liveSql: `${salesByRegion} order by region; -- as it was left`,
  budget: { minutes: 60 },
  x: 'region',
  series: null,
  values: ['amount'],
  formats: { region: 'text', amount: 'money', invoices: 'integer' },
  currency: 'EUR',
  layout: { x: 0, y: 0, w: 6, h: 4 },
};

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  const compare = (
    changes: Partial<Widget> = {},
    chosen: FilterValues = {},
    { signal = new AbortController().signal, isProven = async (_definition: string) => true } = {},
  ) =>
    compareLive({
      server: shop.server,
      widget: { ...widget, ...changes },
      filters: resolveFilters(filters, chosen, Date.now()),
      clock: systemClock,
      signal,
      isProven,
    });

  beforeAll(async () => {
    shop = await openShop(testServer, { rows: 1000 });
    await shop.build(salesByRegion, { name: 'sales' });
  });
  afterAll(() => shop?.close());

  test('nothing has changed: both show the same, each with its own time', async () => {
    const asked: string[] = [];
    const same = await compare({}, {}, { isProven: async (definition) => asked.push(definition) > 0 });
    expect(same).toMatchObject({ differingRows: 0, equalRows: 5, filtering: null, proven: true });
    expect(Date.parse(same.live.asOf)).toBeGreaterThan(Date.parse(same.model.asOf ?? ''));
    expect(same.ageMs).toBe(Date.parse(same.live.asOf) - Date.parse(same.model.asOf ?? ''));
    // The definition whose rows readers see is what a proof has to stand behind.
    expect(asked[0]).toMatch(/from erp\.invoice group by region/);
    expect((await compare({}, {}, { isProven: async () => false })).proven).toBe(false);
  });

  test('rows that changed since are shown, and no others, with exact differences', async () => {
    await shop.sql(`insert into erp.invoice values (900001, 'region 1', 'x', now(), 0.10), (900002, 'region 1', 'x', now(), 0.20),
      (900003, 'new', 'x', now(), 5.00)`);
    const found = await compare();
    expect(found.differing).toEqual([
      { key: ['new'], model: null, live: ['5.00', '1'], difference: [null, null] },
      expect.objectContaining({ key: ['region 1'], difference: ['0.30', '2'] }),
    ]);
    expect(found).toMatchObject({ equalRows: 4, differingRows: 2 });
    expect(found.totals).toMatchObject([
      { column: 'amount', difference: '5.30' },
      { column: 'invoices', difference: '3' },
    ]);
    expect(found.live.expectedCost).toBeGreaterThan(0);
  });

  test('both sides have the same filters; one that either cannot answer is left out on both, and named', async () => {
    const found = await compare(
      {},
      { region: { kind: 'values', values: ['region 1'] }, category: { kind: 'values', values: ['category 0'] } },
    );
    expect(found.model.rows).toBe(1);
    expect(found.live.rows).toBe(1);
    expect(found.filtering?.applied.map(({ filterId }) => filterId)).toEqual(['region']);
    expect(found.filtering?.notApplied).toMatchObject([
      { filterId: 'category', reason: expect.stringContaining('so both are compared without it') },
    ]);
  });

  test('a costly query is not started, and one without a live query says so', async () => {
    const crossed = await failureOf(
      compare({
        liveSql:
          'select a.region, count(*) as invoices from erp.invoice a, erp.invoice b, erp.invoice c, erp.invoice d group by 1',
      }),
    );
    expect(crossed.code).toBe('statement_refused');
    expect(crossed.message).toMatch(/^The live query of "Sales" is not started: the planner expects a cost of [\d,]+/);
    const without = await failureOf(compare({ liveSql: undefined }));
    expect(without).toMatchObject({
      code: 'not_available',
      message: expect.stringContaining('has no query over base tables'),
    });
    const alreadyLive = await failureOf(compare({ source: { kind: 'live', sql: salesByRegion } }));
    expect(alreadyLive.message).toContain('it asks the base tables already');
  });

  test('cancelling ends the query on the server', async () => {
    const abort = new AbortController();
    const running = compare(
      { liveSql: `select region, pg_sleep(30)::text as amount from erp.invoice limit 1` },
      {},
      { signal: abort.signal },
    );
    const active = () =>
      shop.sql(
        `select from pg_stat_activity where state = 'active' and query like '%pg_sleep(30)%' and pid <> pg_backend_pid()`,
      );
    await expect.poll(active, { timeout: 10_000 }).toHaveLength(1);
    abort.abort();
    const failure = await failureOf(running);
    expect(failure).toMatchObject({ code: 'cancelled', message: 'Comparing "Sales" with live was cancelled.' });
    await expect.poll(active, { timeout: 10_000 }).toEqual([]);
  });
});
