import { randomUUID } from 'node:crypto';
import type { RefreshMode, Run, RunCost } from '../../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { RefreshSession, Server } from '../../postgres/session.ts';
import type { Clock, Logger } from '../../ports.ts';
import type { Journal } from '../journal.ts';
import { requireBuildable } from '../plannable.ts';
import { rememberMoreOptionsSql } from '../sql/view-options.ts';
import { cancelOnAbort, prepareBuilder, sessionName, takeWriterLock } from '../swap/plan-session.ts';
import { chooseMode } from './choose-mode.ts';
import { readTarget, type RefreshTarget } from './refresh-target.ts';
import { requireRefreshRights } from './require-refresh-rights.ts';
import type { RowsWritten } from './rows-written.ts';
import { costBetween, readCostCounters, type CostCounters } from './run-cost.ts';
import { abandonRuns, failRun, insertRun, readRunResult, saveCost } from './run-rows.ts';
import { runStrategy } from './strategies.ts';

export interface RefreshInput {
  readonly server: Server;
  readonly readModel: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Who refreshes: a person at a door, or a schedule. */
  readonly runner: string;
  /** What the person asks for this time; left out: what was set for the read model, else Daybreak chooses. */
  readonly mode?: RefreshMode | undefined;
  /** 'all': closed periods are verified, too, and what differs is put right. Default: the open ones. */
  readonly periods?: 'open' | 'all' | undefined;
  /** Longest wait for a lock that nobody queues behind, ms. Default: a minute. */
  readonly lockTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A reader that began before the last flip may still read the hidden copy; nobody waits behind us meanwhile. */
const defaultLockTimeoutMs = 60_000;

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
    { applicationName: sessionName('refresh', runId), lockTimeoutMs: input.lockTimeoutMs ?? defaultLockTimeoutMs },
  );
}

async function runOnce(input: RefreshInput, session: RefreshSession, target: RefreshTarget): Promise<Run> {
  const { server, readModel, journal, clock, logger, runner, periods = 'open' } = input;
  const signal = input.signal ?? new AbortController().signal;
  const { mode, reason } = chooseMode(target, { mode: input.mode ?? target.model.refreshMode, periods });
  const { versionNumber } = server.facts;
  await requireRefreshRights(session, target, mode, versionNumber);
  const written = mode === 'side_by_side' ? target.hidden : target.live;
  const run: Run = {
    runId: session.runId,
    readModel,
    version: target.version.version,
    slot: written.slot,
    mode,
    reason,
    state: 'running',
    startedAtMs: clock.nowMs(),
    endedAtMs: null,
    asOf: null,
    rows: null,
    error: null,
    sqlstate: null,
    runner,
    cost: null,
  };
  logger.debug({ readModel, mode, reason }, 'refreshing');
  // The lock is ours, so whatever calls itself running has no process any more.
  await abandonRuns(session, readModel);
  await insertRun(session, run);
  if (target.keepsOptions) await session.query(rememberMoreOptionsSql(target.model.schema, readModel));
  await journal.saveRun(server.serverId, run);
  const cancelling = cancelOnAbort(server, session, `The refresh of ${readModel}`, signal);
  try {
    cancelling.checkpoint();
    const before = await readCostCounters(session, versionNumber);
    const refreshed = await runStrategy(mode, {
      server,
      session,
      target,
      journal,
      clock,
      logger,
      periods,
      signal,
      checkpoint: cancelling.checkpoint,
    });
    await cancelling.settled();
    const cost = costOf(refreshed.rows, costBetween(before, await readCostCounters(session, versionNumber)));
    const { copy, slot } = refreshed.mode === 'side_by_side' ? target.hidden : target.live;
    const result = await readRunResult(session, copy);
    const how = { mode: refreshed.mode, slot, reason: refreshed.mode === mode ? reason : `${reason}; ${keyHoldsNull}` };
    const done: Run = { ...run, ...how, ...result, state: 'done', endedAtMs: clock.nowMs(), cost };
    // The rows are committed and seen: that their cost cannot be written down does not take them back.
    if (target.keepsCosts) await saveCost(session, done).catch((error: unknown) => unsaved(input, error));
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
    await failRun(session, failed).catch((problem: unknown) => unsaved(input, problem));
    throw failure ?? error;
  }
}

const keyHoldsNull = 'but a NULL had come into the key, so side by side';

const costOf = (rows: RowsWritten | null, { walBytes, tempBytes }: CostCounters): RunCost => ({
  rowsInserted: rows?.inserted ?? null,
  rowsUpdated: rows?.updated ?? null,
  rowsDeleted: rows?.deleted ?? null,
  walBytes,
  tempBytes,
});

const unsaved = ({ logger, readModel }: RefreshInput, reason: unknown): void =>
  logger.warn({ readModel, reason: String(reason) }, 'the end of a run could not be written to the registry');

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
