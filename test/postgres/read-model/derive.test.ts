import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Derived } from '../../../electron/core/read-model/propose/derive/derivation.ts';
import { derive } from '../../../electron/core/read-model/propose/derive/derive.ts';
import { describeWith } from '../../../electron/core/read-model/propose/derive/describe-with.ts';
import { prove, type ProveInput } from '../../../electron/core/read-model/prove/prove.ts';
import { demoWidgets } from '../../../resources/demo-erp/widgets/widgets.ts';
import type { ComparisonOutcome } from '../../../shared/model/proof.ts';
import { testServers } from '../../support/postgres.ts';
import { openErp, type Erp } from '../explain/erp.ts';
import { failureOf } from './fixture.ts';

type Values = Readonly<Record<string, string>>;

const stableName = { schema: 'reporting', name: 'sales' };
const daysAgo = (days: number): string => `'${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)}'`;

/** Three ranges of days: long, short, and one with nothing in it. */
const ranges: readonly Values[] = [
  { $1: daysAgo(300), $2: daysAgo(0) },
  { $1: daysAgo(95), $2: daysAgo(63) },
  { $1: daysAgo(-30), $2: daysAgo(-60) },
];
const regions: readonly Values[] = [{ $1: `'DACH'` }, { $1: `'Benelux'` }, { $1: `'Nowhere'` }];

interface Question {
  readonly question: string;
  readonly sql: string;
  readonly sets: readonly Values[];
  readonly key: readonly string[];
  readonly period?: string;
}

const questions: readonly Question[] = [
  {
    question: 'one number of one region',
    sql: `select count(*) as invoices, sum(i.total_amount) as amount, avg(i.total_amount) as mean, min(i.invoice_date),
      max(i.total_amount) from erp.ar_invoice i join erp.customer c using (customer_id)
      join erp.region r on r.region_id = c.region_id where r.name = $1`,
    sets: regions,
    key: ['name'],
  },
  {
    question: 'months of a range of days',
    sql: `select date_trunc('month', i.invoice_date) as month, sum(l.line_amount) as revenue, avg(l.quantity) as pieces
      from erp.ar_invoice_line l join erp.ar_invoice i on i.invoice_id = l.invoice_id
      where i.invoice_date >= $1 and i.invoice_date < $2 group by 1 order by 1`,
    sets: ranges,
    key: ['invoice_date'],
    period: 'day',
  },
  {
    question: 'months of a range of months',
    sql: `select date_trunc('month', invoice_date::timestamp)::date as month, count(distinct customer_id) as customers
      from erp.ar_invoice where invoice_date >= date_trunc('month', $1::date)
      and invoice_date < date_trunc('month', $2::date) group by 1`,
    sets: ranges,
    key: ['invoice_date'],
    period: 'month',
  },
  {
    question: 'a condition in the ON of inner joins',
    sql: `select cat.name, sum(l.quantity) as pieces, count(*) from erp.ar_invoice_line l
      join erp.item it on it.item_id = l.item_id and it.list_price > 20
      join erp.item_category cat on cat.category_id = it.category_id and cat.name in ($1, $2)
      group by cat.name order by pieces desc`,
    sets: [
      { $1: `'Pumps'`, $2: `'Seals'` },
      { $1: `'Tools'`, $2: `'Tools'` },
      { $1: `null`, $2: `'Valves'` },
    ],
    key: ['name'],
  },
  {
    question: 'an outer join, filtered on the side that may be missing',
    sql: `select c.segment_id, count(*) as invoices, count(rc.receipt_id) as receipts, sum(rc.amount) as received
      from erp.ar_invoice i join erp.customer c on c.customer_id = i.customer_id
      left join erp.receipt rc on rc.invoice_id = i.invoice_id where rc.method = $1 or rc.method is null
      group by c.segment_id`,
    sets: [{ $1: `'transfer'` }, { $1: `'card'` }, { $1: `null` }],
    key: ['method', 'segment_id'],
  },
  {
    question: 'NULL among the groups',
    sql: `select rc.method, sum(i.total_amount) as amount from erp.ar_invoice i
      left join erp.receipt rc on rc.invoice_id = i.invoice_id where i.warehouse_id = any ($1)
      group by rc.method order by rc.method nulls first`,
    sets: [{ $1: `array[1, 2]` }, { $1: `'{3}'` }, { $1: `'{}'` }],
    key: ['warehouse_id', 'method'],
  },
  {
    question: 'groups that HAVING, ORDER BY and LIMIT choose from',
    sql: `select c.customer_id, c.name, sum(i.total_amount) as amount from erp.ar_invoice i
      join erp.customer c on c.customer_id = i.customer_id where i.invoice_date between $1 and $2
      group by c.customer_id having count(*) > $3 order by amount desc, c.customer_id limit $4`,
    sets: ranges.map((range, at) => ({ ...range, $3: String(at), $4: '20' })),
    key: ['invoice_date', 'customer_id', 'name'],
    period: 'day',
  },
  {
    question: 'customers counted once in each group that is filtered',
    sql: `select r.name as region, s.name as segment, count(distinct i.customer_id) as customers,
      percentile_cont(0.5) within group (order by i.total_amount::float8) as median
      from erp.ar_invoice i join erp.customer c on c.customer_id = i.customer_id
      join erp.region r on r.region_id = c.region_id join erp.segment s on s.segment_id = c.segment_id
      where r.name = $1 group by r.name, s.name`,
    sets: regions,
    key: ['region', 'segment'],
  },
  {
    question: 'parts of a sum, and what is computed of sums',
    sql: `select a.kind, sum(e.debit) filter (where e.cost_centre_id = 60) as warehousing,
      round(sum(e.credit - e.debit) / nullif(count(*), 0), $2) as per_entry, sum(e.debit) > $3 as large
      from erp.gl_entry e join erp.gl_account a on a.account_id = e.account_id
      where a.kind in ($1, 'balance') and e.posted_on >= $4::date group by a.kind`,
    sets: [
      { $1: `'revenue'`, $2: '2', $3: '1000', $4: daysAgo(200) },
      { $1: `'expense'`, $2: '0', $3: '0', $4: daysAgo(20) },
      { $1: `'balance'`, $2: '4', $3: '5e9', $4: daysAgo(-1) },
    ],
    key: ['kind', 'posted_on'],
    period: 'day',
  },
  {
    question: 'a filter by something computed, with AND and OR',
    sql: `select upper(left(i.description, 4)) as kind, count(*) as lines, sum(l.line_amount) as amount
      from erp.ar_invoice_line l join erp.item i on i.item_id = l.item_id
      where left(i.item_no, 4) = $1 or i.category_id = $2 and not (i.category_id = $3) group by 1`,
    sets: [
      { $1: `'P000'`, $2: '1', $3: '2' },
      { $1: `'P001'`, $2: '2', $3: '2' },
      { $1: `''`, $2: 'null', $3: '3' },
    ],
    key: ['left', 'category_id', 'kind'],
  },
  {
    question: 'the year of a date',
    sql: `select extract(year from ordered_on) as year, status, sum(total_amount) as amount from erp.sales_order
      where extract(year from ordered_on) = $1 group by 1, 2`,
    sets: [{ $1: String(new Date().getFullYear()) }, { $1: '2000' }, { $1: '1999.5' }],
    key: ['year', 'status'],
  },
  {
    question: 'the clock beside a parameter',
    sql: `select w.name, sum(m.quantity) as moved, max(m.moved_on) as last from erp.stock_movement m
      join erp.warehouse w on w.warehouse_id = m.warehouse_id
      where m.moved_on >= current_date - 45 and m.kind = $1 group by w.name`,
    sets: [{ $1: `'issue'` }, { $1: `'receipt'` }, { $1: `'none'` }],
    key: ['moved_on', 'kind', 'name'],
    period: 'day',
  },
  {
    question: 'different rows only',
    sql: `select distinct po.supplier, po.status from erp.purchase_order po where po.warehouse_id = $1
      order by 1, 2 limit 50`,
    sets: [{ $1: '1' }, { $1: '4' }, { $1: '99' }],
    key: ['warehouse_id', 'supplier', 'status'],
  },
  {
    question: 'a sub-select without parameters, and one that they are laid over',
    sql: `select x.month, sum(x.amount) as amount, avg(x.amount) as mean from (
        select date_trunc('month', b.month::timestamp)::date as month, b.cost_centre_id, sum(b.amount) as amount
        from erp.budget b group by 1, 2) x
      where x.cost_centre_id in (select cost_centre_id from erp.cost_centre where name like 'Sales%')
        and x.month >= $1 and x.month < $2 group by x.month`,
    sets: ranges,
    key: ['month'],
    period: 'day',
  },
  {
    question: 'a WITH, and an optional filter',
    sql: `with paid as (select invoice_id, sum(amount) as amount from erp.receipt group by invoice_id)
      select count(*) as invoices, sum(i.total_amount - coalesce(p.amount, 0)) as open, bool_or(p.amount is null) as unpaid
      from erp.ar_invoice i left join paid p on p.invoice_id = i.invoice_id
      where ($1::int is null or i.warehouse_id = $1::int) and i.due_date < $2`,
    sets: [
      { $1: 'null', $2: daysAgo(10) },
      { $1: '2', $2: daysAgo(100) },
      { $1: '77', $2: daysAgo(0) },
    ],
    key: ['warehouse_id', 'due_date'],
    period: 'day',
  },
  {
    question: 'two levels of time: a year of quarters',
    sql: `select date_trunc('quarter', i.invoice_date::timestamp) as quarter, to_char(i.invoice_date, 'YYYY') as year,
      sum(i.total_amount) as amount from erp.ar_invoice i
      where i.invoice_date >= date_trunc('year', $1::timestamp) and i.invoice_date < $2 group by 1, 2 order by 1`,
    sets: ranges,
    key: ['invoice_date'],
    period: 'day',
  },
];

describe.each(testServers())('$label', (testServer) => {
  let erp: Erp;
  beforeAll(async () => {
    erp = await openErp(testServer);
    // Rows without a partner, NULLs and duplicates, which the demo's tidy documents lack.
    await erp.admin.query(`
      alter table erp.receipt alter column method drop not null;
      update erp.receipt set method = null where receipt_id % 7 = 0;
      insert into erp.receipt (invoice_id, received_on, method, amount)
        select invoice_id, received_on, method, amount from erp.receipt where receipt_id % 5 = 0;
      delete from erp.receipt where receipt_id % 11 = 0`);
  });
  afterAll(() => erp?.close());

  const deriveFrom = (text: string, known: Values = {}) =>
    erp.server.withReadonly((session) =>
      session.snapshot((sql) =>
        derive({
          text,
          known: new Map(Object.entries(known).map(([name, literal]) => [Number(name.slice(1)), literal])),
          stableName,
          describe: describeWith(sql),
        }),
      ),
    );
  const derived = async (text: string, known?: Values): Promise<Derived> => {
    const derivation = await deriveFrom(text, known);
    if (derivation.outcome === 'derived') return derivation;
    throw new Error(`not derivable: ${derivation.construct}: ${derivation.why}`);
  };
  const proofs = (
    input: Omit<ProveInput, 'session' | 'stableName' | 'timeoutMs'>,
    timeoutMs = 30_000,
  ): Promise<ComparisonOutcome[]> =>
    erp.server.withReadonly((session) => prove({ ...input, session, stableName, timeoutMs }));

  test.each(questions)('$question: derived, and equal on three parameter sets', async ({ sql, sets, key, period }) => {
    const model = await derived(sql);
    expect(model).toMatchObject({ shape: 'free', frozenParameters: [], keyColumns: key });
    expect(model.period?.grain).toBe(period);
    const shown = await proofs({ originalSql: sql, ...model, parameterSets: sets });
    expect(shown).toEqual(sets.map(() => expect.objectContaining({ result: 'equal', tiesAtLimit: false })));
    expect(shown[0]?.result === 'equal' && shown[0].rows).toBeGreaterThan(0);
  });

  test.each(demoWidgets.filter(({ kind }) => kind === 'executive'))(
    'the widget $widgetId, as pg_stat_statements and one sample know it',
    async ({ liveSql }) => {
      const text = await erp.normalized(liveSql);
      const values = await erp.restored(text, [liveSql], async (_, prepared) => prepared.values);
      const known = Object.fromEntries(values.map(({ name, literal }) => [name, literal]));
      const model = await derived(text, known);
      expect(await proofs({ originalSql: text, ...model, parameterSets: [known] })).toMatchObject([
        { result: 'equal' },
      ]);
      expect(model.definitionSql).not.toMatch(/current_date|\$/i);
    },
  );

  test.each(demoWidgets.filter(({ readModel }) => readModel !== null))(
    'the read model that ships with $widgetId answers as the live query does, with its age first',
    async ({ liveSql, readModel }) => {
      const { definitionSql = '', readerSql = '', name = '' } = readModel ?? {};
      const shown = await erp.server.withReadonly((session) =>
        prove({
          session,
          originalSql: liveSql,
          definitionSql,
          rewrittenSql: readerSql,
          stableName: { schema: 'reporting', name },
          parameterSets: [{}],
          timeoutMs: 30_000,
        }),
      );
      expect(shown).toMatchObject([{ result: 'equal', rows: expect.any(Number) }]);
    },
  );

  test('a rewriting that is wrong is shown with the first rows that differ', async () => {
    const sql = `select region_id, count(*) as n from erp.customer where segment_id = $1 group by region_id`;
    const model = await derived(sql);
    const rewrittenSql = model.rewrittenSql.replace(/WHERE .* GROUP/, 'GROUP');
    const [proof] = await proofs({ originalSql: sql, ...model, rewrittenSql, parameterSets: [{ $1: '1' }] });
    expect(proof).toMatchObject({ result: 'different', why: expect.stringMatching(/returns? \d+ rows/) });
    expect(proof?.result === 'different' && proof.rows[0]?.row).toMatch(/^\(\d,\d+\)$/);
  });

  test('a column of another type is a difference', async () => {
    const sql = `select count(*) as n from erp.customer where segment_id = $1`;
    const model = await derived(sql);
    const rewrittenSql = model.rewrittenSql.replace('AS bigint', 'AS int');
    expect(await proofs({ originalSql: sql, ...model, rewrittenSql, parameterSets: [{ $1: '1' }] })).toMatchObject([
      { result: 'different', why: 'The columns differ: n bigint and n integer.', columns: [] },
    ]);
  });

  test('rows that tie at the LIMIT are no difference', async () => {
    const sql = `select customer_no, count(*) as n from erp.customer where region_id = $1 group by customer_no
      order by n limit 3`;
    const model = await derived(sql);
    const rewrittenSql = model.rewrittenSql.replace('ORDER BY n', 'ORDER BY n, m.customer_no desc');
    expect(await proofs({ originalSql: sql, ...model, rewrittenSql, parameterSets: [{ $1: '1' }] })).toMatchObject([
      { result: 'equal', rows: 3, tiesAtLimit: true },
    ]);
  });

  test.each([
    ['order by n, customer_no limit 3', 'the other way round', 'n DESC'],
    ['order by customer_no limit 3', 'by something else', 'n'],
    ['order by count(*) desc, customer_no limit 3', 'by less', 'n DESC'],
  ])('%s: sorted %s, other rows are no ties', async (ordered, _, by) => {
    const sql = `select customer_no, count(*) as n from erp.customer where region_id = $1 group by customer_no
      ${ordered}`;
    const model = await derived(sql);
    const rewrittenSql = model.rewrittenSql.replace(/ORDER BY .*? LIMIT/s, `ORDER BY ${by}, 1 DESC LIMIT`);
    expect(rewrittenSql).not.toBe(model.rewrittenSql);
    const [same] = await proofs({ originalSql: sql, ...model, parameterSets: [{ $1: '1' }] });
    expect(same).toMatchObject({ result: 'equal', rows: 3 });
    const [proof] = await proofs({ originalSql: sql, ...model, rewrittenSql, parameterSets: [{ $1: '1' }] });
    expect(proof).toMatchObject({ result: 'different', why: 'Both return 3 rows, and they are not the same.' });
  });

  test('a proof that takes too long ends, and what is no literal is not sent', async () => {
    const sql = `select count(*) as n from erp.ar_invoice_line a cross join erp.ar_invoice_line b
      where a.quantity = $1 and a.unit_price + b.unit_price > 0`;
    const model = await derived(sql);
    expect(await proofs({ originalSql: sql, ...model, parameterSets: [{ $1: '1' }] }, 50)).toEqual([
      { result: 'timed_out', timeoutMs: 50 },
    ]);
    const injected = proofs({ originalSql: sql, ...model, parameterSets: [{ $1: '1 or pg_sleep(9) is null' }] });
    expect(await failureOf(injected)).toMatchObject({ code: 'invalid_input' });
    expect(await failureOf(proofs({ originalSql: sql, ...model, parameterSets: [{}] }))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('no value for $1'),
    });
  });
});
