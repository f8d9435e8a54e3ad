import { expect, test } from 'vitest';
import { queryOfWidget } from '../../../../electron/core/read-model/widget-queries.ts';
import type { WidgetSource } from '../../../../shared/model/dashboard.ts';
import type { CheckedProposal } from '../../../../shared/model/proposal.ts';

const all = 'select as_of, region, amount\nfrom reporting.sales\norder by region';
const before = 'select as_of, region\nfrom reporting.sales\norder by region';
const checked: CheckedProposal = {
  proposal: {
    name: 'sales',
    question: 'What do we sell?',
    owner: 'Controlling',
    definitionSql: 'select region, sum(amount) as amount from erp.invoice group by region',
    keyColumns: ['region'],
    consumers: [],
    grantTo: [],
  },
  columns: [
    { name: 'region', type: 'text' },
    { name: 'amount', type: 'numeric' },
  ],
  expectedRows: 5,
  expectedBytes: 100,
  expectedCost: 1,
  baseTables: ['erp.invoice'],
  warnings: [],
  readerSql: all,
  origin: 'sql',
  statementId: null,
  widgetId: null,
  constantsFrozen: false,
};
const live: WidgetSource = { kind: 'live', sql: 'select 1' };
const reads = (sql: string, readModel = 'sales'): WidgetSource => ({ kind: 'read_model', readModel, sql });
const asks = (source: WidgetSource, proposal: CheckedProposal = checked, widgetId = 'board') =>
  queryOfWidget({ widgetId, source }, proposal, 'reporting', new Set([before]));

test('a widget that moves to the model gets the general query, unless the proposal speaks for it', () => {
  expect(asks(live)).toBe(all);
  expect(asks(live, { ...checked, queries: { 'widget:board': 'select 2' } })).toBe('select 2');
  const ofAnother = { ...checked, widgetId: 'first', readerSql: 'select as_of from reporting.sales' };
  expect(asks(live, ofAnother)).toBe(all);
  expect(asks(live, ofAnother, 'first')).toBe('select as_of from reporting.sales');
  expect(asks(live, { ...checked, readerSql: 'select 1 from reporting.sales where region = $1' })).toBe(all);
  expect(asks(reads(before, 'other'))).toBe(all);
});

test('a widget that reads it keeps its own words, and follows new columns where it has none', () => {
  expect(asks(reads('select sum(amount) from reporting.sales'))).toBe('select sum(amount) from reporting.sales');
  expect(asks(reads(before))).toBe(all);
  expect(asks(reads(`${before}\nlimit 1000`))).toBe(`${all}\nlimit 1000`);
  const edited = { ...checked, readerSql: 'select as_of, region from reporting.sales' };
  expect(asks(reads(before), edited)).toBe(edited.readerSql);
});
