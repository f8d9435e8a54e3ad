import { Failure } from '../../../../shared/model/failure.ts';
import type { Server, Sql } from '../../postgres/session.ts';
import { writerLockKey } from '../sql/locks.ts';

/** How the sessions of one execution or run are called on the server, so that a later start finds what it left. */
export const sessionName = (kind: 'plan' | 'refresh', id: string): string => `daybreak ${kind} ${id.slice(0, 13)}`;

/**
 * Prepares a session that builds: texts mean what the parser read, and the server itself notices within seconds when
 * this process is gone, instead of building on for nobody (PostgreSQL 14 and later; not on every platform).
 */
export async function prepareBuilder(sql: Sql, versionNumber: number): Promise<void> {
  await sql.query('set standard_conforming_strings = on');
  if (versionNumber < 140_000) return;
  await sql.query(`set client_connection_check_interval = '2s'`).catch(() => undefined);
}

/**
 * Has the session's own reads counted at once (PostgreSQL 15 and later), instead of up to a minute later: they must not
 * look like somebody who still reads an old version.
 */
export async function reportOwnReads(sql: Sql, versionNumber: number): Promise<void> {
  if (versionNumber < 150_000) return;
  await sql.query('select pg_stat_force_next_flush()').catch(() => undefined);
}

/** Takes the model's writer lock for the rest of the session, without waiting. Throws `busy`. */
export async function takeWriterLock(sql: Sql, readModel: string): Promise<void> {
  if (await tryWriterLock(sql, readModel)) return;
  throw new Failure({
    code: 'busy',
    message: `Read model ${readModel} is being written by somebody else: a plan or a refresh runs. Wait for its end, then try again.`,
    retryable: true,
  });
}

export async function tryWriterLock(sql: Sql, readModel: string): Promise<boolean> {
  const [row] = await sql.query<{ held: boolean }>(`select pg_try_advisory_lock(${writerLockKey(readModel)}) as held`);
  return row?.held ?? false;
}

export interface Cancelling {
  /** Throws `cancelled` once the signal has aborted. */
  readonly checkpoint: () => void;
  /** Resolves when no cancel is on its way to the server any more: whatever runs next is safe from it. */
  readonly settled: () => Promise<void>;
}

/**
 * Cancels the session's running statement on the server when `signal` aborts, and leaves the session itself usable:
 * what was done has to be undone with it, under the same writer lock.
 */
export function cancelOnAbort(server: Server, sql: Sql, what: string, signal: AbortSignal): Cancelling {
  let cancelling: Promise<unknown> = Promise.resolve();
  const abort = () => {
    cancelling = server.cancelBackend(sql.backendPid).catch(() => undefined);
  };
  signal.addEventListener('abort', abort, { once: true });
  return {
    checkpoint: () => {
      if (signal.aborted) throw new Failure({ code: 'cancelled', message: `${what} was cancelled.` });
    },
    settled: async () => {
      signal.removeEventListener('abort', abort);
      await cancelling;
      // A cancel that comes late hits this instead of what follows.
      await sql.query('select 1').catch(() => undefined);
    },
  };
}
