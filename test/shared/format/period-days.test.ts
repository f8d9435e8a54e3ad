import { expect, test } from 'vitest';
import { addDays, beginsPeriod, isDay, presetDays } from '../../../shared/format/period-days.ts';

test('a preset is whole months, over the turn of a year and in a leap year', () => {
  expect(presetDays('this_month', '2028-02-10')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
  expect(presetDays('last_month', '2026-01-31')).toEqual({ from: '2025-12-01', to: '2025-12-31' });
  expect(presetDays('this_year', '2026-11-30')).toEqual({ from: '2026-01-01', to: '2026-12-31' });
  expect(presetDays('last_12_months', '2026-11-30')).toEqual({ from: '2025-12-01', to: '2026-11-30' });
});

test('a day is one that the calendar has', () => {
  expect(['2026-11-30', '2028-02-29'].every(isDay)).toBe(true);
  const none = ['2026-11-31', '2027-02-29', '2026-13-01', '0000-01-01', '2026-1-1', 'today', '2026-11-30T00:00'];
  expect(none.filter(isDay)).toEqual([]);
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
});

test('weeks begin on Monday', () => {
  expect(beginsPeriod('2026-11-30', 'week')).toBe(true);
  expect(beginsPeriod('2026-11-29', 'week')).toBe(false);
  expect(beginsPeriod('2026-10-01', 'quarter')).toBe(true);
  expect(beginsPeriod('2026-11-01', 'quarter')).toBe(false);
  expect(beginsPeriod('2026-11-01', 'month')).toBe(true);
});
