import type { ActivityEntry } from '../../../../shared/model/activity-log.ts';
import type { Sql } from '../../postgres/session.ts';
import type { Clock } from '../../ports.ts';
import type { Journal } from '../journal.ts';

/** A session that runs transactions: of a plan or of a refresh. */
export interface TransactionSession extends Sql {
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

export interface LoggedWork {
  readonly serverId: string;
  readonly purpose: string;
  readonly sql: readonly string[];
  readonly undoSql: string | null;
  readonly planId: string | null;
  readonly runId: string | null;
}

interface Tools {
  readonly session: TransactionSession;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Throws when the work shall stop; asked before every statement and before the commit. */
  readonly checkpoint: () => void;
  /** Refuses a commit to whoever has lost the right to write; left out: nobody asks. */
  readonly fence?: Fence | undefined;
}

/** What a transaction has to pass, in the transaction itself. Throws where it may not commit. */
export interface Fence {
  /** Before its first statement: what the transaction may use. */
  readonly open?: (sql: Sql) => Promise<void>;
  readonly pass: (sql: Sql) => Promise<void>;
  /**
   * 'start' of a switch, which is over in milliseconds and asks for the lock that readers wait for last; else at the
   * 'end', so that the lease's row is not held while the rows are made.
   */
  readonly at: 'start' | 'end';
}

/** Statements that change nothing: settings, locks, questions, checks that only raise an error. */
const readsOnly = /^\s*(set|select|do \$verify)/i;

/** Tries `once` as often as it is worth. */
export type Retry = (once: () => Promise<string | null>) => Promise<{ value: string | null; attempts: number }>;

const onlyOnce: Retry = async (once) => ({ value: await once(), attempts: 1 });

/**
 * Runs the statements in one transaction. Each that changes something stands in the activity log before anything is
 * sent, so that nothing is written down while locks are held, and gets its end once the transaction has ended.
 * Resolves to the last `outcome` that a statement returned, and how often it was tried.
 */
export async function runLogged(
  tools: Tools,
  work: LoggedWork,
  retry: Retry = onlyOnce,
): Promise<{ outcome: string | null; attempts: number }> {
  const { session, journal, clock, checkpoint, fence } = tools;
  const entries = new Map<number, number>();
  for (const [at, sql] of work.sql.entries()) {
    if (!readsOnly.test(sql)) entries.set(at, await begin(tools, work, sql));
  }
  let tookMs = new Map<number, number>();
  let running = 0;
  const once = async () => {
    tookMs = new Map();
    return session.transaction(async (sql) => {
      let said: string | null = null;
      await fence?.open?.(sql);
      if (fence?.at === 'start') await fence.pass(sql);
      for (const [at, statement] of work.sql.entries()) {
        checkpoint();
        running = at;
        const startedAtMs = clock.nowMs();
        said = outcomeOf(await sql.query(statement)) ?? said;
        tookMs.set(at, clock.nowMs() - startedAtMs);
      }
      if (fence?.at === 'end') await fence.pass(sql);
      checkpoint();
      return said;
    });
  };
  const end = async (ended: (at: number) => { outcome: ActivityEntry['outcome']; error: string | null }) => {
    for (const [at, entryId] of entries) {
      await journal.endStatement(entryId, { tookMs: tookMs.get(at) ?? 0, ...ended(at) });
    }
  };
  try {
    const { value, attempts } = await retry(once);
    await end(() => ({ outcome: 'done', error: null }));
    return { outcome: value, attempts };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await end((at) => {
      if (at === running) return { outcome: 'failed', error: message };
      return { outcome: 'rolled_back', error: at < running ? 'rolled back with its transaction' : 'not sent' };
    });
    throw error;
  }
}

const begin = ({ journal, clock }: Tools, work: LoggedWork, sql: string): Promise<number> =>
  journal.beginStatement({
    serverId: work.serverId,
    atMs: clock.nowMs(),
    actor: journal.actor,
    purpose: work.purpose,
    sql,
    undoSql: work.undoSql,
    planId: work.planId,
    runId: work.runId,
  });

function outcomeOf(rows: readonly object[]): string | null {
  const [row] = rows;
  return row !== undefined && 'outcome' in row && typeof row.outcome === 'string' ? row.outcome : null;
}
