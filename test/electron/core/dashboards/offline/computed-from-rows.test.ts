import { describe, expect, test } from 'vitest';
import { answerGrouped } from '../../../../../electron/core/dashboards/offline/aggregate-rows.ts';
import { answerFromRows, type RowFilter } from '../../../../../electron/core/dashboards/offline/answer-from-rows.ts';
import { rowsQuery } from '../../../../../electron/core/dashboards/offline/rows-query.ts';
import type { ModelRows } from '../../../../../electron/core/history/model-rows.ts';

const sales: ModelRows = {
  readModel: 'sales',
  modelVersion: 1,
  asOf: '2026-11-20T07:30:00.000+01:00',
  columns: [
    { name: 'region', type: 'text' },
    { name: 'month', type: 'date' },
    { name: 'pieces', type: 'integer' },
    { name: 'amount', type: 'numeric' },
    { name: 'weight', type: 'double precision' },
  ],
  rows: [
    ['Süd', '2026-10-01', '3', '9.5', '1'],
    ['nord', '2026-10-01', '-7', '10.00', '0.5'],
    [null, '2026-11-01', null, '100', null],
    ['nord', '2026-11-01', '2', '-2', '2'],
  ],
  ranks: { region: [2, 1, 3, 1] },
  expressions: [
    {
      expression: 'upper(region)',
      values: { type: 'text', cells: ['SÜD', 'NORD', null, 'NORD'], ranks: [2, 1, 3, 1] },
    },
    { expression: 'amount * 2', values: { type: 'numeric', cells: ['19.0', '20.00', '200', '-4'] } },
    { expression: 'EXTRACT(YEAR FROM month)', values: { type: 'numeric', cells: ['2026', '2026', '2026', '2026'] } },
    { expression: 'amount - 10', values: { type: 'numeric', cells: ['-0.5', '0.00', '90', '0'] } },
    { expression: 'abs(weight)', values: { type: 'double precision', cells: ['1', '0.5', null, '2'] } },
    { expression: '1 / pieces', values: null },
  ],
};

const answered = async (sql: string, filters: readonly RowFilter[] = []) => {
  const found = await rowsQuery(sql);
  if (!found.ok) throw new Error(found.reason);
  const { query } = found;
  return query.kind === 'grouped' ? answerGrouped(query, sales, filters) : answerFromRows(query, sales, filters);
};
const answer = async (sql: string, filters: readonly RowFilter[] = []) => {
  const found = await answered(sql, filters);
  return found.ok ? found.table.rows : found.reason;
};
const nord: RowFilter = { kind: 'values', column: 'region', values: ['nord'] };
const nobody: RowFilter = { kind: 'values', column: 'region', values: ['West'] };

describe('expressions of single rows', () => {
  test('are picked and ordered by, as the server had them', async () => {
    expect(await answered('select upper(s.region), amount*2 as twice from reporting.sales s order by 2 desc')).toEqual({
      ok: true,
      table: {
        columns: [
          { name: 'upper', type: 'text' },
          { name: 'twice', type: 'numeric' },
        ],
        rows: [
          [null, '200'],
          ['NORD', '20.00'],
          ['SÜD', '19.0'],
          ['NORD', '-4'],
        ],
      },
    });
    expect(
      await answer('select region from reporting.sales order by upper(region), amount * 2 limit 2', [nord]),
    ).toEqual([['nord'], ['nord']]);
    // A name means what is shown, within an expression or with its relation the column.
    const renamed = (order: string) =>
      answer(`select amount, amount * 2 * -1 as month, pieces from reporting.sales s order by ${order}`);
    expect(await renamed('month')).toMatch(/not saved/);
    expect(await answer('select amount, month as pieces from reporting.sales s order by s.pieces limit 1')).toEqual([
      ['10.00', '2026-10-01'],
    ]);
  });

  test.each([
    'select upper(region) as area, sum(amount) from reporting.sales group by 1 order by 1',
    'select upper(region) as area, sum(amount) from reporting.sales group by area order by area',
    'select upper(region) as area, sum(amount) from reporting.sales s group by upper(s.region) order by upper(region)',
    // There is a column with that name, and it goes before.
    'select upper(region) as region, sum(amount) from reporting.sales group by region order by region',
  ])('%s', async (sql) => {
    expect(await answer(sql)).toEqual([
      ['NORD', '8.00'],
      ['SÜD', '9.5'],
      [null, '100'],
    ]);
  });

  test('are added up, are keys as numbers, and go with their columns', async () => {
    expect(await answer('select sum(amount * 2), count(upper(region)) from reporting.sales', [nord])).toEqual([
      ['16.00', '2'],
    ]);
    expect(await answer('select extract(year from month) as year, count(*) from reporting.sales group by 1')).toEqual([
      ['2026', '4'],
    ]);
    expect(
      await answer('select month, extract(year from month), count(*) from reporting.sales group by month order by 1'),
    ).toEqual([
      ['2026-10-01', '2026', '2'],
      ['2026-11-01', '2026', '2'],
    ]);
  });

  test('what only the database knows is said, not guessed', async () => {
    expect(await answer('select 1 / pieces from reporting.sales')).toMatch(/worth in each row is not saved/);
    expect(await answer('select lower(region), count(*) from reporting.sales group by 1')).toMatch(/is not saved/);
    expect(await answer('select region, upper(region) from reporting.sales group by upper(region)')).toMatch(
      /shows a column that it does not group by/,
    );
    expect(await answer('select month as region, sum(amount) from reporting.sales group by region')).toMatch(
      /shows a column that it does not group by/,
    );
    // 0.00 and 0 are one key, and nobody knows which of them is shown.
    expect(await answer('select amount - 10, count(*) from reporting.sales group by 1')).toMatch(
      /several equal values of amount - 10/,
    );
    expect(await answer('select abs(weight), count(*) from reporting.sales group by 1')).toMatch(
      /double precision \(abs\(weight\)\) are the same is known/,
    );
    expect(await answer('select min(amount - 10) from reporting.sales', [nord])).toMatch(/min of numeric/);
  });
});

test('a group is ordered by what is not shown', async () => {
  expect(await answer('select region from reporting.sales group by region order by min(month) desc, count(*)')).toEqual(
    [[null], ['Süd'], ['nord']],
  );
  expect(await answer('select sum(amount) from reporting.sales group by region order by region nulls first')).toEqual([
    ['100'],
    ['8.00'],
    ['9.5'],
  ]);
  expect(
    await answer('select max(as_of) as as_of, count(*) as n from reporting.sales group by month order by as_of, month'),
  ).toEqual([['2'], ['2']]);
  expect(await answer('select month, count(*) from reporting.sales group by month order by region')).toMatch(
    /does not group by/,
  );
});

describe('arithmetic over what a group adds up to', () => {
  test.each([
    ['round(sum(amount) / sum(pieces), 3)', '-58.750', 'numeric', 'round'],
    ['sum(amount) / sum(pieces)', '-58.7500000000000000', 'numeric', '?column?'],
    // Integers divide towards zero.
    ['sum(pieces) / count(*)', '0', 'bigint', '?column?'],
    ['-sum(pieces) / 2', '1', 'bigint', '?column?'],
    ['sum(pieces) * 100.0 / count(pieces)', '-66.6666666666666667', 'numeric', '?column?'],
    ['sum(pieces)::numeric / 3', '-0.66666666666666666667', 'numeric', '?column?'],
    ['sum(amount)::bigint', '118', 'bigint', 'sum'],
    ['(sum(amount) / 4)::numeric(6, 1)', '29.4', 'numeric', 'numeric'],
    ['avg(pieces) * 1.50', '-1.0000000000000000000050', 'numeric', '?column?'],
    ['nullif(count(*), 4)', null, 'bigint', 'nullif'],
    ['nullif(count(*), 4.0)', null, 'numeric', 'nullif'],
    ['coalesce(sum(pieces) / nullif(count(*) - 4, 0), 0)', '0', 'bigint', 'coalesce'],
    ['coalesce(sum(pieces), 0.00)', '-2', 'numeric', 'coalesce'],
    ['max(pieces) - min(pieces) + 1', '11', 'integer', '?column?'],
    ['round(sum(amount), -1)', '120', 'numeric', 'round'],
    ['round(sum(amount))', '118', 'numeric', 'round'],
    ['round(-0.4 * count(*))', '-2', 'numeric', 'round'],
    ['coalesce(count(*), 1 / (count(*) - 4))', '4', 'bigint', 'coalesce'],
    ['(1 + 0.19) * count(*)', '4.76', 'numeric', '?column?'],
  ])('%s', async (expression, cell, type, name) => {
    const found = await answered(`select ${expression} from reporting.sales`);
    expect(found).toEqual({ ok: true, table: { columns: [{ name, type }], rows: [[cell]] } });
  });

  test('without rows there is nothing to divide', async () => {
    const sql =
      'select round(sum(amount) / sum(pieces), 2), coalesce(sum(amount), 0), count(*) * 2 from reporting.sales';
    expect(await answer(sql, [nobody])).toEqual([[null, '0', '0']]);
    expect(await answer(`${sql} group by region`, [nobody])).toEqual([]);
  });

  test.each([
    ['1 / count(*)', /divides by zero/],
    ['count(*) + 1 / 0', /divides by zero/],
    ['coalesce(count(*), 1 / 0)', /divides by zero/],
    ['(9223372036854775807 + count(*) + 1)', /too large for bigint/],
    ['(40000 + count(*))::smallint', /too large for smallint/],
    ['(1000 + count(*))::numeric(3, 0)', /too large for numeric\(3,0\)/],
    ['sum(weight) * 2', /sum of double precision \(weight\)/],
    ['max(weight) * 2', /arithmetic with double precision/],
    ['round(count(*))', /arithmetic with double precision/],
    ['max(month) - min(month)', /arithmetic with date/],
    ["sum(amount) || '%'", /computes columns/],
  ])('%s is said, not guessed', async (expression, why) => {
    const sql = `select ${expression} from reporting.sales`;
    const found = await rowsQuery(sql);
    expect(found.ok ? await answer(sql, [nobody]) : found.reason).toMatch(why);
  });
});
