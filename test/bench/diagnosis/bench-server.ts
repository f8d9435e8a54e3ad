import { execFile } from 'node:child_process';
import { mkdtemp, chmod } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { DemoConnection } from '../../../resources/demo-erp/connection.ts';
import { openDemoErp, removeDemoErp, type DemoErp } from '../../../resources/demo-erp/open-demo.ts';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { asItIs, keepAwake } from '../support/keep-awake.ts';
import { familyMs } from '../support/processor-time.ts';

export type Settings = Readonly<Record<string, string>>;

/** The ERP as one run sees it: a copy of its own, on a server with the settings that the scenario asks for. */
export interface RunDatabase {
  readonly name: string;
  readonly admin: DemoConnection;
  readonly erp: DemoConnection;
  readonly dashboards: DemoConnection;
  /** How the sampler connects: the rights that the README asks for and no more. */
  readonly settings: ConnectionSettings;
  readonly password: string;
  drop(): Promise<void>;
}

export interface BenchServer {
  /** e.g. '18.4'. */
  readonly version: string;
  /** A fresh copy of the seeded ERP; the server is restarted when it runs with other settings. */
  database(settings: Settings): Promise<RunDatabase>;
  /** Processor time that the server has used since it started, ms; null where the system does not tell. */
  cpuMs(): Promise<number | null>;
  /** Processor time of what keeps the processors awake, ms: nobody's work. */
  awakeCpuMs(): Promise<number>;
  stop(): Promise<void>;
}

const debianBinDir = '/usr/lib/postgresql/15/bin';

/**
 * A server of the bench's own with a seeded ERP. Durability stays on, as an ERP has it. `scale` 0.25 is 150,000
 * invoices with 450,000 lines (12 s to load, copied in under a second for every run).
 */
export async function openBenchServer(options: {
  readonly major: 15 | 18;
  readonly scale: number;
  /** Keeps the processors from sleeping, so that latencies can be compared. */
  readonly awake?: boolean;
  readonly onProgress?: (text: string) => void;
}): Promise<BenchServer> {
  const { major, scale, onProgress } = options;
  const awake = options.awake === true ? await keepAwake() : asItIs;
  const dir = await mkdtemp(join(tmpdir(), `daybreak-bench-pg${major}-`));
  await chmod(dir, 0o711); // the server runs as another user when the bench runs as root
  let current: { readonly demo: DemoErp; readonly key: string } | null = null;
  let runs = 0;

  const open = async (settings: Settings): Promise<DemoErp> => {
    const key = JSON.stringify(settings);
    if (current?.key === key) return current.demo;
    await current?.demo.stop();
    current = null;
    const demo = await openDemoErp({
      dir,
      scale,
      serverSettings: { ...common, ...settings },
      ...(major === 15 ? { binaries: { binDir: debianBinDir, major } } : {}),
      onProgress: ({ text }) => onProgress?.(text),
    });
    current = { demo, key };
    return demo;
  };

  const stop = async () => {
    awake.stop();
    await current?.demo.stop();
    current = null;
    await removeDemoErp(dir);
  };
  try {
    const first = await open({});
    const [row] = await query<{ server_version: string }>(first.adminConnection, 'show server_version');
    return {
      version: row?.server_version ?? String(major),
      database: async (settings) => copyOf(await open(settings), `run_${(runs += 1)}`),
      cpuMs: () => (current === null ? Promise.resolve(null) : familyMs(current.demo.server.pid)),
      awakeCpuMs: () => awake.cpuMs(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The runs are a minute long, so what a server does every few minutes must not fall into one of them by chance and into
 * its pair not: checkpoints come when asked for, before each run, and autovacuum never (it took a table in S12). What a
 * checkpoint leaves behind must not either: whole pages at their first change made a save write 7.9 kB of the log in the
 * first seconds and 3.4 kB a minute later, and segments that are used again need not be filled first. fsync and
 * synchronous_commit stay on. Users and workers grow with the machine.
 */
const cores = availableParallelism();
const common: Settings = {
  checkpoint_timeout: '1h',
  max_wal_size: '8GB',
  min_wal_size: '2GB',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: String(100 + 20 * cores),
  max_parallel_workers: String(8 + 4 * cores),
  max_worker_processes: String(16 + 4 * cores),
};

async function copyOf(demo: DemoErp, name: string): Promise<RunDatabase> {
  const { adminConnection, appConnection, dashboardsConnection, settings, password } = demo;
  await query({ ...adminConnection, database: 'postgres' }, `create database ${name} template erp strategy file_copy`);
  const admin = { ...adminConnection, database: name };
  await query(admin, 'checkpoint');
  await flushDisks();
  await query(admin, 'select pg_stat_statements_reset()');
  return {
    name,
    admin,
    erp: { ...appConnection, database: name },
    dashboards: { ...dashboardsConnection, database: name },
    settings: { ...settings, label: name, database: name },
    password,
    drop: async () => {
      await query({ ...adminConnection, database: 'postgres' }, `drop database if exists ${name} with (force)`);
    },
  };
}

/**
 * What the seed and the copies left in the system's cache is written some time, and every COMMIT then waits behind it:
 * the first run after a seed had a quiet stretch of 20 ms a save, and 5 ms half a minute later.
 */
async function flushDisks(): Promise<void> {
  await new Promise<void>((resolve) => {
    // Where there is no `sync`, the runs are as noisy as they are.
    execFile('sync', () => resolve());
  });
}

/** One statement on a connection of its own. */
export async function query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
  connection: DemoConnection,
  sql: string,
): Promise<Row[]> {
  const client = new pg.Client({ ...connection, application_name: 'daybreak-bench' });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
