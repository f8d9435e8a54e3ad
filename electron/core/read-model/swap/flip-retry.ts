import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import { describeHolder, lockHolders, type LockHolder } from '../../postgres/queries/catalog-lock-holders.ts';
import type { Sql } from '../../postgres/session.ts';
import type { Clock } from '../../ports.ts';

/** About half a minute in all: longer than most reports, shorter than a person's patience. */
const attempts = 20;
const firstPauseMs = 100;
const longestPauseMs = 2_000;

/** Lock timeout and deadlock: gone at the next try, or at one of the next. */
const worthRetrying: ReadonlySet<string> = new Set(['55P03', '40P01']);

export interface FlipRetry {
  readonly sql: Sql;
  readonly schema: string;
  /** The stable name, whose readers are in the way. */
  readonly view: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told before every pause. */
  readonly onBlocked: (attempt: number, blockers: readonly LockHolder[]) => Promise<void>;
}

/**
 * Runs `flip` until it gets its locks. Between two tries nobody waits for us, so readers go on.
 * Throws `lock_not_granted` with the blockers when all tries are used up.
 */
export async function withFlipRetry<T>(
  retry: FlipRetry,
  flip: () => Promise<T>,
): Promise<{ value: T; attempts: number }> {
  const { sql, schema, view, clock, signal, onBlocked } = retry;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { value: await flip(), attempts: attempt };
    } catch (error) {
      if (!isFailure(error) || !worthRetrying.has(error.value.sqlstate ?? '')) throw error;
      const blockers = await lockHolders(sql, schema, view);
      if (attempt === attempts) throw notGranted(`${schema}.${view}`, blockers, error);
      await onBlocked(attempt, blockers);
      await clock.sleep(pauseMs(attempt), signal);
    }
  }
}

/** Grows by half each time; half of it is chance, so that two waiters part. */
const pauseMs = (attempt: number): number =>
  Math.min(longestPauseMs, firstPauseMs * 1.5 ** (attempt - 1)) * (0.5 + Math.random() / 2);

function notGranted(view: string, blockers: readonly LockHolder[], cause: Failure): Failure {
  const who = blockers.length === 0 ? 'somebody who has gone since' : blockers.map(describeHolder).join('; ');
  return new Failure(
    {
      code: 'lock_not_granted',
      message: `${view} could not be switched in ${attempts} tries: it is held by ${who}. End that transaction, then try again.`,
      detail: { blockers },
      sqlstate: cause.value.sqlstate ?? '55P03',
      retryable: true,
      ...(blockers.length === 0
        ? {}
        : { action: blockers.map(({ pid }) => `select pg_terminate_backend(${pid});`).join('\n') }),
    },
    { cause },
  );
}

/** One line while it waits. */
export const waitingFor = (blockers: readonly LockHolder[]): string =>
  blockers.length === 0 ? 'the lock was busy' : `waiting for ${blockers.map(describeHolder).join('; ')}`;
