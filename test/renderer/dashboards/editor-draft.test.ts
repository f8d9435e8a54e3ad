import { describe, expect, test } from 'vitest';
import {
  blankDraft,
  draftOf,
  fitted,
  withColumns,
  withKind,
  withSource,
} from '../../../renderer/screens/dashboards/editor/draft.ts';
import { offerColumn } from '../../../shared/model/column-offer.ts';
import { widgetKindSchema, type WidgetDraft } from '../../../shared/model/dashboard.ts';
import { columnProblem, draftProblem } from '../../../shared/model/widget-problem.ts';

const columns = [
  { name: 'month', type: 'date' },
  { name: 'region', type: 'text' },
  { name: 'revenue', type: 'numeric' },
  { name: 'invoices', type: 'bigint' },
];
const offered = columns.map(offerColumn);
const draft = (part: Partial<WidgetDraft> = {}): WidgetDraft => ({
  ...blankDraft,
  title: 'Sales',
  source: { kind: 'live', sql: 'select 1' },
  ...part,
});

describe('a draft takes the columns that its query answers', () => {
  test.each(widgetKindSchema.options)('every role of kind %s is filled so that it can be shown at once', (kind) => {
    const made = fitted(draft({ kind }), offered);
    expect(draftProblem(made)).toBeNull();
    expect(columnProblem(made, columns)).toBeNull();
  });

  test('what the person chose stays as long as it fits', () => {
    const chosen = fitted(draft({ x: 'region', values: ['invoices'], formats: { revenue: 'decimal' } }), offered);
    expect(chosen).toMatchObject({
      x: 'region',
      values: ['invoices'],
      formats: { revenue: 'decimal', month: 'month' },
    });
    const other = fitted(
      chosen,
      offered.filter(({ name }) => name !== 'invoices'),
    );
    expect(other).toMatchObject({ x: 'region', values: ['revenue'] });
  });

  test('another kind and back again ends where it began', () => {
    const bars = fitted(draft(), offered);
    const number = fitted({ ...bars, kind: 'number' }, offered);
    expect(number).toMatchObject({ x: null, series: null, values: ['revenue'] });
    expect(fitted({ ...number, kind: 'bar' }, offered)).toEqual(bars);
  });

  test('a stack begins with series, and keeps to one value then', () => {
    const stacked = withKind(fitted(draft(), offered), 'stacked', offered);
    expect(stacked).toMatchObject({ x: 'month', series: 'region', values: ['revenue'] });
    expect(withColumns(draft({ kind: 'stacked' }), offered)).toEqual({ ...stacked, options: undefined });
    // Somebody who wants none has none, whatever else changes.
    expect(withColumns({ ...stacked, series: null }, offered).series).toBeNull();
    expect(withKind(stacked, 'number', offered).series).toBeNull();
  });

  test('a combined widget begins with a bar and a line', () => {
    expect(fitted(draft({ kind: 'combined' }), offered)).toMatchObject({
      values: ['revenue', 'invoices'],
      options: { lines: ['invoices'] },
    });
  });

  test('without money there is no currency', () => {
    expect(fitted(draft({ currency: 'EUR' }), [offerColumn({ name: 'n', type: 'bigint' })]).currency).toBeNull();
  });
});

test('a read model is never live', () => {
  const moved = withSource(draft({ budget: 'live' }), { kind: 'read_model', readModel: 'sales', sql: 'select 1' });
  expect(moved.budget).toEqual({ minutes: 30 });
});

test('a stored widget becomes a draft without what only the store knows', () => {
  const { title, layout } = { title: 'Sales', layout: { x: 0, y: 0, w: 4, h: 4 } };
  const made = draftOf({ ...draft({ title, values: ['revenue'] }), widgetId: 'w', liveSql: 'select 1', layout });
  expect(made).toEqual({ ...draft({ title, values: ['revenue'] }), layout });
});
