import { describe, expect, test } from 'vitest';
import type {
  Derivation,
  Derived,
  Describe,
} from '../../../../../electron/core/read-model/propose/derive/derivation.ts';
import { derive } from '../../../../../electron/core/read-model/propose/derive/derive.ts';
import { parse } from '../../../../../electron/core/sql-text/parser.ts';
import { list, strings, unwrap, type Json } from '../../../../../electron/core/sql-text/tree.ts';

const columns: Readonly<Record<string, string>> = {
  region: 'text',
  name: 'text',
  customer_id: 'integer',
  amount: 'numeric',
  quantity: 'integer',
  weight: 'double precision',
  invoice_date: 'date',
  due_date: 'date',
  created: 'timestamp without time zone',
  posted: 'timestamp with time zone',
};

/** Types as a server would tell them, for the few expressions of these tests. */
const describeColumns: Describe = async (sql) => {
  const read = await parse(sql);
  const targets = list(unwrap(read.ok ? read.statements[0]?.stmt : null, 'SelectStmt')?.['targetList']);
  return targets.flatMap((item) => {
    const { name, val } = unwrap(item, 'ResTarget') ?? {};
    const fields = list(unwrap(val, 'ColumnRef')?.['fields']);
    if (fields.some((field) => unwrap(field, 'A_Star') !== null)) {
      return Object.entries(columns).map(([one, type]) => ({ name: one, type }));
    }
    const given = typeof name === 'string' ? name : (strings(fields).at(-1) ?? 'value');
    return [{ name: given, type: typeOf(val) }];
  });
};

function typeOf(node: Json | undefined): string {
  const reference = unwrap(node, 'ColumnRef');
  if (reference !== null) return columns[strings(reference['fields']).at(-1) ?? ''] ?? 'unknown';
  const called = unwrap(node, 'FuncCall');
  if (called === null) return 'text';
  const argument = typeOf(list(called['args'])[0]);
  switch (strings(called['funcname']).at(-1)) {
    case 'count':
      return 'bigint';
    case 'sum':
      return argument === 'integer' ? 'bigint' : argument;
    case 'avg':
      return argument === 'double precision' ? argument : 'numeric';
    default:
      return argument;
  }
}

const deriveFrom = (text: string, known: Record<number, string> = {}): Promise<Derivation> =>
  derive({
    text,
    known: new Map(Object.entries(known).map(([number, literal]) => [Number(number), literal])),
    stableName: { schema: 'reporting', name: 'sales' },
    describe: describeColumns,
  });

async function derived(text: string, known?: Record<number, string>): Promise<Derived> {
  const derivation = await deriveFrom(text, known);
  if (derivation.outcome === 'derived') return derivation;
  throw new Error(`not derivable: ${derivation.construct}: ${derivation.why}`);
}

const refusedFor = async (text: string, known?: Record<number, string>): Promise<string> => {
  const derivation = await deriveFrom(text, known);
  return derivation.outcome === 'derived' ? `derived: ${derivation.rewrittenSql}` : derivation.construct;
};

describe('filters with parameters become the key', () => {
  test('equality is a dimension, and sums are added up again', async () => {
    expect(
      await derived('select count(*) as invoices, sum(quantity) as pieces from erp.invoice where region = $1'),
    ).toMatchObject({
      shape: 'free',
      keyColumns: ['region'],
      dimensions: [{ column: 'region', expression: 'region', parameters: [1] }],
      period: null,
      definitionSql:
        'SELECT region AS region, count(*) AS invoices, sum(quantity) AS pieces FROM erp.invoice GROUP BY region',
      rewrittenSql:
        'SELECT CAST(COALESCE(sum(m.invoices), 0) AS bigint) AS invoices, CAST(sum(m.pieces) AS bigint) AS pieces FROM reporting.sales AS m WHERE m.region = $1',
    });
  });

  test('a filter by what the chart groups by needs no adding up', async () => {
    const { definitionSql, rewrittenSql } = await derived(
      'select region, count(distinct customer_id) from erp.invoice where region in ($1, $2) group by region having count(*) > $3 order by 2 desc limit $4',
    );
    expect(definitionSql).toBe(
      'SELECT region AS region, count(DISTINCT customer_id) AS count, count(*) AS count_2 FROM erp.invoice GROUP BY region',
    );
    expect(rewrittenSql).toBe(
      'SELECT m.region AS region, m.count AS count FROM reporting.sales AS m WHERE m.region IN ($1, $2) AND m.count_2 > $3 ORDER BY 2 DESC LIMIT $4',
    );
  });

  test('an average is kept as sum and count', async () => {
    const { definitionSql, rewrittenSql, changes } = await derived(
      'select region, avg(amount) as mean, sum(amount) as total from erp.invoice where customer_id = $1 group by region',
    );
    expect(definitionSql).toBe(
      'SELECT customer_id AS customer_id, region AS region, sum(amount) AS mean_sum, count(amount) AS mean_count FROM erp.invoice GROUP BY customer_id, region',
    );
    expect(rewrittenSql).toBe(
      'SELECT m.region AS region, sum(m.mean_sum) / (NULLIF (sum(m.mean_count), 0)) AS mean, sum(m.mean_sum) AS total FROM reporting.sales AS m WHERE m.customer_id = $1 GROUP BY m.region',
    );
    expect(changes).toContain('avg is kept as sum and count, and divided when read.');
  });

  test('a condition of an inner join is lifted, one of an outer join is not', async () => {
    const sql = (kind: string) =>
      `select sum(amount) from erp.invoice i ${kind} join erp.customer c on c.customer_id = i.customer_id and c.region = $1`;
    expect((await derived(sql(''))).rewrittenSql).toContain('WHERE m.region = $1');
    expect(await refusedFor(sql('left'))).toBe('$1');
    expect(await derived(sql('left'), { 1: `'North'` })).toMatchObject({
      shape: 'frozen',
      frozenParameters: [{ name: '$1', literal: `'North'` }],
    });
  });

  test('another filter keeps its value where that is known, and stays free where it is not', async () => {
    const sql = 'select sum(amount) from erp.invoice where region = $1 and quantity > $2';
    expect(await derived(sql, { 2: '5' })).toMatchObject({
      keyColumns: ['region'],
      frozenParameters: [{ name: '$2', literal: '5' }],
      definitionSql: expect.stringContaining('WHERE quantity > 5'),
    });
    expect(await derived(sql)).toMatchObject({ keyColumns: ['region', 'quantity'], frozenParameters: [] });
  });

  test('what each alternative says again is none of the reader’s, and what asks nothing is kept as one answer', async () => {
    const sql = `select sum(amount) from erp.invoice i, erp.region r
      where (i.region = r.name and amount > 5 and quantity < $1 and customer_id in ($2, $3))
      or (i.region = r.name and name like 'B%' and customer_id = $4)`;
    expect(await derived(sql, { 1: '9' })).toMatchObject({
      shape: 'free',
      keyColumns: ['customer_id', 'matches', 'matches_2'],
      frozenParameters: [{ name: '$1', literal: '9' }],
      definitionSql: expect.stringMatching(
        /^SELECT customer_id AS customer_id, amount > 5 AND quantity < 9 AS matches, name LIKE 'B%' AS matches_2, .* WHERE i\.region = r\.name GROUP BY/,
      ),
      rewrittenSql: expect.stringContaining(
        'WHERE (m.matches AND m.customer_id IN ($2, $3)) OR (m.matches_2 AND m.customer_id = $4)',
      ),
    });
  });

  test('an answer is not kept beside the columns that it is made of', async () => {
    const sql = `select sum(amount) from erp.invoice where region = $1 and (region is null or quantity = $2 or quantity > 3)`;
    expect((await derived(sql)).keyColumns).toEqual(['region', 'quantity']);
  });

  test('an alternative that leaves nothing to ask is no filter of the reader’s', async () => {
    const sql = `select sum(amount) from erp.invoice where region = 'a' or (region = 'a' and quantity = $1)`;
    expect(await derived(sql, { 1: '2' })).toMatchObject({
      shape: 'frozen',
      definitionSql: expect.stringContaining(`region = 'a'`),
    });
  });

  test('a filter keeps its value where a person wants so', async () => {
    const sql = 'select sum(amount) from erp.invoice where region = $1 and created >= $2';
    const derivation = await derive({
      text: sql,
      known: new Map([
        [1, `'North'`],
        [2, `'2026-01-01'`],
      ]),
      freeze: new Set([2]),
      stableName: { schema: 'reporting', name: 'sales' },
      describe: describeColumns,
    });
    expect(derivation).toMatchObject({
      shape: 'free',
      keyColumns: ['region'],
      frozenParameters: [{ name: '$2', literal: `'2026-01-01'` }],
      definitionSql: expect.stringContaining(`WHERE created >= '2026-01-01' GROUP BY region`),
    });
  });

  test('a list of any length stays one', async () => {
    const { rewrittenSql } = await derived('select sum(amount) from erp.invoice where region in ($1 /*, ... */)');
    expect(rewrittenSql).toContain('m.region IN ($1 /*, ... */)');
  });

  test('what a column is computed with is part of the key, what it is compared with is not', async () => {
    const sql = 'select sum(amount) from erp.invoice where substr(name, $1, $2) in ($3, $4)';
    expect(await derived(sql, { 1: '1', 2: '2', 3: `'AB'`, 4: `'CD'` })).toMatchObject({
      shape: 'free',
      dimensions: [{ expression: 'substr(name, 1, 2)', parameters: [3, 4] }],
      rewrittenSql: expect.stringContaining('WHERE m.substr IN ($3, $4)'),
    });
    expect(await derived(sql)).toMatchObject({ keyColumns: ['name'], frozenParameters: [] });
  });
});

describe('a range of time becomes a period', () => {
  const grain = async (condition: string, group: string) => {
    const { period } = await derived(
      `select ${group} as g, sum(amount) from erp.invoice where ${condition} group by ${group}`,
    );
    return period?.grain;
  };

  test.each([
    ['a date is kept by day', 'invoice_date >= $1 and invoice_date < $2', 'region', 'day'],
    [
      'by month where bounds and groups are months',
      `invoice_date >= date_trunc('month', $1::date)`,
      `date_trunc('month', invoice_date)`,
      'month',
    ],
    ['by day where the bound may be any day', 'invoice_date >= $1', `date_trunc('month', invoice_date)`, 'day'],
    [
      'by day where the upper bound includes its day',
      `invoice_date <= date_trunc('month', $1::date)`,
      `date_trunc('month', invoice_date)`,
      'day',
    ],
    [
      'weeks do not fall into months',
      `invoice_date >= date_trunc('week', $1::date)`,
      `date_trunc('month', invoice_date)`,
      'day',
    ],
    [
      'the coarser bound serves the finer group',
      `invoice_date >= date_trunc('year', $1::date)`,
      `date_trunc('month', invoice_date)`,
      'month',
    ],
    ['a timestamp by day where the bound is a date', 'created >= $1::date and created < $2::date', 'region', 'day'],
    ['by instant where the bound may be any time', 'created >= $1 and created < $2', 'region', 'instant'],
    ['by instant where the last midnight counts', 'created between $1::date and $2::date', 'region', 'instant'],
    ["by instant in the session's time zone", 'posted >= $1::date', 'region', 'instant'],
    [
      'by month where the window moves with the clock',
      `invoice_date >= date_trunc('month', current_date) - interval '11 months'`,
      `date_trunc('month', invoice_date)`,
      'month',
    ],
    [
      'by day where the window is a number of days',
      `invoice_date >= current_date - 30`,
      `date_trunc('month', invoice_date)`,
      'day',
    ],
  ])('%s', async (_, condition, group, expected) => {
    expect(await grain(condition, group)).toBe(expected);
  });

  test('the model keeps months, and the reader groups by the time zone of its own session', async () => {
    const { definitionSql, rewrittenSql } = await derived(
      `select date_trunc($1, invoice_date) as month, sum(amount) as amount from erp.invoice
       where invoice_date >= date_trunc($2, $3::date) group by date_trunc($4, invoice_date) order by month`,
      { 1: `'month'`, 2: `'month'` },
    );
    expect(definitionSql).toBe(
      `SELECT (date_trunc('month', invoice_date::timestamp))::date AS invoice_date, sum(amount) AS amount FROM erp.invoice GROUP BY (date_trunc('month', invoice_date::timestamp))::date`,
    );
    expect(rewrittenSql).toBe(
      `SELECT date_trunc('month', m.invoice_date) AS month, m.amount AS amount FROM reporting.sales AS m WHERE m.invoice_date >= date_trunc('month', CAST($3 AS date)) ORDER BY month`,
    );
  });

  test('the clock stays with the reader', async () => {
    const { definitionSql, rewrittenSql, shape } = await derived(
      `select case when due_date >= current_date then 'open' else 'due' end as bucket, count(*) as n
       from erp.invoice group by 1 order by min(due_date) desc`,
    );
    expect(shape).toBe('frozen');
    expect(definitionSql).toBe(
      'SELECT due_date AS due_date, count(*) AS n, min(due_date) AS min FROM erp.invoice GROUP BY due_date',
    );
    expect(rewrittenSql).toContain('ORDER BY min(m.min) DESC');
  });
});

describe('a statement without parameters is kept as it is', () => {
  test('and the reader sorts and limits', async () => {
    expect(
      await derived('select region, sum(amount) as amount from erp.invoice group by region order by 2 desc limit 5'),
    ).toMatchObject({
      shape: 'frozen',
      definitionSql: 'SELECT region, sum(amount) AS amount FROM erp.invoice GROUP BY region',
      keyColumns: ['region'],
      rewrittenSql:
        'SELECT m.region AS region, m.amount AS amount FROM reporting.sales AS m ORDER BY m.amount DESC LIMIT 5',
    });
  });

  test('what it is sorted by is kept, and not shown', async () => {
    const { definitionSql, rewrittenSql } = await derived(
      'select region from erp.invoice group by region order by sum(amount)',
    );
    expect(definitionSql).toContain('sum(amount) AS sorted_by_1');
    expect(rewrittenSql).toBe('SELECT m.region AS region FROM reporting.sales AS m ORDER BY m.sorted_by_1');
  });
});

describe('what cannot be turned is refused, and the construct named', () => {
  test.each([
    ['select 1; select 2', 'several statements'],
    ['update erp.invoice set amount = 1', 'UPDATE'],
    ['select region from erp.invoice where region = $1 for update', 'FOR UPDATE'],
    ['select region, random() from erp.invoice', 'random()'],
    ['select sum(amount) from erp.invoice where region = $1 group by region limit 3', 'LIMIT without ORDER BY'],
    ['select region, amount from erp.invoice where region = $1', 'no aggregate'],
    ['select count(distinct customer_id) from erp.invoice where region = $1', 'count(DISTINCT)'],
    [
      'select percentile_cont(0.5) within group (order by amount) from erp.invoice where region = $1',
      'percentile_cont()',
    ],
    [`select string_agg(name, ',') from erp.invoice where region = $1 group by region`, 'string_agg()'],
    ['select sum(weight) from erp.invoice where region = $1', 'sum() of floating point'],
    ['select sum(amount) from erp.invoice where weight = $1', 'weight as double precision'],
    ['select sum(amount) from erp.invoice where erp.rank(region) = $1', '$1'],
    ['select sum(amount) from erp.invoice where region in (select name from erp.region where customer_id = $1)', '$1'],
    [
      'select sum(case when due_date < current_date then amount end) from erp.invoice where region = $1',
      'current_date',
    ],
    ['select sum(amount) filter (where quantity > $2) from erp.invoice where region = $1', '$2'],
    [
      'select region, sum(amount) from erp.invoice where region = $1 group by rollup (region)',
      'GROUPING SETS, ROLLUP or CUBE',
    ],
    ['select sum(amount) from erp.invoice where region = $1 union select 1', 'UNION, INTERSECT or EXCEPT'],
    [
      'select region, rank() over (order by sum(amount)) from erp.invoice where region = $1 group by region',
      'a window function',
    ],
    [
      `select count(*) from erp.invoice where region = $1 and posted::date = date '2026-01-01'`,
      `posted in the session's time zone`,
    ],
    ['select distinct on (region) region from erp.invoice', 'DISTINCT ON'],
    ['selec', 'syntax error'],
  ])('%s', async (sql, construct) => {
    expect(await refusedFor(sql)).toBe(construct);
  });
});
