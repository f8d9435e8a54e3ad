import { describe, expect, test } from 'vitest';
import { hoverText, widgetOption } from '../../../shared/charts/widget-option.ts';
import { isMismatch, shapeOf, type WidgetShape } from '../../../shared/charts/widget-shape.ts';
import type { Widget, WidgetData } from '../../../shared/model/dashboard.ts';
import { palette } from './palette-for-tests.ts';

const widget = (part: Partial<Widget>): Widget => ({
  widgetId: 'w',
  title: 'Revenue and invoices',
  question: '?',
  kind: 'combined',
  source: { kind: 'live', sql: 'select 1' },
  budget: { minutes: 30 },
  x: 'month',
  series: null,
  values: ['revenue', 'invoices'],
  formats: { month: 'month', revenue: 'money', invoices: 'integer' },
  currency: 'EUR',
  options: { lines: ['invoices'] },
  layout: { x: 0, y: 0, w: 4, h: 4 },
  ...part,
});
const data: WidgetData = {
  widgetId: 'w',
  columns: [
    { name: 'month', type: 'date' },
    { name: 'revenue', type: 'numeric' },
    { name: 'invoices', type: 'bigint' },
  ],
  rows: [
    ['2026-10-01', '9007199254740993.01', '120'],
    ['2026-11-01', '1234567.50', null],
  ],
  freshness: { asOf: '2026-11-20T07:30:00Z', source: 'live', state: 'fresh' },
  tookMs: 1,
};
const drawn = (part: Partial<Widget> = {}): WidgetShape => {
  const shape = shapeOf(widget(part), data);
  if (isMismatch(shape)) throw new Error(shape.problem);
  return shape;
};
const seriesOf = (shape: WidgetShape, kind: 'combined' | 'stacked' | 'line' | 'bar') => {
  const { series } = widgetOption(kind, shape, palette);
  return (Array.isArray(series) ? series : [series]) as unknown as readonly Record<string, unknown>[];
};

describe('bars and lines together', () => {
  test('have an axis each, in the units of their own columns', () => {
    const shape = drawn();
    expect(seriesOf(shape, 'combined')).toMatchObject([
      { type: 'bar', yAxisIndex: 0, name: 'revenue' },
      { type: 'line', yAxisIndex: 1, name: 'invoices', data: [120, null] },
    ]);
    const { yAxis } = widgetOption('combined', shape, palette);
    const labels = (yAxis as { axisLabel: { formatter: (tick: number) => string } }[]).map(({ axisLabel }) =>
      axisLabel.formatter(1_200_000),
    );
    expect(labels).toEqual(['€1.2m', '1.2m']);
  });

  test('say both exactly on hover', () => {
    expect(hoverText('combined', drawn(), { x: 0.2, y: 9 })).toBe(
      'Oct 2026\nrevenue: €9,007,199,254,740,993.01\ninvoices: 120',
    );
  });

  test('tell series apart without colour: bars by pattern, lines by dash and symbol', () => {
    const [bar, line] = seriesOf(drawn(), 'combined');
    expect(bar).toMatchObject({ itemStyle: { decal: { symbol: expect.any(String) } } });
    expect(line).toMatchObject({ symbol: 'rect', lineStyle: { type: [6, 4] } });
  });
});

describe('what a person chose about a chart', () => {
  test('areas lie on each other from zero on, with patterns', () => {
    const shape = drawn({ kind: 'stacked', values: ['revenue'], options: { stackedAs: 'areas' } });
    expect(seriesOf(shape, 'stacked')).toMatchObject([
      { type: 'line', stack: 'all', areaStyle: { decal: { symbol: 'none' } } },
    ]);
    expect(widgetOption('stacked', shape, palette).yAxis).toMatchObject({ scale: false });
  });

  test('bars stand or lie as they were told to', () => {
    const sideways = drawn({ kind: 'bar', options: { orientation: 'sideways' } });
    expect(widgetOption('bar', sideways, palette).yAxis).toMatchObject({ type: 'category' });
    expect(hoverText('bar', sideways, { x: 0, y: 1 })).toContain('Nov 2026');
    const upright = drawn({ kind: 'bar', options: { orientation: 'upright' } });
    expect(widgetOption('bar', upright, palette).xAxis).toMatchObject({ type: 'category' });
  });

  test('the axis of lines begins at zero where it was asked to', () => {
    const scaleOf = (fromZero?: boolean) =>
      widgetOption('line', drawn({ kind: 'line', options: { fromZero } }), palette).yAxis;
    expect(scaleOf()).toMatchObject({ scale: true });
    expect(scaleOf(true)).toMatchObject({ scale: false });
  });

  test('numbers, months and money are written as the locale and the column’s own currency say', () => {
    const shape = drawn({ locale: 'de-DE', currencies: { revenue: 'USD' } });
    expect(shape.categories[0]).toEqual({ short: 'Okt', full: 'Okt. 2026' });
    expect(hoverText('combined', shape, { x: 1, y: 0 })).toContain('1.234.567,50\u00a0$');
  });

  test('values of another unit are not drawn on an axis that cannot say it', () => {
    const shape = drawn({
      kind: 'bar',
      currencies: { invoices: 'USD' },
      formats: { revenue: 'money', invoices: 'money' },
    });
    expect(shape.series.map(({ name }) => name)).toEqual(['revenue']);
  });
});
