import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCell } from '../../../shared/format/cell.ts';
import { formatCount, formatCounted, formatCountShort } from '../../../shared/format/count.ts';
import {
  compareDecimals,
  decimalText,
  formatDecimal,
  formatMoney,
  formatMoneyShort,
  parseDecimal,
  sumDecimals,
} from '../../../shared/format/decimal.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatPercent, formatPercentRange, formatTimes } from '../../../shared/format/ratio.ts';

describe('durations', () => {
  test.each([
    [0, '0 ms'],
    [0.0001, '< 0.001 ms'],
    [0.384, '0.38 ms'],
    [1.94, '1.9 ms'],
    [2, '2.0 ms'],
    [9.96, '10 ms'],
    [46.7, '46.7 ms'],
    [26, '26 ms'],
    [99.96, '100 ms'],
    [341.2, '341 ms'],
    [999.6, '1.0 s'],
    [4_900, '4.9 s'],
    [30_000, '30 s'],
    [59_960, '1 min'],
    [125_000, '2 min 5 s'],
    [3_599_600, '1 h'],
    [11_400_000, '3 h 10 min'],
    [86_399_999, '1 d'],
    [187_200_000, '2 d 4 h'],
    [-1.94, '-1.9 ms'],
    [Number.NaN, '–'],
  ])('%d ms reads "%s"', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  test('the decimal separator follows the locale', () => {
    expect(formatDuration(1.94, 'de-DE')).toBe('1,9 ms');
  });
});

test('sizes use the units of PostgreSQL', () => {
  const shown = [1, 812, 1024, 1536, 98_566_144, 1_048_575, 1_288_490_189].map((size) => formatBytes(size));
  expect(shown).toEqual(['1 byte', '812 bytes', '1.0 kB', '1.5 kB', '94 MB', '1.0 MB', '1.2 GB']);
});

test('counts are grouped, and short on axes', () => {
  expect([formatCount(1914), formatCountShort(1_800_000), formatCounted(1, 'row'), formatCounted(2080, 'row')]).toEqual(
    ['1,914', '1.8m', '1 row', '2,080 rows'],
  );
});

test('a ratio is a number of times', () => {
  expect([1.55, 13.2, 1900].map((ratio) => formatTimes(ratio))).toEqual(['1.6 times', '13 times', '1,900 times']);
});

test('a small share is never shown as none, nor nearly everything as all', () => {
  const shown = [0, 0.0002, 0.004, 0.0096, 0.71, 0.992, 0.996, 1].map((share) => formatPercent(share));
  expect(shown).toEqual(['0 %', '< 0.1 %', '0.4 %', '1 %', '71 %', '99 %', '> 99 %', '100 %']);
  expect(formatPercentRange([0.584, 0.79])).toBe('58–79 %');
});

describe('decimals', () => {
  test('money keeps every digit of the server, far beyond what a float holds', () => {
    expect(formatDecimal('61731172.5040')).toBe('61,731,172.5040');
    expect(formatMoney('123456789012345678901234567890.505', 'EUR')).toBe(
      '€123,456,789,012,345,678,901,234,567,890.51',
    );
    expect(formatMoney('184220.4', 'EUR')).toBe('€184,220.40');
    expect(formatMoney('-0.004', 'EUR')).toBe('€0.00');
    expect(formatMoney('-1234.5', null)).toBe('-1,234.50');
    expect(formatMoneyShort('12345678.9', 'EUR')).toBe('€12.3m');
    expect(formatMoney('1234.5', 'EUR', 'de-DE')).toBe('1.234,50\u00a0€');
  });

  test('rounds half away from zero, not half to even and not by the float below', () => {
    expect(formatDecimal('1.005', 2)).toBe('1.01');
    expect(formatDecimal('2.5', 0)).toBe('3');
    expect(formatDecimal('-2.5', 0)).toBe('-3');
  });

  test.each(['', 'NaN', 'Infinity', '-', '.', '1,5', '0x10', 'abc'])(
    '%j is no decimal and is shown as it is',
    (text) => {
      expect(parseDecimal(text)).toBeNull();
      expect(formatMoney(text, 'EUR')).toBe(text);
    },
  );

  test('sums and order are exact for any decimals', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 12 }))
      .map(([units, scale]) => ({ units, scale }));
    fc.assert(
      fc.property(fc.array(decimal, { maxLength: 20 }), (values) => {
        const expected = values.reduce((sum, value) => sum + value.units * 10n ** BigInt(12 - value.scale), 0n);
        const sum = parseDecimal(sumDecimals(values.map(decimalText)));
        expect(sum && sum.units * 10n ** BigInt(12 - sum.scale)).toBe(expected);
      }),
    );
    expect(sumDecimals(['0.1', '0.2', null])).toBe('0.3');
    expect(sumDecimals(['1e+20', '1'])).toBe('100000000000000000001');
    const texts = ['10.0', '-1', null, '9.99', '1e1'];
    expect(texts.toSorted(compareDecimals)).toEqual(['-1', '9.99', '10.0', '1e1', null]);
  });
});

test('a cell is shown by its format and stays readable when it does not fit it', () => {
  expect(formatCell(null, 'money', 'EUR')).toBe('–');
  expect(formatCell('3482119.75', 'money', 'EUR')).toBe('€3,482,119.75');
  expect(formatCell('0.2345', 'percent')).toBe('23.5 %');
  expect(formatCell('1200', 'integer')).toBe('1,200');
  expect(formatCell('2026-11-01 00:00:00+01', 'month')).toBe('Nov 2026');
  expect(formatCell('2026-11-16', 'week')).toBe('2026-W47');
  expect(formatCell('2026-11-20', 'date')).toBe('20 Nov 2026');
  expect(formatCell('infinity', 'date')).toBe('infinity');
  expect(formatCell('n/a', 'percent')).toBe('n/a');
});
