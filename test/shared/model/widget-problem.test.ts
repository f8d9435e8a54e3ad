import { describe, expect, test } from 'vitest';
import { offerColumn } from '../../../shared/model/column-offer.ts';
import { dashboardSchema, type WidgetDraft } from '../../../shared/model/dashboard.ts';
import { columnProblem, draftProblem } from '../../../shared/model/widget-problem.ts';

const draft = (part: Partial<WidgetDraft> = {}): WidgetDraft => ({
  title: 'Sales',
  question: 'How much?',
  kind: 'bar',
  source: { kind: 'live', sql: 'select 1' },
  budget: { minutes: 30 },
  x: 'month',
  series: null,
  values: ['revenue'],
  formats: {},
  currency: 'EUR',
  ...part,
});
const columns = [
  { name: 'month', type: 'date' },
  { name: 'region', type: 'text' },
  { name: 'revenue', type: 'numeric' },
  { name: 'invoices', type: 'bigint' },
];

describe('what is wrong with a widget', () => {
  test.each<[string, Partial<WidgetDraft>, RegExp]>([
    ['no title', { title: ' ' }, /has no title/],
    ['no query', { source: { kind: 'live', sql: ' ' } }, /"Sales" has no query/],
    [
      'a live read model',
      { source: { kind: 'read_model', readModel: 'sales', sql: 'x' }, budget: 'live' },
      /never live/,
    ],
    ['no categories', { x: null }, /"Sales" needs a column for its categories/],
    ['a number with categories', { kind: 'number' }, /is a number, which has no category axis/],
    ['a heat map without series', { kind: 'heatmap' }, /needs a column for its series/],
    ['aging of two values', { kind: 'aging', values: ['revenue', 'invoices'] }, /needs 1 value columns, and has 2/],
    ['a value twice', { values: ['revenue', 'revenue'] }, /names the value revenue twice/],
    ['series and two values', { series: 'region', values: ['revenue', 'invoices'] }, /can show one value/],
    [
      'combined without a line',
      { kind: 'combined', values: ['revenue', 'invoices'] },
      /one value as bars and one as a line/,
    ],
    ['a compared bar', { comparison: { column: 'invoices', with: 'previous' } }, /only a number is compared/],
    ['no currency', { currency: 'EURO' }, /currency EURO, which is none/],
    ['no locale', { locale: 'deutsch_land' }, /locale deutsch_land, which is none/],
  ])('%s', (_, part, message) => {
    expect(draftProblem(draft(part))?.message).toMatch(message);
  });

  test('nothing, where everything fits', () => {
    expect(draftProblem(draft())).toBeNull();
    expect(columnProblem(draft(), columns)).toBeNull();
    const combined = draft({ kind: 'combined', values: ['revenue', 'invoices'], options: { lines: ['invoices'] } });
    expect(draftProblem(combined)).toBeNull();
  });

  test('the column that its query does not answer, or that is no number', () => {
    expect(columnProblem(draft({ x: 'week' }), columns)).toEqual({
      message: '"Sales" uses the column week, and its query answers month, region, revenue, invoices.',
      column: 'week',
    });
    expect(columnProblem(draft({ x: 'week' }), [])?.message).toBe(
      '"Sales" uses the column week, and its query answers no column.',
    );
    expect(columnProblem(draft({ values: ['region'] }), columns)).toMatchObject({ column: 'region' });
    expect(columnProblem(draft({ formats: { region: 'money' } }), columns)?.message).toMatch(/region as money.*text/);
    // A table shows anything.
    expect(columnProblem(draft({ kind: 'table', x: null, values: ['region'] }), columns)).toBeNull();
    const number = draft({ kind: 'number', x: null, comparison: { column: 'target', with: 'target' } });
    expect(columnProblem(number, columns)).toMatchObject({ column: 'target' });
  });
});

test('columns are offered for what they can be, and printed as their names say', () => {
  expect(columns.map(offerColumn)).toEqual([
    { name: 'month', type: 'date', roles: ['x', 'series'], format: 'month' },
    { name: 'region', type: 'text', roles: ['x', 'series'], format: 'text' },
    { name: 'revenue', type: 'numeric', roles: ['values'], format: 'money' },
    { name: 'invoices', type: 'bigint', roles: ['values', 'x'], format: 'integer' },
  ]);
  expect(offerColumn({ name: 'margin_percent', type: 'numeric' }).format).toBe('percent');
  expect(offerColumn({ name: 'hours', type: 'double precision' }).format).toBe('decimal');
});

test('a dashboard that was stored before there were options, locales and owners still opens', () => {
  const stored = {
    dashboardId: 'executive-morning',
    serverId: 'demo',
    title: 'Executive morning',
    widgets: [
      {
        widgetId: 'ar-aging',
        title: 'AR aging',
        question: '?',
        kind: 'aging',
        source: { kind: 'live', sql: 'select 1' },
        liveSql: 'select 1',
        budget: { minutes: 30 },
        x: 'bucket',
        series: null,
        values: ['open_amount'],
        formats: { bucket: 'text', open_amount: 'money' },
        currency: 'EUR',
        layout: { x: 0, y: 0, w: 4, h: 4 },
      },
    ],
  };
  expect(dashboardSchema.parse(stored)).toEqual(stored);
});
