import { describe, expect, test } from 'vitest';
import { boundDefinition } from '../../../../../electron/core/read-model/period/bound-definition.ts';
import type { Period } from '../../../../../shared/model/period.ts';
import { isFailure } from '../../../../../shared/model/failure.ts';

const columns = [
  { name: 'month', type: 'timestamp without time zone' },
  { name: 'region', type: 'text' },
  { name: 'amount', type: 'numeric' },
];
const period: Period = { column: 'month', grain: 'month', timeZone: 'Europe/Berlin', openPeriods: 2 };
const bound = (sql: string, changes: Partial<Period> = {}) =>
  boundDefinition(sql, columns, { ...period, ...changes }, '2026-10-01');
const flat = async (sql: string, changes?: Partial<Period>) =>
  (await bound(sql, changes)).replace(/\s+/g, ' ').toLowerCase();

const berlin = `date_trunc('month', i.at at time zone 'Europe/Berlin')`;
const byMonth = (cut: string, rest = '') =>
  `select ${cut} as month, i.region, sum(i.amount) as amount from erp.invoice i ${rest} group by 1, 2`;

describe('the bound on the raw column', () => {
  test('stands in the WHERE of the definition, so that an index serves', async () => {
    expect(await flat(byMonth(`date_trunc('month', i.at)`))).toContain(`where i.at >= '2026-10-01' group by`);
  });

  test('reaches back a day where a zone decides what a day is', async () => {
    expect(await flat(byMonth(berlin))).toContain(
      `where i.at >= ('2026-10-01'::timestamp - '1 day'::interval) at time zone 'europe/berlin' group by`,
    );
  });

  test.each([
    ['one condition', `where i.region <> 'x'`],
    ['several', `where i.region <> 'x' and i.amount > 0`],
    ['a choice', `where i.region = 'x' or i.region = 'y'`],
  ])('joins %s that stood there', async (_, where) => {
    const text = await flat(byMonth(`date_trunc('month', i.at)`, where));
    expect(text).toMatch(/ and i\.at >= '2026-10-01' group by/);
    if (where.includes(' or ')) expect(text).toMatch(/where \(.* or .*\) and/);
  });

  test.each([
    [`date_trunc('day', i.at)::date`],
    [`i.at::date`],
    [`(i.at at time zone 'Europe/Berlin')::date`],
    [`timezone('Europe/Berlin', i.at)::date`],
    [`${berlin}::date`],
    [`pg_catalog.date_trunc('month', i.at)`],
    [`i.at`],
  ])('is found through %s', async (cut) => {
    expect(await flat(byMonth(cut))).toContain('i.at >=');
  });

  test('is found where the key is named, selected without groups, distinct, or behind a CTE', async () => {
    for (const sql of [
      `select date_trunc('month', i.at) as month, i.region, sum(i.amount) as amount from erp.invoice i group by month, region`,
      `select date_trunc('month', i.at) as month, i.region, i.amount from erp.invoice i`,
      `select distinct date_trunc('month', i.at) as month, i.region, i.amount from erp.invoice i`,
      `with i as (select * from erp.invoice limit 5) select date_trunc('month', i.at) as month, i.region, sum(i.amount) as amount from i group by 1, 2`,
    ]) {
      expect(await flat(sql)).toContain(`i.at >= '2026-10-01'`);
    }
  });
});

describe('a definition that cannot be cut is refused with its construct', () => {
  const construct = async (sql: string, changes?: Partial<Period>): Promise<unknown> => {
    try {
      return `bounded: ${await bound(sql, changes)}`;
    } catch (error) {
      if (!isFailure(error)) throw error;
      expect(error.value.code).toBe('statement_refused');
      return error.value.detail?.['construct'];
    }
  };

  test.each([
    ['UNION', `${byMonth(berlin)} union all ${byMonth(berlin)}`],
    ['LIMIT', `${byMonth(berlin)} limit 10`],
    [
      'OVER',
      `select ${berlin} as month, i.region, sum(sum(i.amount)) over () as amount from erp.invoice i group by 1, 2`,
    ],
    ['GROUP BY', `select max(i.at) as month, i.region, sum(i.amount) as amount from erp.invoice i group by 2`],
    [
      'GROUP BY',
      `select ${berlin} as month, i.region, sum(i.amount) as amount from erp.invoice i group by rollup (1, 2)`,
    ],
    [
      'DISTINCT ON',
      `select distinct on (i.region) ${berlin} as month, i.region, i.amount from erp.invoice i order by i.region`,
    ],
    ['period column', byMonth(`to_char(i.at, 'YYYY-MM')`)],
    ['period column', byMonth(`date_trunc('month', i.at + interval '1 day')`)],
    ['period column', byMonth(`date_trunc('hour', i.at)`)],
    ['period column', byMonth(`mine.date_trunc('month', i.at)`)],
    ['period column', byMonth(`i.at at time zone 'Europe/Berlin'`)],
    ['period column', `select * from erp.board`],
    ['time zone', byMonth(`date_trunc('month', i.at at time zone 'America/New_York')`)],
  ])('%s: %s', async (expected, sql) => {
    expect(await construct(sql)).toBe(expected);
  });

  test('a grain that the period does not hold whole', async () => {
    expect(await construct(byMonth(berlin), { grain: 'day' })).toBe('grain');
    expect(await construct(byMonth(`date_trunc('week', i.at)`))).toBe('grain');
    expect(await construct(byMonth(`date_trunc('week', i.at)`), { grain: 'week' })).toMatch(/^bounded/);
    expect(await construct(byMonth(`date_trunc('day', i.at)`), { grain: 'week' })).toMatch(/^bounded/);
  });
});
