import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerGrouped } from '../../../electron/core/dashboards/offline/aggregate-rows.ts';
import { averageText } from '../../../electron/core/dashboards/offline/quotient.ts';
import { rowsQuery } from '../../../electron/core/dashboards/offline/rows-query.ts';
import type { ModelRows } from '../../../electron/core/history/model-rows.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

/** What is computed out of saved rows is, cell by cell, what the server prints. */
describe.each(testServers())('grouped without the database, $label', (testServer) => {
  let database: TestDatabase;
  let client: pg.Client;
  let model: ModelRows;

  const asText = async (sql: string): Promise<(string | null)[][]> => {
    const { rows } = await client.query<(string | null)[]>({ text: sql, rowMode: 'array' });
    return rows;
  };

  beforeAll(async () => {
    database = await createTestDatabase(testServer);
    client = new pg.Client({
      connectionString: database.url,
      types: { getTypeParser: () => (value: unknown) => value } as never,
    });
    await client.connect();
    await client.query(`
      create schema reporting;
      create table reporting.sales (region text, month date, at timestamp, pieces integer, big bigint, amount numeric, rate numeric(9, 4));
      insert into reporting.sales
        select (array['nord', 'Süd', 'Ost', 'ost', null])[1 + n % 5], date '2025-11-01' + (n % 13) * 31,
          timestamp '2025-11-01' + n * interval '7 hours 0.25 seconds',
          nullif(n % 17, 3) - 8, n::bigint * 900000000000 - 7, round((n * 7919 % 100003)::numeric / 77 - 400, n % 5),
          case when n % 11 > 0 then n::numeric / 37 end
        from generate_series(1, 700) n`);
    const columns = await client.query<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, null) as type from pg_attribute
       where attrelid = 'reporting.sales'::regclass and attnum > 0 order by attnum`,
    );
    const rows = await asText(`select *, dense_rank() over (order by region) from reporting.sales`);
    model = {
      readModel: 'sales',
      modelVersion: 1,
      asOf: null,
      columns: columns.rows,
      rows: rows.map((row) => row.slice(0, -1)),
      ranks: { region: rows.map((row) => Number(row.at(-1))) },
    };
  });

  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  test.each([
    'select region, sum(amount), sum(pieces), sum(big), sum(rate) from reporting.sales group by region order by region',
    'select region, avg(amount), avg(pieces), avg(big), avg(rate) from reporting.sales group by region order by region desc',
    'select month, count(*), count(rate) as rated, min(amount), max(big) from reporting.sales group by month order by 1',
    'select region as area, month, sum(amount) as total from reporting.sales group by 1, 2 order by total desc nulls last, 1, 2 limit 9',
    'select sum(amount), avg(rate), min(month), max(at), min(pieces) from reporting.sales',
    'select month, sum(big)::bigint as big, count(*)::bigint from reporting.sales group by month order by sum(big) desc, month limit 5',
    'select region from reporting.sales group by region order by region nulls first',
  ])('%s', async (sql) => {
    const found = await rowsQuery(sql);
    if (!found.ok || found.query.kind !== 'grouped') throw new Error(`${sql} was not read as a grouping query`);
    const answer = answerGrouped(found.query, model, []);
    expect(answer.ok ? answer.table.rows : answer.reason).toEqual(await asText(sql));
  });

  test('averages have the digits of the server, whatever their size', async () => {
    const sums = [
      '0',
      '1',
      '-2',
      '0.5',
      '0.00001',
      '99999',
      '100000',
      '-123456789012.3456',
      '1e-30',
      '7',
      '12345678901234567890123',
    ];
    const pairs = sums.flatMap((sum) => [1, 3, 7, 999, 10_000, 12_345].map((count) => ({ sum, count })));
    const rows = await asText(
      `select (sum / count)::text from unnest(array[${pairs.map(({ sum }) => `${sum}::numeric`).join(', ')}],
         array[${pairs.map(({ count }) => `${count}::numeric`).join(', ')}]) with ordinality as t (sum, count, n) order by n`,
    );
    expect(pairs.map(({ sum, count }) => averageText(sum, count))).toEqual(rows.map(([text]) => text));
  });
});
