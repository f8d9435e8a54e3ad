import { expect, test } from 'vitest';
import { writesOf } from '../../../../electron/core/index-advice/advise.ts';
import type { TableWrites } from '../../../../electron/core/index-advice/table-writes.ts';
import { writeCostOf, writeRate } from '../../../../electron/core/index-advice/write-cost.ts';
import type { TableFacts } from '../../../../electron/core/postgres/queries/table-facts.ts';

const hourMs = 3_600_000;
const nowMs = 100 * hourMs;
const stock: TableFacts = {
  schema: 'erp',
  table: 'stock',
  kind: 'r',
  rows: 1_000,
  pages: 10,
  inserted: 5_000,
  updated: 1_000,
  hotUpdated: 1_000,
  deleted: 0,
  sinceMs: nowMs - 10 * hourMs,
};
const inserts = (insertedPerHour: number): TableWrites => ({
  insertedPerHour,
  updatedPerHour: 0,
  deletedPerHour: 0,
  updatedColumns: new Set(),
});

test('the larger of what statements wrote by name and what the table counted is what an index costs', () => {
  const rate = (facts: Partial<TableFacts>, writes: TableWrites | 'none' | null) =>
    writeRate({ ...stock, ...facts }, ['quantity'], writes, nowMs);
  expect(rate({}, inserts(2_000))).toEqual({ perHour: 2_000, source: 'history' });
  expect(rate({}, inserts(20))).toEqual({ perHour: 500, source: 'statistics' });
  expect(rate({}, 'none')).toEqual({ perHour: 500, source: 'statistics' });
  expect(rate({}, null)).toEqual({ perHour: 500, source: 'statistics' });
  expect(rate({ sinceMs: null }, inserts(20))).toEqual({ perHour: 20, source: 'history' });
  expect(rate({ inserted: 0 }, 'none')).toEqual({ perHour: 0, source: 'history' });
});

test('a table that was written is never said to be written by nobody', () => {
  const told = (facts: Partial<TableFacts>) =>
    writeCostOf({ ...stock, ...facts }, ['quantity'], [], 'none', null, nowMs);
  expect(told({}).text).toContain('500 writes an hour');
  expect(told({ sinceMs: null })).toMatchObject({ writesPerHour: null, text: expect.stringContaining('functions') });
  expect(told({ inserted: 0 }).text).toContain('Nothing was written to erp.stock');
});

test('writes of both spellings of a table count', () => {
  const writes = new Map([
    ['erp.stock', inserts(30)],
    ['stock', { ...inserts(12), updatedColumns: new Set(['quantity']) }],
  ]);
  expect(writesOf(stock, writes)).toEqual({ ...inserts(42), updatedColumns: new Set(['quantity']) });
  expect(writesOf({ schema: 'erp', table: 'order' }, writes)).toBe('none');
});
