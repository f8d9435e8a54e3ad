import { describe, expect, test } from 'vitest';
import { conditionOf } from '../../../../../electron/core/dashboards/filters/condition-sql.ts';
import type { ResolvedFilter } from '../../../../../electron/core/dashboards/filters/resolve-filters.ts';

const choice = (...values: (string | null)[]): ResolvedFilter => ({
  kind: 'choice',
  filter: { kind: 'choice', filterId: 'region', label: 'Region', columns: ['region'] },
  values,
});
const period = (from: string, to: string, before: string): ResolvedFilter => ({
  kind: 'period',
  filter: { kind: 'period', filterId: 'period', label: 'Period', columns: ['at'], timeZone: 'Europe/Berlin' },
  span: { from, to },
  before,
});
const november = period('2026-11-01', '2026-11-30', '2026-12-01');

describe('a choice', () => {
  test('is quoted, whatever a name holds', () => {
    expect(conditionOf(choice("O'Hara", 'a\\b'), { name: 'region', type: 'text' })).toMatchObject({
      sql: `region = any (array['O''Hara', E'a\\\\b']::text[])`,
    });
    expect(conditionOf(choice('x'), { name: 'Order by', type: 'character varying' })).toMatchObject({
      sql: `"Order by" = any (array['x']::text[])`,
    });
  });

  test('has rows without a value where they were chosen', () => {
    const column = { name: 'region', type: 'text' };
    expect(conditionOf(choice('x', null), column)).toMatchObject({
      sql: `(region = any (array['x']::text[]) or region is null)`,
    });
    expect(conditionOf(choice(null), column)).toMatchObject({ sql: 'region is null' });
  });

  test('of a type that it cannot be is told, and never sent', () => {
    expect(conditionOf(choice('1', 'x'), { name: 'region_id', type: 'bigint' })).toEqual({
      why: 'region_id is of type bigint, and "x" is no value of it',
    });
    expect(conditionOf(choice('12', '-3'), { name: 'region_id', type: 'integer' })).toMatchObject({
      sql: `region_id = any (array['12', '-3']::bigint[])`,
    });
    expect(conditionOf(choice('a'), { name: 'state', type: 'erp.state' })).toMatchObject({
      sql: `state::text = any (array['a']::text[])`,
    });
  });
});

describe('a period', () => {
  test('is half-open on a date, a moment on the wall, and a moment', () => {
    expect(conditionOf(november, { name: 'at', type: 'date' })).toMatchObject({
      sql: `at >= date '2026-11-01' and at < date '2026-12-01'`,
      timeZone: null,
    });
    expect(conditionOf(november, { name: 'on_day', type: 'timestamp without time zone' })).toMatchObject({
      sql: `on_day >= timestamp '2026-11-01' and on_day < timestamp '2026-12-01'`,
      timeZone: null,
    });
    expect(conditionOf(november, { name: 'paid', type: 'timestamp with time zone' })).toMatchObject({
      sql: `paid >= (timestamp '2026-11-01' at time zone 'Europe/Berlin') and paid < (timestamp '2026-12-01' at time zone 'Europe/Berlin')`,
      timeZone: 'Europe/Berlin',
    });
  });

  test("counts in the read model's own zone where it has one", () => {
    const column = { name: 'paid', type: 'timestamp with time zone', timeZone: 'Asia/Kolkata' };
    expect(conditionOf(november, column)).toMatchObject({ timeZone: 'Asia/Kolkata' });
  });

  test('that cuts through the periods of its column says which count', () => {
    const week = { name: 'week', type: 'date', grain: 'week' } as const;
    expect(conditionOf(november, week)).toMatchObject({ notes: ['counts the weeks that begin in it'] });
    expect(conditionOf(november, { ...week, grain: 'month' })).toMatchObject({ notes: [] });
    expect(conditionOf(period('2026-11-02', '2026-11-15', '2026-11-16'), week)).toMatchObject({ notes: [] });
  });

  test('needs a date', () => {
    expect(conditionOf(november, { name: 'month', type: 'text' })).toEqual({
      why: 'month is of type text, which is neither a date nor a moment',
    });
  });
});
