import { randomUUID } from 'node:crypto';
import type { RefreshMode, Run, RunCost } from '../../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { SkipWindow } from '../../../../shared/model/schedule.ts';
import type { RefreshSession, Server, Sql } from '../../postgres/session.ts';
import type { Clock, Logger } from '../../ports.ts';
import type { Journal } from '../journal.ts';
import { requireBuildable } from '../plannable.ts';
import { rememberMoreOptionsSql } from '../sql/view-options.ts';
import { cancelAskedOf } from '../registry/cancel-requests.ts';
import { beginClaimed, lostLease, releaseLease, takeLease, type Lease } from '../registry/leases.ts';
import { cancelOnAbort, prepareBuilder, sessionName } from '../swap/plan-session.ts';
import { endWhenForgotten, takeWriterLockOver } from '../swap/take-over.ts';
import { chooseMode, type RefreshChoice } from './choose-mode.ts';
import { keepLease, type KeptLease } from './keep-lease.ts';
import type { RefreshClaim, RunLimits } from './refresh-claim.ts';
import { readTarget, type RefreshTarget } from './refresh-target.ts';
import { endedByWindow, refreshWindow, requireRefreshAllowed } from './refresh-windows.ts';
import { requireRefreshRights } from './require-refresh-rights.ts';
import type { RowsWritten } from './rows-written.ts';
import { costBetween, readCostCounters, type CostCounters } from './run-cost.ts';
import {
  abandonRuns,
  beginRun,
  failRun,
  insertRun,
  readRunResult,
  saveCost,
  saveLockWait,
  skipClaims,
} from './run-rows.ts';
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
  /** What the scheduler claimed; left out: a person asks, and a lease is taken now. */
  readonly claim?: RefreshClaim | undefined;
}

/** Of a refresh by hand; the server itself ends it then. */
const longestByHandMs = 6 * 3_600_000;

/** A reader that began before the last flip may still read the hidden copy; nobody waits behind us meanwhile. */
const defaultLockTimeoutMs = 60_000;

/**
 * Refreshes the version that readers see, alone on its read model. Readers see the old rows with the old as-of, then
 * the new rows with the new one, never a mixture. Throws `capability_missing`, `not_found` and `busy` before anything
 * happened; later failures leave the old rows in place and the run `failed` or `cancelled`.
 */
export async function refreshReadModel(input: RefreshInput): Promise<Run> {
  const { server, readModel, clock } = input;
  requireBuildable(server);
  const runId = input.claim?.lease.runId ?? randomUUID();
  return server.withRefresh(
    runId,
    async (session) => {
      await prepareBuilder(session, server.facts.versionNumber);
      await endWhenForgotten(session, server.facts.versionNumber);
      await takeWriterLockOver(server, session, readModel, clock);
      return underLease(input, session, await readTarget(session, readModel));
    },
    { applicationName: sessionName('refresh', runId), lockTimeoutMs: input.lockTimeoutMs ?? defaultLockTimeoutMs },
  );
}

/** Of a registry that is older than leases, the writer lock alone has to do. */
async function underLease(input: RefreshInput, session: RefreshSession, target: RefreshTarget): Promise<Run> {
  // Before the lease, which is written into the registry.
  await requireRefreshRights(session, target, modeOf(input, target).mode, input.server.facts.versionNumber);
  if (!target.keepsLeases) return runOnce(input, session, target, null);
  const { server, readModel, clock, logger, runner, claim } = input;
  if (claim !== undefined) {
    const lease = await beginClaimed(session, claim.lease);
    const kept = keepLease(server, lease, { clock, logger });
    try {
      return await runOnce(input, session, target, { lease, kept, limits: claim });
    } finally {
      // The lease is given back by who claimed it, with what follows.
      await kept.stop();
    }
  }
  const longestMs = Math.min(longestByHandMs, await requireRefreshAllowed(session, readModel));
  const wish = { readModel, runId: session.runId, kind: 'refresh' as const, runner, longestMs };
  const { lease, endByMs } = await takeLease(session, { ...wish, effort: null });
  // A calendar may be set while it runs, and nobody else may be there to see that.
  const mayGoOn = async (sql: Sql) => (await refreshWindow(sql, readModel)) === null;
  const kept = keepLease(server, lease, { clock, logger, mayGoOn });
  try {
    return await runOnce(input, session, target, { lease, kept, limits: { endByMs, effort: () => null } });
  } finally {
    await kept.stop();
    // Without a connection it runs out by itself.
    await releaseLease(session, lease).catch((error: unknown) => unsaved(input, error));
  }
}

const modeOf = ({ mode, periods = 'open' }: RefreshInput, target: RefreshTarget): RefreshChoice =>
  chooseMode(target, { mode: mode ?? target.model.refreshMode, periods });

interface Held {
  readonly lease: Lease;
  readonly kept: KeptLease;
  readonly limits: RunLimits;
}

async function runOnce(
  input: RefreshInput,
  session: RefreshSession,
  target: RefreshTarget,
  held: Held | null,
): Promise<Run> {
  const { server, readModel, journal, clock, logger, runner } = input;
  const ends = held === null ? [] : [held.kept.lost, held.kept.cancelAsked];
  const signal = AbortSignal.any([...(input.signal ? [input.signal] : []), ...ends]);
  const { mode, reason } = modeOf(input, target);
  const { versionNumber } = server.facts;
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
  if (held === null) await insertRun(session, run);
  else {
    await skipClaims(session, readModel, run.runId);
    await beginRun(session, run, held.lease.epoch);
  }
  if (target.keepsOptions) await session.query(rememberMoreOptionsSql(target.model.schema, readModel));
  let switchWaitMs = 0;
  const cancelling = cancelOnAbort(server, session, `The refresh of ${readModel}`, signal);
  const keepLockWait = async () => {
    if (held === null) return;
    const waitedMs = switchWaitMs + held.kept.lockWaitMs();
    await saveLockWait(session, run.runId, waitedMs).catch((error: unknown) => unsaved(input, error));
  };
  try {
    await journal.saveRun(server.serverId, run);
    cancelling.checkpoint();
    const before = await readCostCounters(session, versionNumber);
    const refreshed = await runStrategy(mode, {
      server,
      session,
      target,
      journal,
      clock,
      logger,
      periods: input.periods ?? 'open',
      signal,
      checkpoint: cancelling.checkpoint,
      lease: held?.lease ?? null,
      limits: held?.limits ?? null,
      onLockWait: (waitedMs) => void (switchWaitMs += waitedMs),
    });
    await cancelling.settled();
    const cost = costOf(refreshed.rows, costBetween(before, await readCostCounters(session, versionNumber)));
    const { copy, slot } = refreshed.mode === 'side_by_side' ? target.hidden : target.live;
    const result = await readRunResult(session, copy);
    const how = { mode: refreshed.mode, slot, reason: refreshed.mode === mode ? reason : `${reason}; ${keyHoldsNull}` };
    const done: Run = { ...run, ...how, ...result, state: 'done', endedAtMs: clock.nowMs(), cost };
    // The rows are committed and seen: that their cost cannot be written down does not take them back.
    if (target.keepsCosts) await saveCost(session, done).catch((error: unknown) => unsaved(input, error));
    await keepLockWait();
    await journal.saveRun(server.serverId, done).catch((error: unknown) => unsaved(input, error));
    return done;
  } catch (error) {
    await cancelling.settled();
    const window = input.claim === undefined && isCancelled(error) ? await windowNow(session, readModel) : null;
    const failure = held?.kept.lost.aborted
      ? lostLease(readModel)
      : window === null
        ? asFailure(error, readModel, signal)
        : endedByWindow(readModel, window, error);
    const failed: Run = {
      ...run,
      state: failure?.value.code === 'cancelled' ? 'cancelled' : 'failed',
      endedAtMs: clock.nowMs(),
      error: failure?.message ?? String(error),
      sqlstate: failure?.value.sqlstate ?? null,
    };
    // What this machine cannot write down must not hide why the refresh failed.
    await journal.saveRun(server.serverId, failed).catch((problem: unknown) => unsaved(input, problem));
    // With the connection gone the row stays 'running' until the next refresh takes the lock.
    await failRun(session, failed).catch((problem: unknown) => unsaved(input, problem));
    await keepLockWait();
    throw failure ?? error;
  }
}

/** By us, by a runner that saw the window open, or by the server itself at that moment. */
const isCancelled = (error: unknown): boolean =>
  isFailure(error) && (error.value.code === 'cancelled' || error.value.sqlstate === '57014');

/** Null also where nobody can say: the failure itself is told then. */
const windowNow = (session: RefreshSession, readModel: string): Promise<SkipWindow | null> =>
  refreshWindow(session, readModel).catch(() => null);

const keyHoldsNull = 'but a NULL had come into the key, so side by side';

const costOf = (rows: RowsWritten | null, { walBytes, tempBytes }: CostCounters): RunCost => ({
  rowsInserted: rows?.inserted ?? null,
  rowsUpdated: rows?.updated ?? null,
  rowsDeleted: rows?.deleted ?? null,
  walBytes,
  tempBytes,
});

const unsaved = ({ logger, readModel }: RefreshInput, reason: unknown): void =>
  logger.warn({ readModel, reason: String(reason) }, 'the end of a run could not be written down');

/** The rows do not fit the key any more, which only another definition or key mends. */
const whatToDo: Readonly<Record<string, string>> = {
  '23502':
    'A column of the key has become NULL: build a new version that wraps it in coalesce(), or leaves those rows out. Or mend the rows in the ERP.',
  '23505':
    'Rows repeat what has to identify them: build a new version that names more key columns, or groups by the key. Or mend the rows in the ERP.',
};

/** The expected failure of a refresh in words that fit it; null for a bug. */
function asFailure(error: unknown, readModel: string, signal: AbortSignal): Failure | null {
  if (signal.aborted && !(isFailure(error) && error.value.code === 'connection_lost')) {
    const asked = cancelAskedOf(signal.reason);
    const by = asked === null ? '' : `, as ${asked.by} asked`;
    return new Failure(
      { code: 'cancelled', message: `The refresh of ${readModel} was cancelled${by}. Its old rows are still served.` },
      { cause: error },
    );
  }
  if (!isFailure(error)) return null;
  const advice = whatToDo[error.value.sqlstate ?? ''];
  const message = `The refresh of ${readModel} failed, and its old rows are still served. ${error.message}${advice === undefined ? '' : ` ${advice}`}`;
  return new Failure({ ...error.value, message }, { cause: error });
}
