import { randomUUID } from 'node:crypto';
import type { Run } from '../../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { RefreshSession, Server } from '../../postgres/session.ts';
import type { Clock, Logger } from '../../ports.ts';
import type { Journal } from '../journal.ts';
import { requireBuildable } from '../plan-for.ts';
import { withFlipRetry } from '../swap/flip-retry.ts';
import { runLogged, type Retry } from '../swap/logged-transaction.ts';
import { cancelOnAbort, prepareBuilder, sessionName, takeWriterLock, type Cancelling } from '../swap/plan-session.ts';
import { chooseMode } from './choose-mode.ts';
import { concurrentSql, createHiddenSql, fillHiddenSql, flipSql } from './refresh-sql.ts';
import { readTarget, type RefreshTarget } from './refresh-target.ts';
import { abandonRuns, failRun, insertRun, readRunResult } from './run-rows.ts';

export interface RefreshInput {
  readonly server: Server;
  readonly readModel: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Who refreshes: a person at a door, or a schedule. */
  readonly runner: string;
  readonly signal?: AbortSignal;
}

/** A reader that began before the last flip may still read the hidden copy; nobody waits behind us meanwhile. */
const hiddenLockTimeoutMs = 60_000;

/**
 * Refreshes the version that readers see, alone on its read model. Readers see the old rows with the old as-of, then
 * the new rows with the new one, never a mixture. Throws `capability_missing`, `not_found` and `busy` before anything
 * happened; later failures leave the old rows in place and the run `failed` or `cancelled`.
 */
export async function refreshReadModel(input: RefreshInput): Promise<Run> {
  const { server, readModel } = input;
  requireBuildable(server);
  const runId = randomUUID();
  return server.withRefresh(
    runId,
    async (session) => {
      await prepareBuilder(session, server.facts.versionNumber);
      await takeWriterLock(session, readModel);
      return runOnce(input, session, await readTarget(session, readModel));
    },
    { applicationName: sessionName('refresh', runId), lockTimeoutMs: hiddenLockTimeoutMs },
  );
}

async function runOnce(input: RefreshInput, session: RefreshSession, target: RefreshTarget): Promise<Run> {
  const { server, readModel, journal, clock, logger, runner } = input;
  const signal = input.signal ?? new AbortController().signal;
  const choice = chooseMode(target);
  const run: Run = {
    runId: session.runId,
    readModel,
    version: target.version.version,
    slot: choice.mode === 'concurrent' ? target.live.slot : target.hidden.slot,
    mode: choice.mode,
    state: 'running',
    startedAtMs: clock.nowMs(),
    endedAtMs: null,
    asOf: null,
    rows: null,
    error: null,
    sqlstate: null,
    runner,
  };
  logger.debug({ readModel, mode: choice.mode, reason: choice.reason }, 'refreshing');
  // The lock is ours, so whatever calls itself running has no process any more.
  await abandonRuns(session, readModel);
  await insertRun(session, run);
  await journal.saveRun(server.serverId, run);
  const cancelling = cancelOnAbort(server, session, `The refresh of ${readModel}`, signal);
  try {
    cancelling.checkpoint();
    if (choice.mode === 'concurrent') {
      await logged(input, session, cancelling, `refresh ${readModel} in place`, concurrentSql(target, run.runId));
    } else {
      await sideBySide(input, session, cancelling, target, signal);
    }
    await cancelling.settled();
    const copy = choice.mode === 'concurrent' ? target.live.copy : target.hidden.copy;
    const done: Run = { ...run, ...(await readRunResult(session, copy)), state: 'done', endedAtMs: clock.nowMs() };
    await journal.saveRun(server.serverId, done);
    return done;
  } catch (error) {
    await cancelling.settled();
    const failure = asFailure(error, readModel, signal);
    const failed: Run = {
      ...run,
      state: failure?.value.code === 'cancelled' ? 'cancelled' : 'failed',
      endedAtMs: clock.nowMs(),
      error: failure?.message ?? String(error),
      sqlstate: failure?.value.sqlstate ?? null,
    };
    await journal.saveRun(server.serverId, failed);
    // With the connection gone the row stays 'running' until the next refresh takes the lock.
    await failRun(session, failed).catch((reason: unknown) =>
      logger.warn({ readModel, reason: String(reason) }, 'the end of a run could not be written to the registry'),
    );
    throw failure ?? error;
  }
}

async function sideBySide(
  input: RefreshInput,
  session: RefreshSession,
  cancelling: Cancelling,
  target: RefreshTarget,
  signal: AbortSignal,
): Promise<void> {
  const { readModel, clock, logger } = input;
  const create = await createHiddenSql(session, target);
  if (create.length > 0) await logged(input, session, cancelling, `make the second copy of ${readModel}`, create);
  await logged(input, session, cancelling, `refresh the hidden copy of ${readModel}`, fillHiddenSql(target));
  const retry: Retry = (once) =>
    withFlipRetry(
      {
        sql: session,
        schema: target.model.schema,
        view: readModel,
        clock,
        signal,
        onBlocked: async (attempt, blockers) => logger.debug({ readModel, attempt, blockers }, 'the flip has to wait'),
      },
      once,
    );
  const flip = flipSql(target, session.runId);
  await logged(input, session, cancelling, `show the refreshed copy of ${readModel}`, flip, retry);
}

async function logged(
  { server, journal, clock }: RefreshInput,
  session: RefreshSession,
  { checkpoint }: Cancelling,
  purpose: string,
  sql: readonly string[],
  retry?: Retry,
): Promise<void> {
  const work = { serverId: server.serverId, purpose, sql, undoSql: null, planId: null, runId: session.runId };
  await runLogged({ session, journal, clock, checkpoint }, work, retry);
}

/** The expected failure of a refresh in words that fit it; null for a bug. */
function asFailure(error: unknown, readModel: string, signal: AbortSignal): Failure | null {
  if (signal.aborted && !(isFailure(error) && error.value.code === 'connection_lost')) {
    return new Failure(
      { code: 'cancelled', message: `The refresh of ${readModel} was cancelled. Its old rows are still served.` },
      { cause: error },
    );
  }
  if (!isFailure(error)) return null;
  const message = `The refresh of ${readModel} failed, and its old rows are still served. ${error.message}`;
  return new Failure({ ...error.value, message }, { cause: error });
}
