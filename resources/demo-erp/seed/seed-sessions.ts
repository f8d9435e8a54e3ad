import pg from 'pg';
import { Failure } from '../../../shared/model/failure.ts';
import type { DemoConnection } from '../connection.ts';

/** One connection of the load. */
export interface SeedSession {
  /** One after the other, each in a transaction of its own. */
  run(...statements: string[]): Promise<void>;
  read<R extends object>(sql: string, values?: readonly unknown[]): Promise<R[]>;
}

export interface SeedSessions {
  readonly all: readonly [SeedSession, ...SeedSession[]];
  readonly quotedDatabase: string;
  close(): Promise<void>;
}

/** A load that is cut off starts from nothing, so its commits need not wait for the disk; the checkpoint at its end does. */
const settings = [
  'set synchronous_commit = off',
  `set work_mem = '128MB'`,
  `set maintenance_work_mem = '256MB'`,
  'set jit = off',
];

/** Opens `count` connections. When `signal` aborts, running statements are cancelled on the server. */
export async function openSeedSessions(
  connection: DemoConnection,
  count: number,
  signal: AbortSignal | undefined,
): Promise<SeedSessions> {
  const clients: pg.Client[] = [];
  const pids: number[] = [];
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client({ ...connection, application_name: 'daybreak-demo-seed' });
    client.on('error', () => undefined); // the statement in flight is rejected with the same error
    await client.connect();
    clients.push(client);
    return client;
  };
  const cancelRunning = async () => {
    const helper = new pg.Client(connection);
    helper.on('error', () => undefined); // the server may stop between two of its words
    await helper.connect();
    await helper.query('select pg_cancel_backend(pid) from unnest($1::int[]) pid', [pids]);
    await helper.end();
  };
  const onAbort = () => void cancelRunning().catch(() => undefined); // a server that is gone runs nothing any more
  const close = async () => {
    signal?.removeEventListener('abort', onAbort);
    await Promise.all(clients.map((client) => client.end()));
  };

  const session = async (): Promise<SeedSession> => {
    const client = await open();
    const [row] = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows;
    if (row) pids.push(row.pid);
    const read = async <R extends object>(sql: string, values: readonly unknown[] = []): Promise<R[]> => {
      if (signal?.aborted) throw cancelled();
      try {
        return (await client.query<R>(sql, values.length > 0 ? [...values] : undefined)).rows;
      } catch (error) {
        throw signal?.aborted ? cancelled(error) : error;
      }
    };
    const run = async (...statements: string[]) => {
      for (const sql of statements) await read(sql);
    };
    await run(...settings);
    return { run, read };
  };

  try {
    const first = await session();
    const others: SeedSession[] = [];
    while (others.length < count - 1) others.push(await session());
    signal?.addEventListener('abort', onAbort, { once: true });
    return { all: [first, ...others], quotedDatabase: pg.escapeIdentifier(connection.database), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const cancelled = (cause?: unknown) =>
  new Failure(
    { code: 'cancelled', message: 'Loading the demo ERP was cancelled; the next opening starts it afresh.' },
    { cause },
  );
