import { describe, expect, test } from 'vitest';
import { filtersKey, resolveFilters } from '../../../../../electron/core/dashboards/filters/resolve-filters.ts';
import {
  mostFilterValues,
  type DashboardFilter,
  type FilterValues,
} from '../../../../../shared/model/dashboard-filter.ts';
import { isFailure } from '../../../../../shared/model/failure.ts';

const filters: DashboardFilter[] = [
  { kind: 'period', filterId: 'period', label: 'Period', columns: ['month'], timeZone: 'Pacific/Auckland' },
  { kind: 'choice', filterId: 'region', label: 'Region', columns: ['region'] },
];
const nowMs = Date.parse('2026-11-30T20:00:00Z');
const resolve = (values: FilterValues) => resolveFilters(filters, values, nowMs);

function messageOf(values: FilterValues, among = filters): string {
  try {
    resolveFilters(among, values, nowMs);
  } catch (error) {
    if (isFailure(error) && error.value.code === 'invalid_input') return error.value.message;
    throw error;
  }
  throw new Error('it was expected to fail');
}

describe('what was chosen', () => {
  test('a month begins where the business is, not where the server or the reader is', () => {
    // In Auckland it is December already.
    const [period] = resolve({ period: { kind: 'preset', preset: 'this_month' } });
    expect(period).toMatchObject({ span: { from: '2026-12-01', to: '2026-12-31' }, before: '2027-01-01' });
  });

  test('days are half-open, the last one included', () => {
    const [period] = resolve({ period: { kind: 'days', from: '2026-02-28', to: '2026-02-28' } });
    expect(period).toMatchObject({ span: { from: '2026-02-28', to: '2026-02-28' }, before: '2026-03-01' });
  });

  test('values are told apart by what they are, not by their order, and an empty choice leaves all rows', () => {
    const one = resolve({ region: { kind: 'values', values: ['South', null, 'North', 'South'] } });
    const other = resolve({ region: { kind: 'values', values: [null, 'North', 'South'] } });
    expect(one).toEqual(other);
    expect(filtersKey(one)).toBe(filtersKey(other));
    expect(resolve({ region: { kind: 'values', values: [] } })).toEqual([]);
    expect(filtersKey([])).toBe('');
  });

  test('a preset that means other days is another result', () => {
    const later = Date.parse('2027-01-15T00:00:00Z');
    const value: FilterValues = { period: { kind: 'preset', preset: 'this_month' } };
    expect(filtersKey(resolveFilters(filters, value, nowMs))).not.toBe(
      filtersKey(resolveFilters(filters, value, later)),
    );
  });

  test('everything that is wrong is said at once', () => {
    const message = messageOf({
      country: { kind: 'values', values: ['NZ'] },
      region: { kind: 'preset', preset: 'this_year' },
      period: { kind: 'days', from: '2026-11-31', to: '2026-12-01' },
    });
    expect(message).toBe(
      'The filters cannot be applied: there is no filter country; period takes days like 2026-11-30, and "2026-11-31" is none; ' +
        'region takes a list of values, and a period was given. This dashboard filters by period, region.',
    );
    expect(messageOf({ region: { kind: 'values', values: ['x'] } }, [])).toContain('This dashboard has no filters.');
  });

  test('too many values, an end before its beginning and a zero byte are refused', () => {
    const many = Array.from({ length: mostFilterValues + 1 }, (_, at) => String(at));
    expect(messageOf({ region: { kind: 'values', values: many } })).toContain('at most 100 values at a time, and 101');
    expect(messageOf({ period: { kind: 'days', from: '2026-11-02', to: '2026-11-01' } })).toContain('lies before');
    expect(messageOf({ period: { kind: 'values', values: ['2026'] } })).toContain('takes a period');
    expect(messageOf({ region: { kind: 'values', values: ['a\0b'] } })).toContain('zero byte');
  });
});
