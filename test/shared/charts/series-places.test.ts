import { expect, test } from 'vitest';
import { shapeLegend } from '../../../shared/charts/legend-items.ts';
import { seriesPlaces } from '../../../shared/charts/series-places.ts';
import { drawnOrder, isMismatch, shapeOf } from '../../../shared/charts/widget-shape.ts';
import { widgetOption, type DrawnKind } from '../../../shared/charts/widget-option.ts';
import type { Widget, WidgetData } from '../../../shared/model/dashboard.ts';
import { palette } from './palette-for-tests.ts';

const widget = (kind: DrawnKind): Widget => ({
  widgetId: 'w',
  title: 'Sales',
  question: '?',
  kind,
  source: { kind: 'live', sql: 'select 1' },
  budget: { minutes: 30 },
  x: 'month',
  series: 'region',
  values: ['revenue'],
  formats: { month: 'month' },
  currency: null,
  layout: { x: 0, y: 0, w: 4, h: 4 },
});
const sales = (regions: readonly (string | null)[], seriesOrder?: (string | null)[]): WidgetData => ({
  widgetId: 'w',
  columns: [
    { name: 'month', type: 'date' },
    { name: 'region', type: 'text' },
    { name: 'revenue', type: 'numeric' },
  ],
  rows: regions.map((region, index) => ['2026-11-01', region, String(100 - index)]),
  freshness: { asOf: null, source: 'live', state: 'fresh' },
  tookMs: null,
  ...(seriesOrder === undefined ? {} : { seriesOrder }),
});

/** What tells each series from the others, in the picture and in its legend. */
function looks(kind: DrawnKind, data: WidgetData) {
  const shape = shapeOf({ ...widget(kind), options: { legend: true } }, data);
  if (isMismatch(shape)) throw new Error(shape.problem);
  const { series } = widgetOption(kind, shape, palette);
  const items = shapeLegend(kind, shape, palette);
  return (Array.isArray(series) ? series : []).map((one, index) => ({
    legend: items[index],
    drawn: ['color', 'itemStyle', 'symbol'].map((name) => Reflect.get(one, name)),
  }));
}

test.each(['bar', 'stacked', 'line', 'combined'] as const)(
  'a series of a %s chart looks the same under a filter',
  (kind) => {
    const all = looks(kind, sales(['North', 'South', 'West']));
    const [alone] = looks(kind, sales(['West'], ['North', 'South', 'West']));
    expect(alone).toEqual(all[2]);
    expect(alone).not.toEqual(looks(kind, sales(['West']))[0]);
  },
);

test('a series that is in no order takes the place of none that is, as long as there is one', () => {
  expect(seriesPlaces(['East', 'South', undefined], ['North', 'South', null])).toEqual([3, 1, 4]);
  const seven = Array.from({ length: 7 }, (_, index) => String(index));
  expect(seriesPlaces(['6', 'new', 'newer'], seven)).toEqual([6, 7, 0]);
});

test('the order is that of the picture, without those that are summed as other', () => {
  const regions = Array.from({ length: 9 }, (_, index) => `R${index}`);
  expect(drawnOrder(widget('stacked'), sales(regions))).toEqual(regions.slice(0, 7));
  expect(drawnOrder({ ...widget('line'), x: 'gone' }, sales(regions))).toEqual([]);
});
