import { expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../../../electron/core/create-engine.ts';
import { filtersKey, resolveFilters } from '../../../../electron/core/dashboards/filters/resolve-filters.ts';
import { sourceHash } from '../../../../electron/core/dashboards/source-hash.ts';
import { withSeriesOrder } from '../../../../electron/core/dashboards/with-series-order.ts';
import { nodePorts } from '../../../../electron/hosts/node-ports.ts';
import type { DashboardFilter, FilterValues } from '../../../../shared/model/dashboard-filter.ts';
import type { WidgetData } from '../../../../shared/model/dashboard.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import { unreachable } from '../../../support/engine-with-history.ts';
import { quiet, testFolder } from '../history/store.ts';

const filters: DashboardFilter[] = [{ kind: 'choice', filterId: 'region', label: 'Region', columns: ['region'] }];
const south: FilterValues = { region: { kind: 'values', values: ['South'] } };
const source = {
  kind: 'read_model',
  readModel: 'sales',
  sql: 'select month, region, amount from reporting.sales',
} as const;
const sales = (...regions: string[]): WidgetData => ({
  widgetId: 'w',
  columns: [
    { name: 'month', type: 'date' },
    { name: 'region', type: 'text' },
    { name: 'amount', type: 'numeric' },
  ],
  rows: regions.map((region) => ['2026-11-01', region, '1']),
  freshness: { asOf: '2026-11-30T07:30:00+01:00', source: 'live', state: 'fresh' },
  tookMs: 1,
});

/** The database is out of reach; what an earlier engine read is kept. */
async function engineThatKept(...kept: readonly { readonly chosen: FilterValues; readonly data: WidgetData }[]) {
  const ports = nodePorts({ paths: { profileDir: await testFolder(), resourcesDir: '' }, logger: quiet, door: 'test' });
  const engine = await createEngine(ports, { background: false });
  onTestFinished(() => engine.stop());
  const { connections, dashboards } = engine.history;
  await connections.save({ serverId: 'erp', settings: unreachable, lastConnectedAtMs: null, lastFacts: null });
  await dashboards.save({
    dashboardId: 'd',
    serverId: 'erp',
    title: 'Sales',
    filters,
    widgets: [
      {
        widgetId: 'w',
        title: 'Sales',
        question: '?',
        kind: 'stacked',
        source,
        budget: { minutes: 60 },
        x: 'month',
        series: 'region',
        values: ['amount'],
        formats: {},
        currency: null,
        layout: { x: 0, y: 0, w: 4, h: 4 },
      },
    ],
  });
  for (const { chosen, data } of kept) {
    const resolved = resolveFilters(filters, chosen, 0);
    const applied = resolved.map(({ filter: { filterId } }) => ({
      filterId,
      columns: ['sales.region'],
      period: null,
      notes: [],
    }));
    const filtered = resolved.length === 0 ? data : { ...data, filtering: { applied, notApplied: [] } };
    await dashboards.saveResult('d', sourceHash(source), filtered, 0, filtersKey(resolved));
  }
  return engine;
}

test('a filtered number tells the order of its series without filters, saved or read', async () => {
  const { dashboards } = await engineThatKept(
    { chosen: {}, data: sales('North', 'South') },
    { chosen: south, data: sales('South') },
  );
  const order = { rows: [['2026-11-01', 'South', '1']], seriesOrder: ['North', 'South'] };
  expect(await dashboards.cached('erp', 'd', { filters: south })).toMatchObject([order]);
  expect(await dashboards.data('erp', 'd', 'w', { filters: south })).toMatchObject(order);
  const [earlier] = await dashboards.results({ serverId: 'erp', dashboardId: 'd', widgetId: 'w', filters: south });
  const { resultId = '' } = earlier ?? {};
  const asked = { serverId: 'erp', dashboardId: 'd', widgetId: 'w', filters: south, resultId };
  expect(await dashboards.result(asked)).toMatchObject(order);
});

test('without filters, or where the number without them is not saved, it tells none', async () => {
  const { dashboards } = await engineThatKept({ chosen: south, data: sales('South') });
  expect((await dashboards.cached('erp', 'd', { filters: south }))[0]).not.toHaveProperty('seriesOrder');
  const whole = await engineThatKept({ chosen: {}, data: sales('North', 'South') });
  expect((await whole.dashboards.cached('erp', 'd'))[0]).not.toHaveProperty('seriesOrder');
});

test('a number whose unfiltered one cannot be read is shown all the same', async () => {
  const { dashboards, history } = await engineThatKept({ chosen: south, data: sales('South') });
  const [found] = await dashboards.cached('erp', 'd', { filters: south });
  const [widget] = (await history.dashboards.get('d'))?.widgets ?? [];
  if (found === undefined || widget === undefined) throw new Error('nothing was kept');
  const lastResult = () => Promise.reject(new Failure({ code: 'storage_failed', message: 'the page is damaged' }));
  expect(await withSeriesOrder({ lastResult }, 'd', widget, found)).toEqual(found);
});
