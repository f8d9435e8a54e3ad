import { describe, expect, test } from 'vitest';
import { changeOf, changePercent } from '../../../shared/format/change.ts';

const percent = (value: string, base: string): string => {
  const change = changeOf(value, base);
  return change === null ? 'none' : changePercent(change);
};

describe('the way from one number to another', () => {
  test('is exact where no float is', () => {
    expect(changeOf('9007199254740993.01', '9007199254740992.005')).toMatchObject({
      difference: '1.005',
      direction: 'up',
    });
    expect(changeOf('0.3', '0.1')?.difference).toBe('0.2');
  });

  test('is a share of what it was, rounded half away from zero to a tenth', () => {
    expect(percent('112.35', '100')).toBe('+12.4 %');
    expect(percent('87.65', '100')).toBe('−12.4 %');
    expect(percent('100.04', '100')).toBe('0.0 %');
    expect(percent('100', '100.00')).toBe('0.0 %');
  });

  test('goes up from a loss to a smaller one', () => {
    expect(changeOf('-50', '-100')).toMatchObject({ difference: '50', direction: 'up' });
    expect(percent('-50', '-100')).toBe('+50.0 %');
  });

  test('has no share of nothing, and is nothing where one side is no number', () => {
    expect(percent('5', '0.00')).toBe('');
    expect(changeOf('5', '0')?.difference).toBe('5');
    expect(changeOf(null, '1')).toBeNull();
    expect(changeOf('NaN', '1')).toBeNull();
  });
});
