import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { boundDefinition } from '../../../electron/core/read-model/period/bound-definition.ts';
import { getReadModel, listReadModels } from '../../../electron/core/read-model/registry/read-models.ts';
import type { Period } from '../../../shared/model/period.ts';
import type { Proposal } from '../../../shared/model/read-model.ts';
import { testServers } from '../../support/postgres.ts';
import { failureOf, openShop, systemClock } from './fixture.ts';

const monthly = `select date_trunc('month', invoiced_at at time zone 'Europe/Berlin')::date as month, region,
  coalesce(category, 'none') as category, sum(amount) as amount, count(*) as invoices
from erp.invoice group by 1, 2, 3`;
const period: Period = { column: 'month', grain: 'month', timeZone: 'Europe/Berlin', openPeriods: 2 };
const cut = { keyColumns: ['month', 'region', 'category'], period } satisfies Partial<Proposal>;

/** One an hour up to now: three months at least are closed. */
const rows = 4000;
/** A moment well within a month that has been closed for a month at least. */
const closed = `date_trunc('month', now()) - interval '75 days'`;

describe.each(testServers())('$label', (testServer) => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    shop = await openShop(testServer, { rows });
    await shop.sql('create index on erp.invoice (invoiced_at)');
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    await shop.sql(`do $$ begin
      drop schema if exists reporting cascade; drop schema if exists daybreak cascade; end $$`);
    await shop.sql('truncate erp.invoice');
    await shop.sql(`insert into erp.invoice
      select n, 'region ' || n % 5, 'category ' || n % 3, now() - (${rows} - n) * interval '1 hour', n * 1.01
      from generate_series(1, ${rows}) n`);
  });

  const model = () => getReadModel(shop.server, 'sales', systemClock);
  /** Rows that are in one of both and not in the other, duplicates counted. */
  const differing = async (definition = monthly, columns = 'month, region, category, amount, invoices') =>
    shop.sql(`(select ${columns} from (${definition}) d except all select ${columns} from reporting.sales)
      union all (select ${columns} from reporting.sales except all select ${columns} from (${definition}) d)`);
  const written = (inserted: number, updated: number, deleted: number) =>
    expect.objectContaining({ rowsInserted: inserted, rowsUpdated: updated, rowsDeleted: deleted });
  /** The base table, held so that a refresh has to wait. */
  const lockInvoices = async () => {
    const client = await shop.connect(shop.daybreak);
    await shop.sql(`grant all on erp.invoice to ${shop.daybreak}`);
    await client.query('begin; lock table erp.invoice in access exclusive mode');
    return { release: () => client.query('commit') };
  };
  const waitingRefresh = async (): Promise<number> => {
    for (;;) {
      const [waiting] = await shop.sql<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
          and application_name like 'daybreak refresh%'`,
      );
      if (waiting !== undefined) return waiting.pid;
    }
  };

  test('its copy is a table, built and proved as any other, and dropped without a trace', async () => {
    const execution = await shop.build(monthly, cut);
    expect(execution.steps.find(({ outcome }) => outcome !== null)?.outcome).toMatch(/rows, equal to the definition$/);
    expect(await model()).toMatchObject({ drift: [], versions: [{ period, copies: [{ slot: 'a' }] }] });
    expect(await shop.sql(`select relkind from pg_class where relname = 'sales_v1_a'`)).toEqual([{ relkind: 'r' }]);
    expect(await differing()).toEqual([]);
    await shop.execute(await shop.planDrop('sales'));
    expect(await listReadModels(shop.server, systemClock)).toEqual([]);
    expect((await shop.left()).filter((name) => name.startsWith('reporting.'))).toEqual([]);
  });

  test('rows lie period by period, so that a refresh touches the pages of the dirty ones alone', async () => {
    const inOrder = async (copy: string) => {
      const found = await shop.sql<{ month: string }>(
        `select month::text as month from reporting.${copy} order by ctid`,
      );
      const months = found.map(({ month }) => month);
      expect(new Set(months).size).toBeGreaterThan(3);
      expect(months).toEqual(months.toSorted());
    };
    await shop.build(monthly, cut);
    await inOrder('sales_v1_a');
    await shop.refresh('sales', undefined, { mode: 'side_by_side' });
    await inOrder('sales_v1_b');
  });

  test('a proposal says what a refresh will leave out', async () => {
    const { warnings } = await shop.propose(monthly, cut);
    expect(warnings).toEqual([
      'A refresh recomputes the latest 2 of month, by month. What changes in an older one is seen once all periods are verified.',
    ]);
    const joined = monthly.replace(
      'from erp.invoice',
      'from erp.invoice join pg_catalog.pg_class c on c.oid = invoice_id::oid',
    );
    expect((await shop.propose(joined, cut)).warnings.join('\n')).toContain('hold without a date, is seen once all');
  });

  test('with nothing changed nothing is written but the age', async () => {
    await shop.build(monthly, cut);
    const before = await model();
    const versions = 'select xmin::text, month, region, category from reporting.sales_v1_a order by 2, 3, 4';
    const untouched = await shop.sql(versions);
    const run = await shop.refresh('sales');
    expect(run).toMatchObject({ state: 'done', mode: 'by_period', slot: 'a', cost: written(0, 0, 0) });
    expect(run.reason).toBe('only the open periods are recomputed, unnoticed by readers');
    expect(await shop.sql(versions)).toEqual(untouched);
    const after = await model();
    expect(Date.parse(after.freshness.asOf ?? '')).toBeGreaterThan(Date.parse(before.freshness.asOf ?? ''));
    expect(after.lastRun).toEqual({ ...run, startedAtMs: expect.any(Number), endedAtMs: expect.any(Number) });
  });

  test('inserts, updates and deletes of open periods come over, and each changed row is written once', async () => {
    await shop.build(monthly, cut);
    await shop.sql(`insert into erp.invoice values
      (900001, 'region 1', 'category 1', now() - interval '20 days', 10),
      (900002, 'region 1', 'category 1', now() - interval '20 days', 10),
      (900003, 'a new region', null, now(), 5), (900004, 'a region of the future', 'x', now() + interval '40 days', 5)`);
    await shop.sql(`delete from erp.invoice where region = 'region 2' and category = 'category 0'
      and date_trunc('month', invoiced_at at time zone 'Europe/Berlin')
        >= date_trunc('month', now() at time zone 'Europe/Berlin') - interval '1 month'`);
    const [expected] = await shop.sql<{ gone: number }>(
      `select count(*)::int as gone from reporting.sales s where region = 'region 2' and category = 'category 0'
        and not exists (select from (${monthly}) d where d.month = s.month and d.region = s.region and d.category = s.category)`,
    );
    expect(expected?.gone).toBeGreaterThan(0);
    const run = await shop.refresh('sales');
    expect(run).toMatchObject({ mode: 'by_period', cost: written(2, 1, expected?.gone ?? 0) });
    expect(await differing()).toEqual([]);
    const [counted] = await shop.sql<{ n: number }>('select count(*)::int as n from reporting.sales');
    expect(run.rows).toBe(counted?.n);
  });

  test('what changes in a closed period is found when all are verified, and nothing else is written', async () => {
    await shop.build(monthly, cut);
    await shop.sql(`insert into erp.invoice values (900001, 'region 1', 'category 1', ${closed}, 10),
      (900002, 'nowhere', null, ${closed}, 10)`);
    await shop.refresh('sales');
    expect(await differing()).toHaveLength(3);
    const run = await shop.refresh('sales', undefined, { periods: 'all' });
    expect(run).toMatchObject({ mode: 'by_period', cost: written(1, 1, 0) });
    expect(await differing()).toEqual([]);
  });

  test('what was open when the data was last read is dirty, however long nobody refreshed', async () => {
    await shop.build(monthly, cut);
    await shop.sql(`insert into erp.invoice values (900001, 'region 1', 'category 1', ${closed}, 10)`);
    await shop.sql(`update daybreak.copy set data_as_of = data_as_of - interval '75 days'`);
    expect((await shop.refresh('sales')).cost).toEqual(written(0, 1, 0));
    expect(await differing()).toEqual([]);
  });

  test('a day whose first hour comes twice is refreshed whole', async () => {
    const daily = `select (invoiced_at at time zone 'America/Havana')::date as day, count(*) as n
      from erp.invoice group by 1`;
    await shop.build(daily, {
      keyColumns: ['day'],
      period: { column: 'day', grain: 'day', timeZone: 'America/Havana', openPeriods: 1 },
    });
    // On 2 November 2025 clocks went from 01:00 back to 00:00; this is the first of both half past midnights.
    await shop.sql(`insert into erp.invoice values (900001, 'r', 'c', '2025-11-02 04:30Z', 1)`);
    await shop.sql(`insert into erp.invoice values (900002, 'r', 'c', '2025-11-02 03:30Z', 1)`);
    await shop.sql(`update daybreak.copy set data_as_of = '2025-11-02 18:00Z'`);
    await shop.refresh('sales');
    expect(await differing(daily, 'day, n')).toEqual([{ day: expect.any(Date), n: '1' }]);
    await shop.refresh('sales', undefined, { periods: 'all' });
    expect(await differing(daily, 'day, n')).toEqual([]);
  });

  test('the bound lets an index of the base table serve', async () => {
    const { proposal, columns } = await shop.propose(monthly, cut);
    const bounded = await boundDefinition(proposal.definitionSql, columns, period, '2026-10-01');
    await shop.sql('set enable_seqscan = off');
    const plan = await shop.sql<{ 'QUERY PLAN': string }>(`explain ${bounded}`);
    await shop.sql('reset enable_seqscan');
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toMatch(/Index Cond: \(invoiced_at >= '/);
  });

  test('a NULL in the key is refused, and the old rows stay', async () => {
    const nullable = monthly.replace(`coalesce(category, 'none')`, 'category');
    await shop.build(nullable, cut);
    await shop.sql(`insert into erp.invoice values (900001, 'region 1', null, now(), 10)`);
    const before = await model();
    const failure = await failureOf(shop.refresh('sales'));
    expect(failure).toMatchObject({ sqlstate: '23502', retryable: false });
    expect(failure.message).toContain('The refresh of sales failed, and its old rows are still served.');
    expect(failure.message).toContain('null value in column "category"');
    expect(failure.message).toMatch(/build a new version that wraps it in coalesce\(\), or leaves those rows out/);
    expect((await model()).freshness.asOf).toBe(before.freshness.asOf);
    expect(await shop.sql(`select from reporting.sales where category is null`)).toEqual([]);
  });

  test.each([
    ['that is there already', `now()`],
    ['that is new', `now() + interval '2 months'`],
  ])('a key %s and comes twice is refused', async (_, moment) => {
    const each = `select invoiced_at::date as day, region, amount from (
      select (invoiced_at at time zone 'UTC') as invoiced_at, region, amount from erp.invoice where invoice_id % 60 = 0 or invoice_id > 900000) i`;
    await shop.build(each, {
      keyColumns: ['day', 'region'],
      period: { column: 'day', grain: 'day', timeZone: 'UTC', openPeriods: 2 },
    });
    if (moment === 'now()') {
      await shop.sql(`insert into erp.invoice values (900001, 'once', 'c', ${moment}, 1)`);
      await shop.refresh('sales');
      await shop.sql(`insert into erp.invoice values (900002, 'once', 'c', ${moment}, 2)`);
    } else {
      await shop.sql(
        `insert into erp.invoice values (900001, 'twice', 'c', ${moment}, 1), (900002, 'twice', 'c', ${moment}, 2)`,
      );
    }
    expect(await failureOf(shop.refresh('sales'))).toMatchObject({ sqlstate: '23505' });
  });

  test('killed in the middle, it leaves whole old rows, and the next one puts it right', async () => {
    await shop.build(monthly, cut);
    const before = await shop.sql('select * from reporting.sales order by 2, 3, 4');
    await shop.sql(`update erp.invoice set amount = amount + 1`);
    // Deletes and inserts of the merge are done when it meets the row that somebody holds.
    const holder = await shop.connect(shop.daybreak);
    await holder.query(`begin; select from reporting.sales_v1_a order by month desc limit 1 for update`);
    const refresh = failureOf(shop.refresh('sales'));
    await shop.sql('select pg_terminate_backend($1)', [await waitingRefresh()]);
    expect((await refresh).code).toBe('connection_lost');
    await holder.query('commit');
    expect(await shop.sql('select * from reporting.sales order by 2, 3, 4')).toEqual(before);
    expect((await shop.refresh('sales', undefined, { periods: 'all' })).state).toBe('done');
    expect(await differing()).toEqual([]);
    expect(await shop.sql(`select state from daybreak.run order by started_at`)).toEqual([
      { state: 'abandoned' },
      { state: 'done' },
    ]);
  });

  test('a lock that is never granted ends it, and it says so', async () => {
    await shop.build(monthly, cut);
    const lock = await lockInvoices();
    const failure = await failureOf(shop.refresh('sales', undefined, { lockTimeoutMs: 200 }));
    await lock.release();
    expect(failure).toMatchObject({ sqlstate: '55P03', retryable: true });
    expect((await shop.refresh('sales')).state).toBe('done');
  });

  test('side by side, when asked for, makes a table anew and flips; afterwards it goes on by period', async () => {
    await shop.build(monthly, cut);
    await shop.sql(`insert into erp.invoice values (900001, 'region 1', 'category 1', ${closed}, 10)`);
    for (const slot of ['b', 'a']) {
      const run = await shop.refresh('sales', undefined, { mode: 'side_by_side' });
      expect(run).toMatchObject({ mode: 'side_by_side', slot, reason: 'side by side was asked for' });
      expect(run.cost).toEqual(written(run.rows ?? -1, 0, 0));
      expect(await differing()).toEqual([]);
    }
    expect(await shop.refresh('sales')).toMatchObject({ mode: 'by_period', slot: 'a', cost: written(0, 0, 0) });
    expect((await model()).drift).toEqual([]);
  });

  test('a base column that somebody altered is noticed before it is converted silently', async () => {
    await shop.build(monthly, cut);
    await shop.sql('alter table erp.invoice alter column amount type double precision');
    expect((await failureOf(shop.refresh('sales'))).message).toContain('amount (numeric) is double precision');
    await shop.sql('alter table erp.invoice alter column amount type numeric(12,2)');
    await shop.sql(
      `alter table erp.invoice alter column invoiced_at type timestamp using invoiced_at at time zone 'UTC'`,
    );
    const zoneless = await failureOf(shop.refresh('sales', undefined, { mode: 'side_by_side' }));
    await shop.sql(
      `alter table erp.invoice alter column invoiced_at type timestamptz using invoiced_at at time zone 'UTC'`,
    );
    expect(zoneless).toMatchObject({ code: 'statement_refused', detail: { construct: 'time zone' } });
    expect((await shop.refresh('sales')).state).toBe('done');
  });

  const hopeless: [code: string, sql: string, edits: Partial<Proposal>][] = [
    ['invalid_input', monthly, { period: { ...period, timeZone: 'Europe/Nowhere' } }],
    ['invalid_input', monthly, { keyColumns: ['region', 'category'] }],
    ['invalid_input', monthly, { period: { ...period, column: 'region' } }],
    ['statement_refused', monthly.replace(` at time zone 'Europe/Berlin'`, ''), {}],
    ['statement_refused', monthly.replace('from erp.invoice', 'from erp.invoice where invoiced_at < now()'), {}],
    ['statement_refused', `${monthly} limit 10`, {}],
  ];
  test.each(hopeless)('%s where no period can be refreshed: %s', async (code, sql, edits) => {
    expect((await failureOf(shop.propose(sql, { ...cut, ...edits }))).code).toBe(code);
  });

  test('a registry of the step before is read and refreshed, and a new version brings it up to date', async () => {
    const plain = `select region, count(*) as n from erp.invoice group by 1`;
    await shop.build(plain);
    await shop.sql(`do $$ begin
      alter table daybreak.read_model drop column refresh_mode;
      alter table daybreak.version drop column period;
      alter table daybreak.run drop column reason, drop column rows_inserted, drop column rows_updated,
        drop column rows_deleted, drop column wal_bytes, drop column temp_bytes;
      delete from daybreak.migration where migration = 2; end $$`);
    expect((await shop.refresh('sales')).state).toBe('done');
    expect((await model()).lastRun).toMatchObject({ state: 'done', reason: null, cost: null });
    await shop.build(`${plain} having count(*) > 0`);
    expect((await shop.refresh('sales')).state).toBe('done');
    expect((await model()).lastRun).toMatchObject({ state: 'done', cost: { rowsUpdated: 0 } });
  });
});
