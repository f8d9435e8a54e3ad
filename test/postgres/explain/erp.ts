import pg from 'pg';
import { prepareStatement, type Prepared } from '../../../electron/core/explain/plan-statement.ts';
import { fingerprint } from '../../../electron/core/history/fingerprint.ts';
import type { StoredStatement } from '../../../electron/core/history/history.ts';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server, Sql } from '../../../electron/core/postgres/session.ts';
import { seedErp } from '../../../resources/demo-erp/seed/seed-erp.ts';
import { createTestDatabase, type TestDatabase, type TestServer } from '../../support/postgres.ts';
import { silent, systemClock } from '../read-model/tools.ts';

/** The demo ERP, small, in a database of a test server, opened by Daybreak as its superuser. */
export interface Erp {
  readonly database: TestDatabase;
  readonly server: Server;
  readonly admin: pg.Client;
  /** Runs the statement and answers the text under which pg_stat_statements keeps it. */
  normalized(sql: string, values?: unknown[]): Promise<string>;
  statement(text: string, more?: Partial<StoredStatement>): StoredStatement;
  /** Restores and works on the result in the transaction that found it. */
  restored<T>(
    text: string,
    samples: readonly string[],
    work: (sql: Sql, prepared: Prepared) => Promise<T>,
    values?: Record<string, string>,
  ): Promise<T>;
  close(): Promise<void>;
}

export async function openErp(testServer: TestServer, scale = 0.004): Promise<Erp> {
  const database = await createTestDatabase(testServer);
  const { host, port, user, database: name } = database.settings;
  await seedErp({ connection: { host, port, user, password: database.password, database: name }, scale });
  const admin = new pg.Client({ connectionString: database.url, application_name: 'erp' });
  await admin.connect();
  const server = await openServer({
    serverId: 'erp',
    settings: database.settings,
    password: database.password,
    clock: systemClock,
    logger: silent,
  });
  const statement = (text: string, more: Partial<StoredStatement> = {}): StoredStatement => ({
    statementId: '1',
    key: null,
    databaseName: name,
    roleName: user,
    text,
    fingerprint: fingerprint(text),
    ...more,
  });
  return {
    database,
    server,
    admin,
    statement,
    normalized: async (sql, values) => {
      // Other test files count their own statements on the same server.
      await admin.query(
        'select pg_stat_statements_reset(0, (select oid from pg_database where datname = current_database()), 0)',
      );
      await admin.query(sql, values);
      const { rows } = await admin.query<{ query: string }>(
        `select query from pg_stat_statements s join pg_database d on d.oid = s.dbid
        where datname = current_database() and query not like '%pg_stat_statements%' and query not in ('begin', 'rollback')`,
      );
      const [row] = rows;
      if (row === undefined || rows.length > 1) throw new Error(`${rows.length} statements were kept of ${sql}`);
      return row.query;
    },
    restored: (text, samples, work, values = {}) =>
      server.withExplain((session) =>
        session.rolledBack('read only', async (sql) =>
          work(sql, await prepareStatement(sql, statement(text), samples, server.facts.versionNumber, { values })),
        ),
      ),
    close: async () => {
      await server.close();
      await admin.end();
      await database.drop();
    },
  };
}
