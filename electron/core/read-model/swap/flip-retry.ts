import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import { describeHolder, lockHolders, type LockHolder } from '../../postgres/queries/catalog-lock-holders.ts';
import type { Sql } from '../../postgres/session.ts';
import type { Clock } from '../../ports.ts';
import { flipLockTimeoutMs } from '../sql/locks.ts';

/** About half a minute in all: longer than most reports, shorter than a person's patience. */
const attempts = 20;
const firstPauseMs = 100;
const longestPauseMs = 2_000;

/** Lock timeout and deadlock: gone at the next try, or at one of the next. */
const worthRetrying: ReadonlySet<string> = new Set(['55P03', '40P01']);

export interface FlipRetry {
  readonly sql: Sql;
  readonly schema: string;
  /** What is locked, in that schema: its readers are in the way. */
  readonly relations: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told before every pause. */
  readonly onBlocked: (attempt: number, blockers: readonly LockHolder[]) => Promise<void>;
}

/**
 * Runs `flip` until it gets its locks. Between two tries nobody waits for us, so readers go on; and none is made while
 * it is clear that it would only make others wait.
 * Throws `lock_not_granted` with the blockers when all tries are used up.
 */
export async function withFlipRetry<T>(
  retry: FlipRetry,
  flip: () => Promise<T>,
): Promise<{ value: T; attempts: number }> {
  const { sql, schema, relations, clock, signal, onBlocked } = retry;
  const holders = async () => {
    const found: LockHolder[] = [];
    for (const relation of relations) found.push(...(await lockHolders(sql, schema, relation)));
    return found;
  };
  const patience = new Patience();
  for (let attempt = 1; ; attempt += 1) {
    let blockers = await holders();
    let refused: Failure | null = null;
    if (patience.worthQueueing(attempt, blockers)) {
      try {
        return { value: await flip(), attempts: attempt };
      } catch (error) {
        if (!isFailure(error) || !worthRetrying.has(error.value.sqlstate ?? '')) throw error;
        refused = error;
        blockers = await holders();
      }
    }
    if (attempt === attempts) {
      throw notGranted(relations.map((one) => `${schema}.${one}`).join(', '), blockers, refused);
    }
    await onBlocked(attempt, blockers);
    await clock.sleep(pauseMs(attempt), signal);
  }
}

/**
 * Whoever has held the view for longer than a lock timeout will hardly let go within one, and queueing behind him makes
 * all others wait for nothing. Where reports come and go without a gap, a gap has to be made: then it is tried all the
 * same, now and then, but never behind one and the same transaction.
 */
class Patience {
  /** Who held it for long at each of the last looks. */
  #looks: (readonly number[])[] = [];

  worthQueueing(attempt: number, holders: readonly LockHolder[]): boolean {
    const long = holders.filter(({ transactionMs }) => transactionMs > flipLockTimeoutMs).map(({ pid }) => pid);
    this.#looks = [...this.#looks, long].slice(-looksBetweenTries);
    if (long.length === 0) return true;
    if (attempt % looksBetweenTries !== 0) return false;
    return !long.some((pid) => this.#looks.every((look) => look.includes(pid)));
  }
}

const looksBetweenTries = 5;

/** Grows by half each time; half of it is chance, so that two waiters part. */
const pauseMs = (attempt: number): number =>
  Math.min(longestPauseMs, firstPauseMs * 1.5 ** (attempt - 1)) * (0.5 + Math.random() / 2);

function notGranted(what: string, blockers: readonly LockHolder[], cause: Failure | null): Failure {
  const who = blockers.length === 0 ? 'somebody who has gone since' : blockers.map(describeHolder).join('; ');
  return new Failure(
    {
      code: 'lock_not_granted',
      message: `${what} could not be locked in ${attempts} tries: it is held by ${who}. End that transaction, then try again.`,
      detail: { blockers },
      sqlstate: cause?.value.sqlstate ?? '55P03',
      retryable: true,
      ...(blockers.length === 0
        ? {}
        : { action: blockers.map(({ pid }) => `select pg_terminate_backend(${pid});`).join('\n') }),
    },
    cause === null ? {} : { cause },
  );
}

/** One line while it waits. */
export const waitingFor = (blockers: readonly LockHolder[]): string =>
  blockers.length === 0 ? 'the lock was busy' : `waiting for ${blockers.map(describeHolder).join('; ')}`;
