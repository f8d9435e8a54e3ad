import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestDatabase, testServers, type TestDatabase } from '../../support/postgres.ts';

describe.each(testServers())('$label', (server) => {
  const databases: TestDatabase[] = [];
  afterAll(async () => {
    for (const database of databases) await database.drop();
  });

  const query = async <R extends object>(database: TestDatabase, sql: string): Promise<R[]> => {
    const client = new pg.Client(database.url);
    await client.connect();
    try {
      return (await client.query<R>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  test('a test database is of the promised version and counts statements', async () => {
    const database = await createTestDatabase(server);
    databases.push(database);
    const [row] = await query<{ version: number; preload: string; statements: string }>(
      database,
      `select current_setting('server_version_num')::int / 10000 as version,
              current_setting('shared_preload_libraries') as preload,
              (select count(*) from pg_stat_statements(false)) as statements`,
    );
    expect(row?.version).toBe(server.major);
    expect(row?.preload).toContain('pg_stat_statements');
    expect(Number(row?.statements)).toBeGreaterThan(0);
  });

  test('a test database can be copied from another as template', async () => {
    const original = await createTestDatabase(server, { statementStatistics: false });
    databases.push(original);
    await query(original, 'create table kept as select 7 as seven');
    const copy = await createTestDatabase(server, { template: original.settings.database, statementStatistics: false });
    databases.push(copy);
    expect(await query(copy, 'select seven from kept')).toEqual([{ seven: 7 }]);
    expect(await query(copy, `select extname from pg_extension where extname = 'pg_stat_statements'`)).toEqual([]);
  });
});
