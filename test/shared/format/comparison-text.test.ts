import { expect, test } from 'vitest';
import { ageWords, comparisonText } from '../../../shared/format/comparison-text.ts';
import type { LiveComparison } from '../../../shared/model/live-comparison.ts';

const comparison: LiveComparison = {
  widgetId: 'aging',
  keyColumns: [{ name: 'bucket', type: 'text' }],
  valueColumns: [
    { name: 'invoices', type: 'bigint' },
    { name: 'open_amount', type: 'numeric' },
  ],
  missingColumns: [],
  model: { readModel: 'aging', asOf: '2026-11-30T07:30:00+01:00', rows: 5, tookMs: 1 },
  live: { asOf: '2026-11-30T08:04:00+01:00', rows: 5, tookMs: 900, expectedCost: 1000 },
  ageMs: 34 * 60_000,
  totals: [
    { column: 'invoices', model: '100', live: '112', difference: '12' },
    { column: 'open_amount', model: '5.00', live: '4.50', difference: '-0.50' },
  ],
  equalRows: 4,
  differingRows: 1,
  differing: [],
  filtering: null,
  proven: true,
};
const widget = { formats: { invoices: 'integer', open_amount: 'money' } as const, currency: 'EUR' };
const text = (changes: Partial<LiveComparison> = {}) =>
  comparisonText({ ...comparison, ...changes }, widget, Date.parse('2026-11-30T08:05:00+01:00'), 'Europe/Berlin');

test('age is the reason where it is known to be the only one', () => {
  expect(text()).toEqual([
    '12 invoices more in the 34 minutes since 07:30.',
    '€0.50 less open amount in the 34 minutes since 07:30.',
    'The read model is as of 7:30 this morning, live was read at 08:04: 34 minutes apart.',
  ]);
});

test('without a proof both ages are said, and no more', () => {
  const said = text({ proven: false });
  expect(said[0]).toBe('Live shows 12 invoices more.');
  expect(said.join(' ')).not.toContain('since');
  expect(said.at(-1)).toContain('Nothing proves');
});

test('the same is the same, and an unknown age explains nothing', () => {
  expect(text({ differingRows: 0, equalRows: 5, totals: [] })[0]).toBe('Both show the same: 5 rows.');
  const unknown = { model: { ...comparison.model, asOf: null }, ageMs: null };
  expect(text(unknown)).toEqual([
    '1 row of 5 rows differ. How old the read model’s number is, is not known, so its age explains nothing.',
  ]);
});

test('an age is said as people say it', () => {
  expect([900, 61_000, 3_900_000, 90_000_000].map((ms) => ageWords(ms))).toEqual([
    '1 second',
    '1 minute',
    '1 hour 5 minutes',
    '1 day 1 hour',
  ]);
});
