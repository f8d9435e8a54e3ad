import { once } from 'node:events';
import { mkdtemp, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { startEmbeddedServer, type EmbeddedServer } from '../../../resources/demo-erp/embedded-server.ts';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';

const columns = 100;
/** Statement number `n` of at most 10,000: which two columns it reads makes it another one. */
const statement = (n: number): string => `select c${Math.floor(n / columns)}, c${n % columns} from wide`;

export interface StatementsServer {
  readonly server: EmbeddedServer;
  readonly settings: ConnectionSettings;
  readonly admin: pg.Client;
  /** Runs statements `from` to `from + count - 1` once each, without the padding: the entries are the same. */
  run(from: number, count: number): Promise<void>;
  stop(): Promise<void>;
}

/** A server of its own whose statistics hold `entries` statements with texts of `textBytes` each. */
export async function startStatementsServer(entries: number, textBytes: number): Promise<StatementsServer> {
  const dir = await mkdtemp(join(tmpdir(), 'daybreak-bench-server-'));
  await chmod(dir, 0o711); // the server runs as another user when the bench runs as root
  const server = await startEmbeddedServer({
    dir,
    ephemeral: true,
    settings: { 'pg_stat_statements.max': String(entries + 1_000), fsync: 'off', shared_buffers: '64MB' },
  });
  const { host, port, user, password } = server;
  const admin = new pg.Client({ host, port, user, password, database: 'postgres' });
  await admin.connect();
  await admin.query('create extension if not exists pg_stat_statements');
  const names = Array.from({ length: columns }, (_, at) => `c${at} int`);
  await admin.query(`create table wide (${names.join(', ')})`);
  const padding = 'x'.repeat(Math.max(0, textBytes - 60));
  for (let n = 0; n < entries; n += 1)
    await admin.query(`${statement(n)} where $1::text is not null -- ${padding}`, ['']);
  return {
    server,
    settings: {
      label: 'bench',
      environment: 'development',
      host,
      port,
      database: 'postgres',
      user,
      tlsMode: 'disable',
      tlsCaFile: null,
      passfile: null,
      cores: null,
      readModelSchema: 'reporting',
    },
    admin,
    async run(from, count) {
      for (let n = from; n < from + count; n += 1) {
        await admin.query(`${statement(n % entries)} where $1::text is not null`, ['']);
      }
    },
    async stop() {
      const ended = once(admin, 'end');
      await admin.end();
      await ended;
      await server.stop();
    },
  };
}

/** Time on a processor, ms, as the operating system counts it: all threads, user and system. */
export function processorMs(pid: number): number {
  // In nanoseconds, where /proc/<pid>/stat counts ticks of 10 ms. One line a thread.
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** Bytes that the process asked the system to read, from files as well as from sockets. */
export function bytesRead(pid: number): number {
  const line = readFileSync(`/proc/${pid}/io`, 'utf8').split('\n')[0] ?? '';
  return Number(line.replace('rchar: ', ''));
}
