import { describe, expect, test } from 'vitest';
import {
  arranged,
  widgetOf,
  withoutReadModel,
  withoutWidget,
  withRestored,
  withWidget,
} from '../../../../electron/core/dashboards/edit-dashboard.ts';
import type { Dashboard, Widget, WidgetDraft } from '../../../../shared/model/dashboard.ts';

const draft: WidgetDraft = {
  title: 'Sales',
  question: '?',
  kind: 'bar',
  source: { kind: 'live', sql: 'select 1' },
  budget: { minutes: 30 },
  x: 'month',
  series: null,
  values: ['amount'],
  formats: {},
  currency: null,
};
const widget = (widgetId: string, x: number, y: number): Widget => ({
  ...draft,
  widgetId,
  title: `The ${widgetId}`,
  layout: { x, y, w: 6, h: 4 },
});
const dashboard = (...widgets: Widget[]): Dashboard => ({
  dashboardId: 'd',
  serverId: 's',
  title: 'Board',
  widgets,
});
const ids = ({ widgets }: Dashboard) => widgets.map(({ widgetId }) => widgetId);

describe('a dashboard that is changed', () => {
  test('gives a new widget the first free place, and remembers the query that it began with', () => {
    const board = dashboard(widget('a', 0, 0), widget('c', 0, 4));
    const made = widgetOf(board, 'b', draft, null);
    expect(made).toMatchObject({ layout: { x: 6, y: 0, w: 6, h: 4 }, liveSql: 'select 1' });
    expect(ids(withWidget(board, made))).toEqual(['a', 'b', 'c']);
  });

  test('keeps place and first query of a widget that moves to a read model', () => {
    const before: Widget = { ...widget('a', 6, 0), liveSql: 'select 1' };
    const source = { kind: 'read_model' as const, readModel: 'sales', sql: 'select as_of' };
    expect(widgetOf(dashboard(before), 'a', { ...draft, source }, before)).toMatchObject({
      source,
      liveSql: 'select 1',
      layout: before.layout,
    });
  });

  test('asks its own queries again when a read model is gone, and loses what has none', () => {
    const source = { kind: 'read_model' as const, readModel: 'sales', sql: 'select as_of' };
    const board = dashboard(
      { ...widget('a', 0, 0), source, liveSql: 'select 1' },
      { ...widget('b', 6, 0), source },
      { ...widget('c', 0, 4), source: { ...source, readModel: 'stock' } },
    );
    const left = withoutReadModel(board, 'sales');
    expect(ids(left)).toEqual(['a', 'c']);
    expect(left.widgets[0]?.source).toEqual({ kind: 'live', sql: 'select 1' });
    expect(withoutReadModel(left, 'sales')).toBe(left);
  });

  test('refuses widgets on each other, and names both', () => {
    const board = dashboard(widget('a', 0, 0));
    expect(() => withWidget(board, widget('b', 3, 2))).toThrow('"The b" would lie on "The a".');
    expect(() => withWidget(board, widget('b', 8, 0))).toThrow(/"The b" does not fit the grid of 12 columns/);
  });

  test('gives a removed widget back to its place, or to a free one where that was taken', () => {
    const board = dashboard(widget('a', 0, 0), widget('b', 6, 0));
    const without = withoutWidget(board, 'a');
    expect(ids(without)).toEqual(['b']);
    expect(withRestored(without, 'a')).toEqual({ ...board, removed: [] });
    const taken = withWidget(without, widget('c', 0, 0));
    const back = withRestored(taken, 'a').widgets.find(({ widgetId }) => widgetId === 'a');
    expect(back?.layout).toEqual({ x: 0, y: 4, w: 6, h: 4 });
    expect(() => withRestored(board, 'a')).toThrow(/no widget a/);
  });

  test('remembers ten removed widgets, the last one first', () => {
    const many = Array.from({ length: 12 }, (_, index) => widget(`w${index}`, 0, index * 4));
    const emptied = many.reduce((board, { widgetId }) => withoutWidget(board, widgetId), dashboard(...many));
    expect(emptied.removed?.map(({ widgetId }) => widgetId)).toEqual(
      many
        .slice(2)
        .map(({ widgetId }) => widgetId)
        .toReversed(),
    );
  });

  test('is arranged as a whole, in reading order', () => {
    const board = dashboard(widget('a', 0, 0), widget('b', 6, 0));
    const places = [
      { widgetId: 'a', layout: { x: 6, y: 0, w: 6, h: 4 } },
      { widgetId: 'b', layout: { x: 0, y: 0, w: 6, h: 4 } },
    ];
    expect(ids(arranged(board, places))).toEqual(['b', 'a']);
    expect(() => arranged(board, places.slice(1))).toThrow(/"The a" has no place/);
    expect(() => arranged(board, [...places, { widgetId: 'x', layout: places[0]!.layout }])).toThrow(/no widget x/);
  });
});
