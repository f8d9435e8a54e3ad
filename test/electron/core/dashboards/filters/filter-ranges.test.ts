import { expect, test } from 'vitest';
import { filterRanges } from '../../../../../electron/core/dashboards/filters/filter-ranges.ts';
import { analyseSelect } from '../../../../../electron/core/read-model/propose/analyse-select.ts';
import { parseSelect } from '../../../../../electron/core/read-model/propose/parse-select.ts';

/** The query with every relation called `sales` or `Sales` filtered by its region. */
async function filtered(sql: string): Promise<string | null> {
  const select = await parseSelect(sql);
  const ranges = analyseSelect(select)
    .relations.filter(({ name }) => name.toLowerCase() === 'sales')
    .map(({ at }) => ({ at, conditionSql: `region = any (array['North']::text[])` }));
  return filterRanges(select, ranges);
}
const over = (name: string) => `(select * from ${name} where region = any (array['North']::text[]))`;

test('the rest of the text stays as a person wrote it', async () => {
  expect(await filtered('select s.month, -- by month\n  sum(amount) from rm.sales s group by 1')).toBe(
    `select s.month, -- by month\n  sum(amount) from ${over('rm.sales')} s group by 1`,
  );
});

test('a relation keeps the name that its columns are called by', async () => {
  expect(await filtered('select sales.amount from rm.sales')).toBe(
    `select sales.amount from ${over('rm.sales')} as sales`,
  );
  expect(await filtered('select "Sales".amount from rm."Sales" where region is not null')).toBe(
    `select "Sales".amount from ${over('rm."Sales"')} as "Sales" where region is not null`,
  );
  expect(await filtered('select x.b from rm.sales as x (a, b)')).toBe(
    `select x.b from ${over('rm.sales')} as x (a, b)`,
  );
  expect(await filtered('select 1 from rm /* here */ . -- and there\n sales')).toContain('as sales');
});

test('it is filtered wherever it stands: joins, CTEs, subqueries, arms of a union, twice', async () => {
  const sql = `with sales as (select * from rm.sales), other as (select * from sales)
    select (select sum(amount) from rm.sales i where i.region = o.region) from other o
    left join rm.sales p on p.region = o.region
    union all select 1 from rm.sales where exists (select from rm.sales)`;
  const text = (await filtered(sql)) ?? '';
  expect(text.match(/array\['North'\]/g)).toHaveLength(5);
  // The CTE of that name is none.
  expect(text).toContain('other as (select * from sales)');
});

test('names outside of ASCII before it do not move it', async () => {
  expect(await filtered(`select 'Größe – 価格' as "Spaß", amount from rm.sales s`)).toBe(
    `select 'Größe – 価格' as "Spaß", amount from ${over('rm.sales')} s`,
  );
  expect(await filtered('select ü from größe.sales')).toContain(`from ${over('größe.sales')} as sales`);
});

test('columns that are written with their schema lose it, since a select has none', async () => {
  expect(await filtered('select rm.sales.amount, rm.sales.* from rm.sales order by rm.sales.month')).toBe(
    `select sales.amount, sales.* from ${over('rm.sales')} as sales order by sales.month`,
  );
});

test('what would mean something else afterwards is not written', async () => {
  // `sales.amount` would be the inner one's.
  const captured = 'select (select max(rm.sales.amount) from erp.budget sales) from rm.sales';
  expect(await filtered(captured)).toBeNull();
  expect(await filtered('select 1 from rm.sales, erp.sales')).toBeNull();
  expect(await filtered('select 1 from only rm.sales')).toBeNull();
});

test('a query without anything to filter is the same query', async () => {
  expect(await filtered('table rm.orders')).toBe('table rm.orders');
});
