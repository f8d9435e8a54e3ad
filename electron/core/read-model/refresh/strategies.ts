import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { Period } from '../../../../shared/model/period.ts';
import type { RefreshMode } from '../../../../shared/model/read-model.ts';
import type { RefreshSession, Server, Sql } from '../../postgres/session.ts';
import type { Clock, Logger } from '../../ports.ts';
import type { Journal } from '../journal.ts';
import { boundDefinition } from '../period/bound-definition.ts';
import { openFrom } from '../period/open-window.ts';
import { requireRawType } from '../period/require-raw-type.ts';
import { describeColumns } from '../propose/describe-columns.ts';
import { requireLease, settleDue, type Lease } from '../registry/leases.ts';
import { withFlipRetry } from '../swap/flip-retry.ts';
import { runLogged, type Fence, type Retry } from '../swap/logged-transaction.ts';
import {
  byPeriodSql,
  concurrentSql,
  createHiddenSql,
  fillHiddenSql,
  flipSql,
  fullSql,
  makeHiddenTableSql,
  missingIndexesSql,
} from './refresh-sql.ts';
import type { RunLimits } from './refresh-claim.ts';
import type { RefreshTarget } from './refresh-target.ts';
import { requireRefreshRights } from './require-refresh-rights.ts';
import { rowsWrittenOf, type RowsWritten } from './rows-written.ts';
import { changeMode } from './run-rows.ts';
import { targetAsItWas } from './target-as-it-was.ts';

/** What a running refresh works with. */
export interface Work {
  readonly server: Server;
  readonly session: RefreshSession;
  readonly target: RefreshTarget;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 'all': by period, closed periods are recomputed, too. */
  readonly periods: 'open' | 'all';
  readonly signal: AbortSignal;
  /** Throws `cancelled` once the signal has aborted. */
  readonly checkpoint: () => void;
  /** Under which it writes; null: the registry is older than leases, and the writer lock alone decides. */
  readonly lease: Lease | null;
  /** Null: the registry is older than leases. */
  readonly limits: RunLimits | null;
  /** Told how long readers were waited for before a switch, ms. */
  readonly onLockWait: (waitedMs: number) => void;
}

/** How it was done in the end, and what was written. */
export interface Refreshed {
  readonly mode: RefreshMode;
  readonly rows: RowsWritten | null;
}

/** Refreshes in one mode, or in the one that turns out to be possible. Resolves once readers see the new rows. */
export async function runStrategy(mode: RefreshMode, work: Work): Promise<Refreshed> {
  switch (mode) {
    case 'full':
      return { mode, rows: await full(work) };
    case 'concurrent':
      return concurrent(work);
    case 'side_by_side':
      return { mode, rows: await sideBySide(work) };
    case 'by_period':
      return { mode, rows: await byPeriod(work) };
  }
}

/** A NULL that came into the key takes the index away from the next copy; merging by it would be wrong already now. */
async function concurrent(work: Work): Promise<Refreshed> {
  const { server, session, target } = work;
  try {
    const rows = await shown(work, `refresh ${nameOf(work)} in place`, concurrentSql(target, session.runId));
    return { mode: 'concurrent', rows };
  } catch (error) {
    if (!isFailure(error) || error.value.sqlstate !== notNullViolation) throw error;
    await requireRefreshRights(session, target, 'side_by_side', server.facts.versionNumber, keyHoldsNull);
    await changeMode(session, session.runId, 'side_by_side', target.hidden.slot);
    return { mode: 'side_by_side', rows: await sideBySide(work) };
  }
}

const notNullViolation = '23502';
const keyHoldsNull = 'A NULL has come into the key, so it can only go side by side';

const full = (work: Work) =>
  shown(work, `refresh ${nameOf(work)} while readers wait`, fullSql(work.target, work.session.runId), {
    retry: flipRetry(work),
  });

async function byPeriod(work: Work): Promise<RowsWritten | null> {
  const { server, session, target, clock, periods } = work;
  const { definitionSql, columns, period } = target.version;
  if (period === null) throw new Error(`${target.live.copy} is not cut into periods`);
  await requireSameShape(work, period);
  const nowMs = clock.nowMs() + server.facts.clockSkewMs;
  const from = periods === 'all' ? null : openFrom(period, target.live.asOfMs ?? 0, nowMs);
  const bounded = from === null ? definitionSql : await boundDefinition(definitionSql, columns, period, from);
  const purpose = from === null ? `verify all periods of ${nameOf(work)}` : `refresh ${nameOf(work)} from ${from} on`;
  return shown(work, purpose, byPeriodSql(target, session.runId, { period, definitionSql: bounded, from }));
}

async function sideBySide(work: Work): Promise<RowsWritten | null> {
  const { session, target } = work;
  const purpose = `refresh the hidden copy of ${nameOf(work)}`;
  const { period } = target.version;
  let written: RowsWritten | null;
  if (period === null) {
    const create = await createHiddenSql(session, target);
    if (create.length > 0) await logged(work, `make the second copy of ${nameOf(work)}`, create);
    written = await logged(work, purpose, fillHiddenSql(target));
  } else {
    await requireSameShape(work, period);
    const indexes = await missingIndexesSql(session, target, true);
    written = await logged(work, purpose, makeHiddenTableSql(target, period, indexes));
  }
  const flip = flipSql(await targetAsItWas(session, target), session.runId);
  await shown(work, `show the refreshed copy of ${nameOf(work)}`, flip, { retry: flipRetry(work), at: 'start' });
  return written;
}

/**
 * Throws `statement_refused` where the definition gives other columns than the copies hold, or cuts another type than it
 * did. A materialized view keeps its base columns from being altered; a table does not, and would convert silently.
 */
async function requireSameShape({ session, target: { version } }: Work, period: Period): Promise<void> {
  const found = await describeColumns(session, version.definitionSql);
  const differing = version.columns.flatMap(({ name, type }, at) => {
    const now = found[at];
    return now?.name === name && now.type === type ? [] : [`${name} (${type}) is ${now?.type ?? 'gone'}`];
  });
  if (differing.length === 0) return requireRawType(session, version.definitionSql, version.columns, period);
  throw new Failure({
    code: 'statement_refused',
    message: `Its definition gives other columns than the copies hold: ${differing.join('; ')}. Build a new version of the read model.`,
    detail: { differing },
  });
}

const nameOf = ({ target }: Work): string => target.model.name;

function flipRetry({ session, target, clock, logger, signal, onLockWait }: Work): Retry {
  const { name, schema } = target.model;
  return async (once) => {
    const askedAtMs = clock.nowMs();
    let beganAtMs = askedAtMs;
    const outcome = await withFlipRetry(
      {
        sql: session,
        schema,
        relations: [name],
        clock,
        signal,
        onBlocked: async (attempt, blockers) =>
          logger.debug({ readModel: name, attempt, blockers }, 'the refresh has to wait for readers'),
      },
      () => {
        beganAtMs = clock.nowMs();
        return once();
      },
    );
    onLockWait(Math.max(0, beganAtMs - askedAtMs));
    return outcome;
  };
}

interface Transaction {
  readonly retry?: Retry;
  /** Where the lease is asked for: see `Fence`. */
  readonly at?: Fence['at'];
}

/** The transaction that readers see the rows of: it settles what was due. */
const shown = (work: Work, purpose: string, sql: readonly string[], how: Transaction = {}) =>
  logged(work, purpose, sql, how, settleDue);

async function logged(
  { server, session, journal, clock, checkpoint, lease, limits }: Work,
  purpose: string,
  sql: readonly string[],
  { retry, at = 'end' }: Transaction = {},
  settle: (session: Sql, lease: Lease) => Promise<void> = async () => undefined,
): Promise<RowsWritten | null> {
  const work = { serverId: server.serverId, purpose, sql, undoSql: null, planId: null, runId: session.runId };
  const pass = async (within: Sql) => {
    if (lease === null) return;
    await requireLease(within, lease);
    await settle(within, lease);
  };
  const open = async (within: Sql) => {
    if (limits !== null) await limitTransaction(within, limits);
  };
  const { outcome } = await runLogged({ session, journal, clock, checkpoint, fence: { open, pass, at } }, work, retry);
  return rowsWrittenOf(outcome);
}

/**
 * What a transaction may use: so many parallel workers, and no statement of it goes on after the run has to be over. The
 * server itself keeps to that, also where our process is asleep by then.
 */
async function limitTransaction(sql: Sql, { endByMs, effort }: RunLimits): Promise<void> {
  await sql.query(
    `select case when $1::int is not null then set_config('max_parallel_workers_per_gather', $1::int::text, true) end,
      set_config('statement_timeout', least(2147483647, greatest(1,
        extract(epoch from to_timestamp($2::float8 / 1000) - clock_timestamp()) * 1000))::bigint || 'ms', true)`,
    [effort()?.workers ?? null, endByMs],
  );
}
