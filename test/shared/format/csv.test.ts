import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText } from '../../../shared/format/csv.ts';
import { widgetCsv } from '../../../shared/format/widget-csv.ts';
import type { WidgetData } from '../../../shared/model/dashboard.ts';
import { parseCsv } from '../../support/parse-csv.ts';

const data = (rows: (string | null)[][], freshness: Partial<WidgetData['freshness']> = {}) => ({
  columns: [
    { name: 'customer', type: 'text' },
    { name: 'amount', type: 'numeric' },
  ],
  rows,
  freshness: { asOf: '2026-11-20T07:30:00+01:00', source: 'live' as const, state: 'fresh' as const, ...freshness },
});
const records = (csv: string) => parseCsv(csv);

/** The same, or disarmed; and nothing that is left begins a formula. */
function isFaithful(written: string | null, read: string | null): boolean {
  if (read === null) return written === null;
  if (/^[=@\t\r\n]/.test(read) || (/^[+-]/.test(read) && Number.isNaN(Number(read)))) return false;
  return read === written || read === `'${written}`;
}

describe('a number that leaves the screen', () => {
  it('takes its age along, to the last digit', () => {
    expect(records(widgetCsv(data([['Acme', '9007199254740993.0100']])))).toEqual([
      ['as_of', 'customer', 'amount', 'freshness', 'filters'],
      ['2026-11-20T07:30:00+01:00', 'Acme', '9007199254740993.0100', 'fresh', null],
    ]);
  });

  it('says that it was offline, and under which filters it was read', () => {
    const csv = widgetCsv(data([['Acme', '1']], { state: 'offline', reason: 'the network is gone' }), [
      { title: 'Region', text: 'North, South' },
      { title: 'Period', text: 'this year' },
    ]);
    expect(records(csv)[1]).toEqual([
      '2026-11-20T07:30:00+01:00',
      'Acme',
      '1',
      'offline: the network is gone',
      'Region: North, South; Period: this year',
    ]);
  });

  it('has an age even where the answer has no rows', () => {
    expect(records(widgetCsv(data([])))[1]).toEqual(['2026-11-20T07:30:00+01:00', null, null, 'fresh', null]);
  });
});

describe('CSV', () => {
  it('ends every record with CR LF and quotes what needs it', () => {
    expect(csvText([['A, "B"\nC', null, '']])).toBe('"A, ""B""\nC",,""\r\n');
  });

  it.each([
    '=cmd|calc',
    '+1+cmd',
    '-1+1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '=',
    '＝1',
    '-2026-11-20',
    '+49 30 1234',
  ])('disarms %j', (text) => {
    expect(records(csvText([[text]]))).toEqual([[`'${text}`]]);
  });

  it.each(['-1.00', '+1', '-.5', '-1e-7', '-9007199254740993.0100', '1E+20', '-Infinity'])(
    'leaves the number %s as it is',
    (text) => {
      expect(csvText([[text]])).toBe(`${text}\r\n`);
    },
  );

  it('is parsed back to exactly what was written, but for the apostrophe of what was disarmed', () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('=', '-', '+', '@', '"', ',', ';', '\r', '\n', '\t', "'", '1', '.', ' ') }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1 }), (rows) => {
        const back = parseCsv(csvText(rows));
        return (
          back.length === rows.length &&
          rows.every((row, y) => row.every((written, x) => isFaithful(written, back[y]?.[x] ?? null)))
        );
      }),
    );
  });
});
