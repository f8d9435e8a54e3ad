import { isFailure } from '../../../../shared/model/failure.ts';
import type { Server, Sql } from '../../postgres/session.ts';
import type { Clock, Logger } from '../../ports.ts';
import { heartbeatEveryMs } from '../../schedule/decide/lease.ts';
import { heartbeat, type Lease } from '../registry/leases.ts';

export interface KeptLease {
  /** Aborts once somebody else has the right to write. */
  readonly lost: AbortSignal;
  /** Aborts once somebody wants the run to end, with a `CancelAsked` as its reason, or once it may not go on. */
  readonly cancelAsked: AbortSignal;
  /** How long the backend was seen waiting for a lock, ms, to the heartbeat. */
  lockWaitMs(): number;
  /** Resolves when no heartbeat is under way any more; one that is, is cut short. */
  stop(): Promise<void>;
}

interface KeepLeaseTools {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked with each heartbeat, which ends the run where the answer is no. */
  readonly mayGoOn?: (sql: Sql) => Promise<boolean>;
}

/**
 * Keeps a lease alive, over a session of its own for each heartbeat: the one that writes is busy. A heartbeat that does
 * not get through is no loss yet; what commits asks for the lease itself.
 */
export function keepLease(
  server: Server,
  lease: Lease,
  { clock, logger, mayGoOn = async () => true }: KeepLeaseTools,
): KeptLease {
  const stopping = new AbortController();
  const lost = new AbortController();
  const cancelling = new AbortController();
  let lockWaitMs = 0;
  const beat = async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(heartbeatEveryMs, stopping.signal);
      try {
        const look = async (sql: Sql) => ({ ...(await heartbeat(sql, lease)), goesOn: await mayGoOn(sql) });
        const { held, waitsForLock, cancelAsked, goesOn } = await server.withRegistry(look, {
          statementTimeoutMs: heartbeatEveryMs,
          errand: true,
          signal: stopping.signal,
        });
        if (waitsForLock) lockWaitMs += heartbeatEveryMs;
        if (!held && !stopping.signal.aborted) return lost.abort();
        if (cancelAsked !== null) cancelling.abort(cancelAsked);
        if (!goesOn) cancelling.abort();
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (!isFailure(error)) throw error;
        logger.warn({ readModel: lease.readModel, reason: error.message }, 'a heartbeat did not get through');
      }
    }
  };
  const done = beat().catch((error: unknown) => {
    if (!stopping.signal.aborted) logger.error({ err: error }, 'keeping a lease ended with a bug');
  });
  return {
    lost: lost.signal,
    cancelAsked: cancelling.signal,
    lockWaitMs: () => lockWaitMs,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
