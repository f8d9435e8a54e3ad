import { describe, expect, test } from 'vitest';
import { isoMoment, splitAsOf } from '../../../../electron/core/dashboards/as-of-column.ts';
import { sourceHash } from '../../../../electron/core/dashboards/source-hash.ts';
import { cachedFreshness, readFreshness } from '../../../../electron/core/dashboards/widget-freshness.ts';
import type { Widget } from '../../../../shared/model/dashboard.ts';

describe('the as_of column', () => {
  const columns = [
    { name: 'as_of', type: 'timestamp with time zone' },
    { name: 'amount', type: 'numeric' },
  ];

  test('leaves the cells; of several moments the oldest counts', () => {
    const rows = [
      ['2026-11-20 07:30:12.5+01', '1.10'],
      ['2026-11-20 06:29:00+00', '2.20'],
      ['2026-11-20 13:00:00+05:30', null],
    ];
    expect(splitAsOf({ columns, rows })).toEqual({
      columns: [{ name: 'amount', type: 'numeric' }],
      rows: [['1.10'], ['2.20'], [null]],
      asOf: '2026-11-20T06:29:00.000+00:00',
      hasAsOf: true,
    });
  });

  test('of which one row knows nothing is not known', () => {
    const rows = [
      ['2026-11-20 07:30:12+01', '1'],
      [null, '2'],
    ];
    expect(splitAsOf({ columns, rows })).toMatchObject({ asOf: null, hasAsOf: true });
  });

  test('may be missing', () => {
    const table = { columns: [{ name: 'amount', type: 'numeric' }], rows: [['1']] };
    expect(splitAsOf(table)).toEqual({ ...table, asOf: null, hasAsOf: false });
  });

  test.each([
    ['2026-11-20 07:30:12.123456+01', '2026-11-20T07:30:12.123+01:00'],
    ['2026-11-20 07:30:12-03:30', '2026-11-20T07:30:12.000-03:30'],
    ['infinity', null],
    ['20.11.2026 07:30:12 CET', null],
  ])('%s is read as %s', (printed, iso) => {
    expect(isoMoment(printed)).toBe(iso);
    expect(iso === null || !Number.isNaN(Date.parse(iso))).toBe(true);
  });
});

describe('freshness of a widget', () => {
  const asOf = '2026-11-20T07:30:00.000+01:00';
  const atMs = Date.parse(asOf);
  const widget = (budget: Widget['budget'], kind: 'live' | 'read_model'): Widget => ({
    widgetId: 'w',
    title: 'W',
    question: '?',
    kind: 'number',
    source: kind === 'live' ? { kind, sql: 'select 1' } : { kind, readModel: 'sales', sql: 'select 1' },
    budget,
    x: null,
    series: null,
    values: ['v'],
    formats: {},
    currency: null,
    layout: { x: 0, y: 0, w: 1, h: 1 },
  });

  test('base tables are live whatever the budget; a read model never is, whatever the budget', () => {
    expect(readFreshness(widget({ minutes: 60 }, 'live'), asOf, atMs, null)).toEqual({
      asOf,
      source: 'live',
      state: 'live',
    });
    const model = widget('live', 'read_model');
    expect([30, 90, 150].map((s) => readFreshness(model, asOf, atMs + s * 1000, null).state)).toEqual([
      'fresh',
      'due',
      'stale',
    ]);
    expect(readFreshness(model, null, atMs, 'why')).toEqual({
      asOf: null,
      source: 'live',
      state: 'unknown',
      reason: 'why',
    });
  });

  test('the cache never claims to be live, and is offline where the database was tried', () => {
    const stored = { asOf, source: 'live', state: 'live' } as const;
    const states = [0, 20, 40].map(
      (minutes) => cachedFreshness(widget({ minutes: 15 }, 'read_model'), stored, atMs + minutes * 60_000, null).state,
    );
    expect(states).toEqual(['fresh', 'due', 'stale']);
    expect(cachedFreshness(widget('live', 'live'), stored, atMs + 90_000, null)).toEqual({
      asOf,
      source: 'cache',
      state: 'due',
    });
    expect(cachedFreshness(widget('live', 'live'), stored, atMs, 'no route')).toEqual({
      asOf,
      source: 'cache',
      state: 'offline',
      reason: 'no route',
    });
  });
});

test('another query or another model is another number', () => {
  const sources = [
    { kind: 'live', sql: 'select 1' },
    { kind: 'live', sql: 'select 2' },
    { kind: 'read_model', readModel: 'a', sql: 'select 1' },
    { kind: 'read_model', readModel: 'b', sql: 'select 1' },
  ] as const;
  expect(new Set(sources.map((source) => sourceHash(source))).size).toBe(4);
});
