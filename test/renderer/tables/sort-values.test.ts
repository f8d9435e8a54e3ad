import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDecimals, compareSortValues } from '../../../renderer/tables/sort-values.ts';

describe('compareDecimals', () => {
  it('orders amounts that a float cannot tell apart', () => {
    expect(compareDecimals('9007199254740993.01', '9007199254740993.02')).toBeLessThan(0);
    expect(compareDecimals('-0.10', '-0.1')).toBe(0);
    expect(compareDecimals('-0', '0.00')).toBe(0);
  });

  it('agrees with integer arithmetic for every pair of cents', () => {
    const cents = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
    const text = (value: bigint) => {
      const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
      return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
    };
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(Math.sign(compareDecimals(text(a), text(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('puts what is no number after every number', () => {
    expect(['NaN', '2', '-1'].sort(compareDecimals)).toEqual(['-1', '2', 'NaN']);
  });
});

it('text with numbers in it sorts as people read it', () => {
  expect(['week 10', 'week 9', 'Week 1'].sort(compareSortValues)).toEqual(['Week 1', 'week 9', 'week 10']);
});
