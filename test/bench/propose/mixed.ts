import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openServer } from '../../../electron/core/postgres/connect.ts';
import type { Server } from '../../../electron/core/postgres/session.ts';
import { startEmbeddedServer } from '../../../resources/demo-erp/embedded-server.ts';
import { seedErp } from '../../../resources/demo-erp/seed/seed-erp.ts';
import { silent, systemClock } from '../../postgres/read-model/tools.ts';
import { dataSql, smallVolumes } from '../../support/ch-benchmark/data.ts';
import { schemaSql } from '../../support/ch-benchmark/schema.ts';

/** A server with TPC-C's tables and the demo ERP in one database, opened by Daybreak. */
export interface Mixed {
  readonly version: string;
  readonly server: Server;
  readonly admin: pg.Client;
  stop(): Promise<void>;
}

export async function openMixed(options: { readonly major: 15 | 18; readonly volume: number }): Promise<Mixed> {
  const dir = await mkdtemp(join(tmpdir(), `daybreak-bench-propose-pg${options.major}-`));
  await chmod(dir, 0o711); // the server runs as another user when the bench runs as root
  const running = await startEmbeddedServer({
    dir,
    ephemeral: true,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
    ...(options.major === 15 ? { binaries: { binDir: '/usr/lib/postgresql/15/bin', major: 15 } } : {}),
  });
  const { host, port, user, password } = running;
  const database = 'postgres';
  const admin = new pg.Client({ host, port, user, password, database, application_name: 'erp' });
  await admin.connect();
  await admin.query('create extension pg_stat_statements');
  await admin.query(schemaSql);
  await admin.query(dataSql({ ...smallVolumes, customers: smallVolumes.customers * options.volume }));
  await seedErp({ connection: { host, port, user, password, database }, scale: 0.004 * options.volume });
  await admin.query('analyze');
  const server = await openServer({
    serverId: 'bench',
    settings: {
      label: 'bench',
      environment: 'development',
      host,
      port,
      database,
      user,
      tlsMode: 'disable',
      tlsCaFile: null,
      passfile: null,
      cores: null,
      readModelSchema: 'reporting',
    },
    password,
    clock: systemClock,
    logger: silent,
  });
  const { rows } = await admin.query<{ server_version: string }>('show server_version');
  return {
    version: rows[0]?.server_version ?? '',
    server,
    admin,
    async stop() {
      await server.close();
      await admin.end();
      await running.stop();
    },
  };
}
