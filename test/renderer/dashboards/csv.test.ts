import { expect, it } from 'vitest';
import { widgetCsv } from '../../../renderer/screens/dashboards/csv.ts';
import type { Widget, WidgetData } from '../../../shared/model/dashboard.ts';

const widget: Widget = {
  widgetId: 'w',
  title: 'Open items',
  question: 'Who owes us?',
  kind: 'table',
  source: { kind: 'live', sql: 'select 1' },
  budget: 'live',
  x: null,
  series: null,
  values: ['customer', 'amount'],
  formats: { customer: 'text', amount: 'money' },
  currency: 'EUR',
  layout: { x: 0, y: 0, w: 4, h: 4 },
};
const csv = (rows: (string | null)[][]) => {
  const data: WidgetData = {
    widgetId: 'w',
    columns: [
      { name: 'customer', type: 'text' },
      { name: 'amount', type: 'numeric' },
    ],
    rows,
    freshness: { asOf: '2026-11-20T07:30:00+01:00', source: 'live', state: 'fresh' },
    tookMs: 1,
  };
  return widgetCsv(widget, data).split('\r\n');
};

it('a number that leaves the screen takes its age along, to the last digit', () => {
  expect(csv([['Acme', '9007199254740993.0100']])).toEqual([
    'as_of,customer,amount',
    '2026-11-20T07:30:00+01:00,Acme,9007199254740993.0100',
    '',
  ]);
});

it('quotes what CSV needs quoted, and leaves nulls empty', () => {
  expect(csv([['A, "B"\nC', null]])[1]).toBe('2026-11-20T07:30:00+01:00,"A, ""B""\nC",');
});

it('disarms text that a spreadsheet would run, but not negative amounts', () => {
  expect(csv([['=cmd|calc', '-1.00']])[1]).toBe("2026-11-20T07:30:00+01:00,'=cmd|calc,-1.00");
});
