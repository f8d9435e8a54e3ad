import { describe, expect, test } from 'vitest';
import { searchParams } from '../../../renderer/app/route.ts';
import { inTimeZone, withColumn, withoutColumn } from '../../../renderer/screens/dashboards/filters/edit-filters.ts';
import {
  addressOf,
  clearedAddress,
  filtersFromAddress,
  withoutWrong,
} from '../../../renderer/screens/dashboards/filters/filter-address.ts';
import { notFilteredText, periodExact, spanText } from '../../../renderer/screens/dashboards/filters/filter-words.ts';
import type { DashboardFilter, FilterValue } from '../../../shared/model/dashboard-filter.ts';

const period = {
  kind: 'period',
  filterId: 'period',
  label: 'Period',
  columns: ['month'],
  timeZone: 'Europe/Berlin',
} as const;
const region = { kind: 'choice', filterId: 'region', label: 'Region', columns: ['region'] } as const;
const filters: DashboardFilter[] = [
  { ...period, columns: ['month'] },
  { ...region, columns: ['region'] },
];

describe('the address', () => {
  const back = (filterId: string, value: FilterValue) =>
    filtersFromAddress(new URLSearchParams(searchParams(addressOf(filterId, value)).toString()), filters);

  test.each<[string, FilterValue]>([
    ['region', { kind: 'values', values: ['North', 'Süd & Ost', '', '~none', '~', null] }],
    ['period', { kind: 'preset', preset: 'last_month' }],
    ['period', { kind: 'days', from: '2026-11-01', to: '2026-11-15' }],
  ])('brings back what was chosen in %s', (filterId, value) => {
    expect(back(filterId, value)).toEqual({ values: { [filterId]: value }, wrong: [] });
  });

  test('can be read and written by hand', () => {
    const params = searchParams(addressOf('period', { kind: 'days', from: '2026-11-01', to: '2026-11-15' }));
    expect(params.toString()).toBe('f.period=2026-11-01..2026-11-15');
    const one = filtersFromAddress(new URLSearchParams('f.period=2026-11-02&tab=x'), filters);
    expect(one.values).toEqual({ period: { kind: 'days', from: '2026-11-02', to: '2026-11-02' } });
  });

  test('names what the dashboard cannot be filtered by, and leaves those rows', () => {
    const params = new URLSearchParams('f.country=NZ&f.period=2026-02-30..2026-03-01&f.region=North');
    expect(filtersFromAddress(params, filters)).toEqual({
      values: { region: { kind: 'values', values: ['North'] } },
      wrong: ['f.country=NZ', 'f.period=2026-02-30..2026-03-01'],
    });
    expect(withoutWrong(['f.country=NZ', 'f.period=a=b'])).toEqual({ 'f.country': null, 'f.period': null });
    expect(clearedAddress(params)).toEqual({ 'f.country': null, 'f.period': null, 'f.region': null });
  });
});

describe('words', () => {
  test('a period is said in the reader’s language, with the days and the zone that it means on hover', () => {
    // Which spaces stand around a dash is the language's own business.
    const text = spanText({ from: '2026-11-01', to: '2026-11-30' }, 'en-GB');
    expect(text.replaceAll(/\s/g, '')).toBe('1–30Nov2026');
    const exact = periodExact(
      { ...period, columns: [] },
      { kind: 'preset', preset: 'last_month' },
      '2026-11-30',
      'en-GB',
    );
    expect(exact).toMatch(
      /^1\s*–\s*31 Oct 2026, both days included · days begin in Europe\/Berlin, the business’s own time zone$/,
    );
  });

  test('a widget that a filter does not reach says which and why', () => {
    const data = {
      widgetId: 'w',
      columns: [],
      rows: [],
      freshness: { asOf: null, source: 'live', state: 'unknown' },
      tookMs: null,
      filtering: {
        applied: [],
        notApplied: [
          { filterId: 'region', label: 'Region', reason: 'margins has no column region' },
          { filterId: 'period', label: 'Period', reason: 'margins has no column month' },
        ],
      },
    } as const;
    expect(
      notFilteredText({
        ...data,
        columns: [],
        rows: [],
        filtering: { applied: [], notApplied: [...data.filtering.notApplied] },
      }),
    ).toEqual({
      text: 'not filtered by Region and Period',
      why: 'Region: margins has no column region\nPeriod: margins has no column month',
    });
  });
});

describe('the filters of a dashboard', () => {
  test('names get one each, dates share one, and the last column takes its filter along', () => {
    const some = withColumn([], { column: 'Cost Centre', kind: 'choice' }, 'UTC');
    expect(some).toEqual([{ kind: 'choice', filterId: 'cost_centre', label: 'Cost Centre', columns: ['Cost Centre'] }]);
    const dated = withColumn(
      withColumn(some, { column: 'month', kind: 'period' }, 'UTC'),
      { column: 'week', kind: 'period' },
      'UTC',
    );
    expect(dated[0]).toMatchObject({ kind: 'period', columns: ['month', 'week'], timeZone: 'UTC' });
    expect(inTimeZone(dated, 'Asia/Tokyo')[0]).toMatchObject({ timeZone: 'Asia/Tokyo' });
    const less = withoutColumn(withoutColumn(dated, { column: 'week', kind: 'period' }), {
      column: 'month',
      kind: 'period',
    });
    expect(less).toEqual(some);
  });

  test('two columns whose names look alike get ids of their own', () => {
    const two = withColumn(
      withColumn([], { column: 'Über', kind: 'choice' }, 'UTC'),
      { column: 'uber', kind: 'choice' },
      'UTC',
    );
    expect(two.map(({ filterId }) => filterId)).toEqual(['uber', 'uber_2']);
  });
});
