import { existsSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedServer, type EmbeddedServer } from '../../resources/demo-erp/embedded-server.ts';

/** A real PostgreSQL server for the run, with its superuser. */
export interface TestServer {
  /** e.g. 'PostgreSQL 18 (bundled)'. */
  readonly label: string;
  readonly major: number;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    postgresServers: readonly TestServer[];
  }
}

const debianBinDir = '/usr/lib/postgresql/15/bin';

/** Tests lose nothing by a crash of the machine, so they need not wait for its disk. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
  max_connections: '200',
};

/** The servers that this machine can run. */
const installations = () => [
  { label: 'PostgreSQL 18 (bundled)', major: 18, binDir: null },
  ...(existsSync(join(debianBinDir, 'postgres'))
    ? [{ label: 'PostgreSQL 15 (Debian)', major: 15, binDir: debianBinDir }]
    : []),
];

async function startServer({ label, major, binDir }: ReturnType<typeof installations>[number]) {
  const dir = await mkdtemp(join(tmpdir(), `daybreak-test-pg${major}-`));
  await chmod(dir, 0o711); // the server runs as another user when the tests run as root
  const binaries = binDir === null ? {} : { binaries: { binDir, major } };
  const running = await startEmbeddedServer({ dir, settings, ephemeral: true, ...binaries });
  const { host, port, user, password } = running;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  // For those who take a database away, and what was counted of it.
  await client.query('create extension pg_stat_statements').finally(() => client.end());
  return { running, server: { label, major, host, port, user, password } satisfies TestServer };
}

/** Another server of the same version, for a test that poisons what all databases of a server share. */
export async function startServerLike({ major }: TestServer) {
  const installation = installations().find((one) => one.major === major);
  if (installation === undefined) throw new Error(`there is no PostgreSQL ${major} here`);
  return startServer(installation);
}

/** vitest's globalSetup: the bundled 18 always, Debian's 15 where it is installed; once for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running: EmbeddedServer[] = [];
  const stopAll = async () => void (await Promise.all(running.map((server) => server.stop())));
  try {
    const servers: TestServer[] = [];
    for (const installation of installations()) {
      const started = await startServer(installation);
      running.push(started.running);
      servers.push(started.server);
    }
    project.provide('postgresServers', servers);
  } catch (error) {
    await stopAll();
    throw error;
  }
  return stopAll;
}
