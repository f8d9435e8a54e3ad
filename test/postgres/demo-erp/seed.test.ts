import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedErp } from '../../../resources/demo-erp/seed/seed-erp.ts';
import { demoWidgets } from '../../../resources/demo-erp/widgets/widgets.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

const scale = 0.01;

describe.each(testServers())('$label', (server) => {
  let database: TestDatabase;
  let client: pg.Client;
  const connectionTo = ({ settings: { host, port, user, database: name }, password }: TestDatabase) => ({
    host,
    port,
    user,
    password,
    database: name,
  });
  const rows = async (sql: string, values: unknown[] = []): Promise<unknown[][]> =>
    (await client.query<unknown[]>({ text: sql, values, rowMode: 'array' })).rows;
  /** Digest of every row of every table, however they lie on disk. */
  const digest = async () => {
    const tables = await rows(
      `select relname from pg_class where relnamespace = 'erp'::regnamespace and relkind = 'r' order by 1`,
    );
    const digests: string[] = [];
    for (const [table] of tables) {
      // Documents' own ids depend on which connection was faster; they are compared without them.
      const row = `(to_jsonb(t) - array['entry_id', 'movement_id', 'receipt_id'])::text`;
      const [one] = await rows(
        `select count(*) || ' ' || coalesce(sum(hashtextextended(${row}, 0)::numeric), 0) from erp.${String(table)} t`,
      );
      digests.push(`${String(table)} ${String(one?.[0])}`);
    }
    return digests;
  };

  beforeAll(async () => {
    database = await createTestDatabase(server);
    client = new pg.Client(database.url);
    await client.connect();
    await seedErp({ connection: connectionTo(database), scale });
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  test('scale 0.01 is 6,000 invoices with three lines on average over a year that ends today', async () => {
    expect(
      await rows(`select (select count(*) from erp.ar_invoice)::int, (select count(*) from erp.ar_invoice_line)::int,
        (select max(invoice_date) = current_date and min(invoice_date) >= current_date - 364 from erp.ar_invoice),
        (select count(distinct date_trunc('month', invoice_date)) >= 12 from erp.ar_invoice)`),
    ).toEqual([[6000, 18_000, true, true]]);
  });

  test('the books are right: totals are sums of lines, the ledger balances, stock is the sum of its movements', async () => {
    expect(
      await rows(`select i.invoice_id from erp.ar_invoice i join erp.ar_invoice_line l using (invoice_id)
        group by i.invoice_id, i.total_amount having sum(l.line_amount) <> i.total_amount`),
    ).toEqual([]);
    expect(
      await rows(`select document_no from erp.gl_entry where document_no like 'INV%'
        group by document_no having sum(debit) <> sum(credit) or count(*) <> 2`),
    ).toEqual([]);
    expect(
      await rows(`select s.item_id from erp.stock s full join
        (select item_id, warehouse_id, sum(quantity) as moved from erp.stock_movement group by 1, 2) m
        using (item_id, warehouse_id) where s.on_hand is distinct from m.moved`),
    ).toEqual([]);
    expect(await rows('select count(*)::int from erp.receipt where received_on > current_date')).toEqual([[0]]);
  });

  test('business looks like business: quiet weekends, a few customers make most of the sales, every widget has rows', async () => {
    const [[weekend, top]] = (await rows(`select
      (select avg((extract(isodow from invoice_date) > 5)::int) from erp.ar_invoice)::float8,
      (select sum(amount) filter (where place <= 0.2) / sum(amount) from (
         select sum(total_amount) as amount, percent_rank() over (order by sum(total_amount) desc) as place
         from erp.ar_invoice group by customer_id) c)::float8`)) as [[number, number]];
    expect(weekend).toBeLessThan(0.06);
    expect(top).toBeGreaterThan(0.5);
    for (const { liveSql, widgetId } of demoWidgets) {
      expect((await rows(liveSql)).length, widgetId).toBeGreaterThan(0);
    }
  });

  test('every read model answers what its live query answers, in the same order, as of first', async () => {
    await client.query('create schema reporting');
    for (const { widgetId, liveSql, readModel } of demoWidgets) {
      if (readModel === null) continue;
      const { name, definitionSql, keyColumns, readerSql } = readModel;
      await client.query(`create materialized view reporting.${name}_v1_a as ${definitionSql}`);
      await client.query(`create unique index on reporting.${name}_v1_a (${keyColumns.join(', ')})`);
      await client.query(`create view reporting.${name} as select now() as as_of, m.* from reporting.${name}_v1_a m`);
      const live = await client.query({ text: liveSql, rowMode: 'array' });
      const read = await client.query({ text: readerSql, rowMode: 'array' });
      const [first, ...columns] = read.fields.map((field) => field.name);
      expect(first, widgetId).toBe('as_of');
      expect(columns, widgetId).toEqual(live.fields.map((field) => field.name));
      expect(
        read.fields.slice(1).map((field) => field.dataTypeID),
        widgetId,
      ).toEqual(live.fields.map((field) => field.dataTypeID));
      const withoutAsOf = read.rows.map((row: unknown[]) => row.slice(1));
      expect(withoutAsOf, widgetId).toEqual(live.rows);
      const nulls = keyColumns.map((column) => `${column} is null`).join(' or ');
      expect(await rows(`select 1 from reporting.${name} where ${nulls}`), widgetId).toEqual([]);
    }
    await client.query('drop schema reporting cascade');
  });

  test('operational widgets find their rows through an index', async () => {
    await client.query('set enable_seqscan = off'); // tables this small would be scanned; ask whether an index serves
    const indexOf = {
      'open-approvals': /purchase_approval_waiting/,
      'todays-receipts': /receipt_received_on/,
      'low-stock': /on stock s/,
    };
    for (const { widgetId, liveSql, kind } of demoWidgets) {
      if (kind !== 'operational') continue;
      const plan = (await rows(`explain ${liveSql}`)).join('\n');
      expect(plan, widgetId).toMatch(indexOf[widgetId as keyof typeof indexOf]);
      expect(plan, widgetId).not.toMatch(/Seq Scan on (purchase_approval|receipt|stock) /);
    }
    await client.query('reset enable_seqscan');
  });

  test('the same seed on the same day loads the same rows, over whatever an unfinished load left', async () => {
    const before = await digest();
    const second = await createTestDatabase(server);
    const abort = new AbortController();
    const cut = seedErp({
      connection: connectionTo(second),
      scale: 0.05,
      signal: abort.signal,
      onProgress: ({ fraction }) => fraction > 0.2 && abort.abort(),
    });
    await expect(cut).rejects.toMatchObject({ value: { code: 'cancelled' } });
    const progress: number[] = [];
    await seedErp({
      connection: connectionTo(second),
      scale,
      onProgress: ({ fraction }) => progress.push(fraction),
    });
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    await client.end();
    client = new pg.Client(second.url);
    await client.connect();
    const after = await digest();
    const marker = await rows('select scale from demo.seeded');
    await client.end();
    await second.drop();
    client = new pg.Client(database.url);
    await client.connect();
    expect(after).toEqual(before);
    expect(marker).toEqual([[scale]]);
  });
});
