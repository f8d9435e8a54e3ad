import { describe, expect, it } from 'vitest';
import { isMismatch, shapeOf, shapeSummary, type WidgetShape } from '../../../shared/charts/widget-shape.ts';
import { axisLabel } from '../../../shared/charts/axis-label.ts';
import { categoryText, hoverText, widgetOption } from '../../../shared/charts/widget-option.ts';
import type { CategoryAxisOption } from '../../../shared/charts/chart-option.ts';
import type { Widget, WidgetData } from '../../../shared/model/dashboard.ts';
import { palette } from './palette-for-tests.ts';

const widget = (part: Partial<Widget>): Widget => ({
  widgetId: 'w',
  title: 'Monthly sales',
  question: 'How much did we sell?',
  kind: 'stacked',
  source: { kind: 'live', sql: 'select 1' },
  budget: { minutes: 30 },
  x: 'month',
  series: 'region',
  values: ['revenue'],
  formats: { month: 'month', revenue: 'money' },
  currency: 'EUR',
  layout: { x: 0, y: 0, w: 4, h: 4 },
  ...part,
});
const data = (names: readonly string[], rows: (string | null)[][]): WidgetData => ({
  widgetId: 'w',
  columns: names.map((name) => ({ name, type: 'text' })),
  rows,
  freshness: { asOf: '2026-11-20T07:30:00Z', source: 'live', state: 'fresh' },
  tookMs: 1,
});
const drawn = (w: Widget, d: WidgetData): WidgetShape => {
  const shape = shapeOf(w, d);
  if (isMismatch(shape)) throw new Error(shape.problem);
  return shape;
};

describe('rows become a chart', () => {
  const long = data(
    ['month', 'region', 'revenue'],
    [
      ['2026-10-01', 'north', '9007199254740993.01'],
      ['2026-10-01', 'south', '2.00'],
      ['2026-11-01', 'north', '3.00'],
    ],
  );

  it('with a series column: one series per value, holes where a pair is missing', () => {
    const shape = drawn(widget({}), long);
    expect(shape.categories).toEqual([
      { short: 'Oct', full: 'Oct 2026' },
      { short: 'Nov', full: 'Nov 2026' },
    ]);
    expect(shape.series.map(({ name, cells }) => [name, cells])).toEqual([
      ['north', ['9007199254740993.01', '3.00']],
      ['south', ['2.00', null]],
    ]);
  });

  it('prints exact amounts, and totals that no float was near', () => {
    const text = categoryText(drawn(widget({}), long), 0, true);
    expect(text).toContain('north: €9,007,199,254,740,993.01');
    expect(text).toContain('total: €9,007,199,254,740,995.01');
  });

  it('without one: one series per value column of the same unit', () => {
    const wide = data(['centre', 'budget', 'actual', 'burn'], [['IT', '100.00', '120.00', '1.2']]);
    const shape = drawn(
      widget({
        x: 'centre',
        series: null,
        values: ['budget', 'actual', 'burn'],
        formats: { budget: 'money', actual: 'money', burn: 'percent' },
      }),
      wide,
    );
    expect(shape.series.map(({ name }) => name)).toEqual(['budget', 'actual']);
  });

  it('sums the smallest of too many series as "other", exactly', () => {
    const rows = Array.from({ length: 12 }, (_, n) => ['2026-10-01', `r${n}`, `${n}.10`]);
    const shape = drawn(widget({}), data(['month', 'region', 'revenue'], rows));
    expect(shape.series).toHaveLength(8);
    expect(shape.series.at(-1)).toMatchObject({ name: 'other (5)', cells: ['10.50'] });
  });

  it('adds up rows that fall on one point, and refuses to add up ratios', () => {
    const rows = [
      ['2026-10-01', 'north', '0.10'],
      ['2026-10-01', 'north', '0.20'],
    ];
    expect(drawn(widget({}), data(['month', 'region', 'revenue'], rows)).series[0]?.cells).toEqual(['0.30']);
    const ratio = widget({ formats: { month: 'month', revenue: 'percent' } });
    expect(isMismatch(shapeOf(ratio, data(['month', 'region', 'revenue'], rows)))).toBe(true);
  });

  it('says which column is missing when widget and SQL disagree', () => {
    expect(shapeOf(widget({}), data(['month', 'revenue'], []))).toMatchObject({
      problem: expect.stringContaining('no column region') as string,
    });
  });

  it('can be read out', () => {
    expect(shapeSummary('Monthly sales', drawn(widget({}), long))).toBe(
      'Monthly sales: 2 categories, 2 series; largest Oct 2026, north: €9,007,199,254,740,993.01',
    );
  });
});

describe('options', () => {
  const byName = data(
    ['category', 'margin'],
    [
      ['Motors', '0.381'],
      ['Seals', '0.29'],
    ],
  );
  const bars = widget({ kind: 'bar', x: 'category', series: null, values: ['margin'], formats: { margin: 'percent' } });

  it('lay bars with names on their side, and bars of the calendar never', () => {
    expect(widgetOption('bar', drawn(bars, byName), palette).yAxis).toMatchObject({ type: 'category' });
    const months = data(
      ['month', 'revenue'],
      [
        ['2026-10-01', '1'],
        ['2026-11-01', '2'],
      ],
    );
    const upright = widgetOption('bar', drawn(widget({ kind: 'bar', series: null }), months), palette);
    expect(upright.xAxis).toMatchObject({ type: 'category', data: ['0', '1'] });
    const { axisLabel } = upright.xAxis as CategoryAxisOption;
    expect(['0', '1'].map((place) => axisLabel?.formatter?.(place))).toEqual(['Oct', 'Nov']);
  });

  it('say on hover what lies under the mouse, along the axis that has the names', () => {
    const shape = drawn(bars, byName);
    expect(hoverText('bar', shape, { x: 0.2, y: 1.3 })).toBe('Seals\n29.0 %');
    expect(hoverText('bar', shape, { x: 0.2, y: 7 })).toBeNull();
    expect(hoverText('heatmap', shape, { x: 0.1, y: -0.2 })).toBe('margin\nMotors: 38.1 %');
  });

  it('start bars at zero', () => {
    expect(widgetOption('bar', drawn(bars, byName), palette).xAxis).toMatchObject({ type: 'value', scale: false });
  });

  it('give every aging bucket a colour and a pattern of its own', () => {
    const rows = ['current', '31-60', '61-90', '> 90'].map((name) => [name, '1']);
    const aging = widget({ kind: 'aging', x: 'bucket', series: null, values: ['open'], formats: { open: 'money' } });
    const option = widgetOption('aging', drawn(aging, data(['bucket', 'open'], rows)), palette);
    const [series] = Array.isArray(option.series) ? option.series : [];
    const items = (series?.data ?? []) as {
      itemStyle: { color: string; decal: { symbol: string; rotation: number } };
    }[];
    expect(new Set(items.map(({ itemStyle }) => itemStyle.color)).size).toBe(4);
    expect(new Set(items.map(({ itemStyle }) => JSON.stringify(itemStyle.decal))).size).toBe(4);
  });

  it('label axes without the dust of binary fractions', () => {
    expect(axisLabel(0.1 + 0.2, 'decimal', null)).toBe('0.3');
    expect(axisLabel(1_200_000, 'money', 'EUR')).toBe('€1.2m');
    expect(axisLabel(0.25, 'percent', null)).toBe('25 %');
  });
});
