import { isFailure } from '../../../../shared/model/failure.ts';
import type { RefreshSession, Server, Sql } from '../../postgres/session.ts';
import type { Clock } from '../../ports.ts';
import { knowsSchedules } from '../registry/leases.ts';
import { installedMigrations } from '../registry/migrations.ts';
import { abandonRun, endForgottenBackends, hasForgottenBackend, staleLeaseOf } from '../registry/stale-leases.ts';
import { takeWriterLock, tryWriterLock } from './plan-session.ts';

/** A backend that was cancelled lets go at once; one that has to be ended is ended a little later. */
const patienceMs = 8_000;
const pauseMs = 250;
const errand = { errand: true } as const;

/**
 * Takes the model's writer lock for the rest of the session. Where it is held by somebody whose lease is stale, he is
 * taken over from: cancelled, and ended where that does not help. Throws `busy` where somebody alive holds it.
 */
export async function takeWriterLockOver(
  server: Server,
  session: RefreshSession,
  readModel: string,
  clock: Clock,
): Promise<void> {
  if (await tryWriterLock(session, readModel)) return;
  const took = await server.withRegistry(async (sql) => {
    if (!knowsSchedules(await installedMigrations(sql))) return false;
    const stale = await staleLeaseOf(sql, readModel);
    const error = 'its runner gave no sign of life any more';
    if (stale !== null && (await abandonRun(sql, { ...stale, after: null, error }))) return true;
    return hasForgottenBackend(sql, readModel);
  }, errand);
  for (let waitedMs = 0; took && waitedMs < patienceMs; waitedMs += pauseMs) {
    if (await tryWriterLock(session, readModel)) return;
    await server.withRegistry((sql) => endForgottenBackends(sql, readModel), errand).catch(ignoreRefusal);
    await clock.sleep(pauseMs);
  }
  await takeWriterLock(session, readModel);
}

/**
 * Has the server end the session by itself when its process is asleep or cut off between two statements (PostgreSQL 14
 * and later): the writer lock would be held until the network gives up, which takes hours.
 */
export async function endWhenForgotten(session: Sql, versionNumber: number): Promise<void> {
  if (versionNumber < 140_000) return;
  await session.query(`set idle_session_timeout = '60s'`);
}

/** Whoever may not end other backends waits for them. */
function ignoreRefusal(error: unknown): void {
  if (!isFailure(error)) throw error;
}
