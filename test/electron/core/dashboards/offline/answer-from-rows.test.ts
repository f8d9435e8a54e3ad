import { describe, expect, test } from 'vitest';
import { answerFromRows, type RowFilter } from '../../../../../electron/core/dashboards/offline/answer-from-rows.ts';
import { answerGrouped } from '../../../../../electron/core/dashboards/offline/aggregate-rows.ts';
import { rowsQuery, type RowsQuery } from '../../../../../electron/core/dashboards/offline/rows-query.ts';
import type { ModelRows } from '../../../../../electron/core/history/model-rows.ts';

const sales: ModelRows = {
  readModel: 'sales',
  modelVersion: 2,
  asOf: '2026-11-20T07:30:00.000+01:00',
  columns: [
    { name: 'region', type: 'text' },
    { name: 'month', type: 'date' },
    { name: 'amount', type: 'numeric' },
    { name: 'at', type: 'timestamp with time zone' },
  ],
  rows: [
    ['Süd', '2026-10-01', '9.5', '2026-10-01 00:00:00+02'],
    ['nord', '2026-10-01', '10.00', '2026-10-01 00:00:00+02'],
    [null, '2026-11-01', '100', '2026-11-01 00:00:00+01'],
    ['nord', '2026-11-01', '-2', '2026-11-01 00:00:00+01'],
  ],
  // As the server's collation has it: nord before Süd, whatever their bytes.
  ranks: { region: [2, 1, 3, 1] },
};

const queryOf = async (sql: string): Promise<RowsQuery> => {
  const found = await rowsQuery(sql);
  if (!found.ok) throw new Error(found.reason);
  return found.query;
};
const answered = async (sql: string, filters: readonly RowFilter[] = []) => {
  const query = await queryOf(sql);
  return query.kind === 'grouped' ? answerGrouped(query, sales, filters) : answerFromRows(query, sales, filters);
};
const answer = async (sql: string, filters: readonly RowFilter[] = []) => {
  const found = await answered(sql, filters);
  return found.ok ? found.table.rows : found.reason;
};

describe('a query that only picks', () => {
  test('columns, order and number of rows are those of the query', async () => {
    const found = await answered(
      'select as_of, region as area, amount from reporting.sales order by amount desc limit 2;',
    );
    expect(found).toEqual({
      ok: true,
      table: {
        columns: [
          { name: 'area', type: 'text' },
          { name: 'amount', type: 'numeric' },
        ],
        rows: [
          [null, '100'],
          ['nord', '10.00'],
        ],
      },
    });
    expect(await answer('select region, amount from reporting.sales order by 1, amount')).toEqual([
      ['nord', '-2'],
      ['nord', '10.00'],
      ['Süd', '9.5'],
      [null, '100'],
    ]);
    expect(await answer('select region from reporting.sales order by region desc nulls last, month')).toEqual([
      ['Süd'],
      ['nord'],
      ['nord'],
      [null],
    ]);
  });

  test('a value, no value, a number in another spelling and a span of days are found', async () => {
    const sql = 'select region, amount from reporting.sales order by amount';
    const only = (filter: RowFilter) => answer(sql, [filter]);
    expect(await only({ kind: 'values', column: 'region', values: ['nord'] })).toEqual([
      ['nord', '-2'],
      ['nord', '10.00'],
    ]);
    expect(await only({ kind: 'values', column: 'region', values: [null] })).toEqual([[null, '100']]);
    expect(await only({ kind: 'values', column: 'amount', values: ['10'] })).toEqual([['nord', '10.00']]);
    expect(await only({ kind: 'range', column: 'month', from: '2026-11-01', to: '2026-11-30' })).toEqual([
      ['nord', '-2'],
      [null, '100'],
    ]);
    // As numbers: as text '100' would come before '9.5'.
    expect(await only({ kind: 'range', column: 'amount', from: '9.6', to: null })).toEqual([
      ['nord', '10.00'],
      [null, '100'],
    ]);
  });

  test('what only the database knows is said, not guessed', async () => {
    const sql = 'select region, amount from reporting.sales';
    // A day of a moment is one in a time zone.
    expect(await answer(sql, [{ kind: 'range', column: 'at', from: '2026-10-01', to: null }])).toMatch(
      /order of timestamp with time zone \(at\) is known to the database alone/,
    );
    expect(await answer(sql, [{ kind: 'range', column: 'region', from: 'a', to: null }])).toMatch(/order of text/);
    expect(await answer(sql, [{ kind: 'values', column: 'customer', values: ['x'] }])).toMatch(/no column customer/);
    expect(await answer('select nothing from reporting.sales')).toMatch(/no column nothing/);
  });
});

describe('a query that chooses rows', () => {
  const since = "month >= date_trunc('month', current_date) - interval '1 month'";
  const saying = (sql: string, model: ModelRows, filters: readonly RowFilter[] = []) =>
    queryOf(sql).then((query) => {
      const found =
        query.kind === 'grouped' ? answerGrouped(query, model, filters) : answerFromRows(query, model, filters);
      return found.ok ? found.table.rows : found.reason;
    });
  const conditionOf = async (where: string): Promise<string | null> =>
    (await queryOf(`select region from reporting.sales s where ${where}`)).condition;

  test('is answered out of those rows that the server said are chosen, then filtered', async () => {
    const condition = (await conditionOf(since)) ?? '';
    const model = {
      ...sales,
      conditions: [
        { condition, chosen: 'ffft' },
        { condition: 'amount > 9', chosen: 'tttf' },
      ],
    };
    const nord: RowFilter = { kind: 'values', column: 'region', values: ['nord'] };
    expect(await saying(`select amount from reporting.sales where ${since}`, model)).toEqual([['-2']]);
    expect(await saying('select amount from reporting.sales where amount > 9 order by 1', model, [nord])).toEqual([
      ['10.00'],
    ]);
    expect(
      await saying('select sum(amount), count(*) from reporting.sales s where (s.amount > 9)', model, [nord]),
    ).toEqual([['10.00', '1']]);
  });

  test('is not answered where the server refused the condition, or was not asked', async () => {
    const why = /conditions of its own, and which rows meet them is not saved/;
    const sql = 'select amount from reporting.sales where amount > 9';
    expect(await saying(sql, sales)).toMatch(why);
    expect(await saying(sql, { ...sales, conditions: [{ condition: 'amount > 8', chosen: 'tttf' }] })).toMatch(why);
    expect(await saying(sql, { ...sales, conditions: [{ condition: 'amount > 9', chosen: null }] })).toMatch(why);
  });

  test.each([
    [`s.month >= date_trunc('month', current_date) - interval '11 months'`],
    ["now() - at < interval '7 days' and amount between 1 and 2"],
    ['10 < amount'],
    [`not (region in ('nord', 'Süd') or s.region is null) and amount - (2 - 1) > -1`],
    [`(at at time zone 'Europe/Berlin')::date = current_date`],
    ['extract(year from month) = 2026'],
  ])('%s is a condition on rows', async (where) => {
    const condition = await conditionOf(where);
    expect(condition).toEqual(expect.not.stringMatching(/\bs\./));
    // Written once more it stays what it is.
    expect(await conditionOf(condition ?? '')).toBe(condition);
  });
});

describe('a query that groups', () => {
  test('adds up exactly, by every kind of key, in its own order', async () => {
    expect(
      await answered(
        'select as_of, region as area, sum(amount), count(*) as n from reporting.sales group by as_of, region order by 3 desc',
      ),
    ).toEqual({
      ok: true,
      table: {
        columns: [
          { name: 'area', type: 'text' },
          { name: 'sum', type: 'numeric' },
          { name: 'n', type: 'bigint' },
        ],
        rows: [
          [null, '100', '1'],
          ['Süd', '9.5', '1'],
          ['nord', '8.00', '2'],
        ],
      },
    });
    // As the server's collation has it, nulls last.
    expect(
      await answer('select region, max(amount) m from reporting.sales group by 1 order by region limit 2'),
    ).toEqual([
      ['nord', '10.00'],
      ['Süd', '9.5'],
    ]);
    expect(await answer('select month, avg(amount) from reporting.sales group by month order by month')).toEqual([
      ['2026-10-01', '9.7500000000000000'],
      ['2026-11-01', '49.0000000000000000'],
    ]);
  });

  test('is filtered before, and all rows are one group also when none is left', async () => {
    const none: RowFilter = { kind: 'values', column: 'region', values: ['West'] };
    const nord: RowFilter = { kind: 'values', column: 'region', values: ['nord'] };
    const sql = 'select sum(amount), count(region), min(month) as first from reporting.sales';
    expect(await answer(sql, [nord])).toEqual([['8.00', '2', '2026-10-01']]);
    expect(await answer(sql, [none])).toEqual([[null, '0', null]]);
    expect(await answer('select region, sum(amount) from reporting.sales group by region', [none])).toEqual([]);
  });

  test('what only the database knows is said, not guessed', async () => {
    expect(await answer('select min(region) from reporting.sales')).toMatch(/min of text \(region\)/);
    expect(await answer('select at, count(*) from reporting.sales group by at')).toHaveLength(2);
    expect(await answer('select sum(nothing) from reporting.sales')).toMatch(/no column nothing/);
  });
});

test.each([
  ['select region, sqrt(sum(amount)) from reporting.sales group by region', 'computes columns'],
  ['select region, case when sum(amount) > 0 then 1 end from reporting.sales group by region', 'computes columns'],
  ['select region, sum(amount) % 2 from reporting.sales group by region', 'computes columns'],
  ['select region, sum(amount)::real from reporting.sales group by region', 'computes columns'],
  ['select region, sum(amount) over () from reporting.sales group by region, amount', 'computes columns'],
  ['select region, rank() over (order by amount) from reporting.sales', 'computes columns'],
  ['select region, array_agg(amount) from reporting.sales group by region', 'computes columns'],
  ['select region, sum(amount * random()) from reporting.sales group by region', 'computes columns'],
  ['select region, (select 1) from reporting.sales', 'computes columns'],
  ['select *, amount * 2 from reporting.sales', 'computes columns'],
  ['select region, sum(distinct amount) from reporting.sales group by region', 'computes columns'],
  ['select region, sum(amount) filter (where amount > 0) from reporting.sales group by region', 'computes columns'],
  ['select sum(amount) from reporting.sales group by md5(region)', 'groups by something computed'],
  ['select sum(amount) from reporting.sales group by 1', 'groups by something computed'],
  ['select sum(amount) from reporting.sales group by rollup (region)', 'groups by something computed'],
  ['select region, sum(amount) from reporting.sales group by region having sum(amount) > 0', 'leaves out groups'],
  ['select region, sum(amount) from reporting.sales group by region order by md5(max(region))', 'ordered by something'],
  [
    'select region from reporting.sales where amount > (select avg(amount) from reporting.sales)',
    'conditions of its own',
  ],
  ['select region from reporting.sales where amount > random()', 'conditions of its own'],
  ['select region from reporting.sales where at < clock_timestamp()', 'conditions of its own'],
  ['select region from reporting.sales where erp.lower(region) = region', 'conditions of its own'],
  ['select region from reporting.sales where amount operator(erp.>) 1', 'conditions of its own'],
  ['select region from reporting.sales where region = current_user', 'conditions of its own'],
  ['select region from reporting.sales s where s.* is not null', 'conditions of its own'],
  ['select region, sum(amount) from reporting.sales where amount in (select 1) group by 1', 'conditions of its own'],
  ['select s.region from reporting.sales s join reporting.other o using (region)', 'more than one relation'],
  ['select region from reporting.sales union all select region from reporting.sales', 'combines several queries'],
  ['select distinct region from reporting.sales', 'leaves out duplicates'],
  ['with s as (select 1) select region from reporting.sales', 'begins with WITH'],
  ['select region, month as region from reporting.sales order by region', 'ordered by something computed'],
  ['select month as k, region as k from reporting.sales group by 1, k', 'groups by something computed'],
  ['select region from reporting.sales order by random()', 'ordered by something computed'],
  ['select region from reporting.sales limit 1 + 1', 'number of rows is computed'],
  ['select region from reporting.sales limit -1', 'number of rows is computed'],
  ['select region from reporting.sales order by 1 fetch first 2 rows with ties', 'more rows than it counts'],
  ['select region from reporting.sales s (as_of, month, region)', 'renames columns'],
  ['select round(sum(amount), 1001) from reporting.sales', 'computes columns'],
  ['select region from reporting.sales offset 1', 'leaves out its first rows'],
  ['select 1; select 2', 'not one SELECT'],
  ['select region from (select 1 as region) s', 'more than one relation'],
  ['selec', 'cannot be parsed'],
])('%s is not answered from saved rows: it %s', async (sql, reason) => {
  expect(await rowsQuery(sql)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
});
