import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { TestServer } from './postgres-servers.ts';

export type { TestServer } from './postgres-servers.ts';

/** The servers of this run: `describe.each(testServers())('$label', (server) => ...)`. */
export const testServers = (): readonly TestServer[] => inject('postgresServers');

/** A database of one test file's own, with the server's superuser. */
export interface TestDatabase {
  readonly settings: ConnectionSettings;
  readonly password: string;
  readonly url: string;
  /** Disconnects everybody and removes it. */
  drop(): Promise<void>;
}

/** Makes an empty database, or a copy of `template`, with the extension pg_stat_statements unless told otherwise. */
export async function createTestDatabase(
  server: TestServer,
  options: { readonly template?: string; readonly statementStatistics?: boolean } = {},
): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = options.template ?? 'template0';
  await administer(server, 'postgres', `create database ${name} template ${pg.escapeIdentifier(template)}`);
  if (options.statementStatistics ?? true) {
    await administer(server, name, 'create extension if not exists pg_stat_statements');
  }
  const { host, port, user, password } = server;
  return {
    settings: {
      label: `${server.label} ${name}`,
      environment: 'development',
      host,
      port,
      database: name,
      user,
      tlsMode: 'disable',
      tlsCaFile: null,
      passfile: null,
      cores: 2,
      readModelSchema: 'reporting',
    },
    password,
    url: `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${name}`,
    drop: async () => {
      // The server keeps 5,000 statements: those of databases that are gone would push out what a test looks for.
      const forget = `select pg_stat_statements_reset(0, oid, 0) from pg_database where datname = '${name}'`;
      await administer(server, 'postgres', forget, `drop database if exists ${name} with (force)`);
    },
  };
}

async function administer(server: TestServer, database: string, ...statements: readonly string[]): Promise<void> {
  const { host, port, user, password } = server;
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}
