import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createEngine, type RunningEngine } from '../../../../electron/core/create-engine.ts';
import { filtersKey, resolveFilters } from '../../../../electron/core/dashboards/filters/resolve-filters.ts';
import { sourceHash } from '../../../../electron/core/dashboards/source-hash.ts';
import { nodePorts } from '../../../../electron/hosts/node-ports.ts';
import type { Dashboard, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { DashboardFilter, FilterValues } from '../../../../shared/model/dashboard-filter.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import { unreachable } from '../../../support/engine-with-history.ts';
import { quiet } from '../history/store.ts';

const region = { kind: 'choice', filterId: 'region', label: 'Region', columns: ['region'] } as const;
const filters: DashboardFilter[] = [{ ...region, columns: ['region'] }];
const source = { kind: 'read_model', readModel: 'sales', sql: 'select as_of, amount from reporting.sales' } as const;
const dashboard: Dashboard = {
  dashboardId: 'd',
  serverId: 'erp',
  title: 'Sales',
  filters,
  widgets: [
    {
      widgetId: 'w',
      title: 'Sales',
      question: '?',
      kind: 'number',
      source,
      budget: { minutes: 60 },
      x: null,
      series: null,
      values: ['amount'],
      formats: {},
      currency: null,
      layout: { x: 0, y: 0, w: 4, h: 4 },
    },
  ],
};
const data = (widgetId: string, rows: (string | null)[][]): WidgetData => ({
  widgetId,
  columns: [{ name: 'amount', type: 'numeric' }],
  rows,
  freshness: { asOf: '2026-11-30T07:30:00+01:00', source: 'live', state: 'fresh' },
  tookMs: 1,
});
const chosen = (...values: string[]): FilterValues => ({ region: { kind: 'values', values } });

let engine: RunningEngine;

/** The database was never within reach of this engine; what an earlier one read is kept. */
beforeAll(async () => {
  const profileDir = await mkdtemp(join(tmpdir(), 'daybreak-filters-'));
  const ports = nodePorts({ paths: { profileDir, resourcesDir: '' }, logger: quiet, door: 'test' });
  engine = await createEngine(ports, { background: false });
  const { connections, dashboards } = engine.history;
  await connections.save({ serverId: 'erp', settings: unreachable, lastConnectedAtMs: null, lastFacts: null });
  await dashboards.save(dashboard);
  const keep = (values: FilterValues, rows: string[][]) =>
    dashboards.saveResult('d', sourceHash(source), data('w', rows), 0, filtersKey(resolveFilters(filters, values, 0)));
  await keep({}, [['100']]);
  await keep(chosen('North', 'South'), [['60']]);
  const names = Array.from({ length: 300 }, (_, at) => [`Region ${String(at).padStart(3, '0')}`, '7']);
  await dashboards.saveResult('d', JSON.stringify(['region']), data('filter:region', [...names, [null, '1']]), 0);
  return async () => {
    await engine.stop();
    await rm(profileDir, { recursive: true, force: true });
  };
});

async function failureOf(work: Promise<unknown>) {
  try {
    await work;
  } catch (error) {
    if (isFailure(error)) return error.value;
    throw error;
  }
  throw new Error('it was expected to fail');
}

test('a number that was asked with these filters before is there, in whatever order they are chosen', async () => {
  const [found] = await engine.dashboards.cached('erp', 'd', { filters: chosen('South', 'North') });
  expect(found).toMatchObject({ rows: [['60']], freshness: { state: 'offline' } });
  expect(found?.filtering).toBeUndefined();
});

test('under filters that were never asked with, the whole number says that it is not filtered', async () => {
  const [found] = await engine.dashboards.cached('erp', 'd', { filters: chosen('East') });
  expect(found?.rows).toEqual([['100']]);
  expect(found?.filtering).toEqual({
    applied: [],
    notApplied: [
      {
        filterId: 'region',
        label: 'Region',
        reason: 'the database is out of reach, and only the number without filters is saved',
      },
    ],
  });
});

test('a number that no filter reaches is the newest that was read, whatever was chosen then', async () => {
  const untouched = { applied: [], notApplied: [{ filterId: 'region', label: 'Region', reason: 'it has no regions' }] };
  const { saveResult } = engine.history.dashboards;
  const keep = async (asOf: string, rows: string[][]) => {
    const found = data('w', rows);
    const key = filtersKey(resolveFilters(filters, chosen('West'), 0));
    const read = { ...found, freshness: { ...found.freshness, asOf }, filtering: untouched };
    await saveResult('d', sourceHash(source), read, 0, key);
  };
  await keep('2026-11-30T06:00:00+01:00', [['99']]);
  const [later] = await engine.dashboards.cached('erp', 'd', { filters: chosen('West') });
  expect(later).toMatchObject({
    rows: [['100']],
    freshness: { asOf: '2026-11-30T07:30:00+01:00' },
    filtering: untouched,
  });
  await keep('2026-11-30T08:00:00+01:00', [['101']]);
  const [latest] = await engine.dashboards.cached('erp', 'd', { filters: chosen('West') });
  expect(latest).toMatchObject({ rows: [['101']], filtering: untouched });
});

test('names to choose from open without the database, searched and bounded', async () => {
  const choices = (search: string | null, limit = 200) =>
    engine.dashboardFilters.choices('erp', 'd', { filterId: 'region', search, limit });
  const all = await choices(null);
  expect(all).toMatchObject({ more: true, freshness: { state: 'offline', source: 'cache' } });
  expect(all.choices).toHaveLength(200);
  const found = await choices('ION 29');
  expect(found.choices.map(({ value }) => value)).toEqual(Array.from({ length: 10 }, (_, at) => `Region 29${at}`));
  expect((await choices(null, 1000)).choices.at(-1)).toEqual({ value: null, rows: 1 });
});

test('a filter that is not there, or that nothing is kept of, says so', async () => {
  const asked = (filterId: string) =>
    engine.dashboardFilters.choices('erp', 'd', { filterId, search: null, limit: 10 });
  expect(await failureOf(asked('country'))).toMatchObject({ code: 'not_found' });
  await engine.dashboardFilters.set('erp', 'd', [
    ...filters,
    { kind: 'choice', filterId: 'category', label: 'Category', columns: ['category'] },
    { kind: 'period', filterId: 'period', label: 'Period', columns: ['month'], timeZone: 'Asia/Tokyo' },
  ]);
  expect(await failureOf(asked('category'))).toMatchObject({ code: 'not_connected', retryable: true });
  expect(await failureOf(asked('period'))).toMatchObject({ code: 'invalid_input' });
});

test('filters that cannot be are refused with all that is wrong, and the old ones stay', async () => {
  const before = await engine.dashboards.get('erp', 'd');
  const failure = await failureOf(
    engine.dashboardFilters.set('erp', 'd', [
      ...filters,
      ...filters,
      { kind: 'period', filterId: 'period', label: 'Period', columns: ['month'], timeZone: 'Middle/Earth' },
    ]),
  );
  expect(failure).toMatchObject({
    code: 'invalid_input',
    message:
      'The filters were not changed: there are two of id region; period has the time zone Middle/Earth, which does not exist.',
  });
  expect(await engine.dashboards.get('erp', 'd')).toEqual(before);
});
