import type { Attempt, Reason } from '../../../../shared/model/schedule.ts';
import type { Sql } from '../../postgres/session.ts';
import type { LeaseClaim } from '../../schedule/decide/lease.ts';
import type { Effort } from '../../schedule/decide/load.ts';
import type { AfterEnd } from '../../schedule/decide/tick-state.ts';
import { releaseLease, showLife, staleLease, type Lease } from './leases.ts';
import { usualSchedule } from './schedule-state.ts';

/** Milliseconds of the server's clock as its timestamp. */
const moment = (parameter: string): string => `to_timestamp(${parameter}::float8 / 1000)`;

interface Transacting extends Sql {
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

export interface PlannedDue {
  readonly readModel: string;
  readonly nextDueMs: number | null;
  readonly reason: Reason;
  /** The lease's epoch that the decision rests on: who refreshed since made another moment due. */
  readonly epoch: number;
}

/** Writes next due times, all in one statement; of models without a row it makes one, as Daybreak schedules by itself. */
export async function planDue(sql: Sql, due: readonly PlannedDue[]): Promise<void> {
  if (due.length === 0) return;
  await sql.query(
    `insert into daybreak.schedule as s (read_model, schedule, set_at, next_due_at, due_reason)
    select d.read_model, $5::jsonb, coalesce(v.created_at, clock_timestamp()), ${moment('d.due')}, d.reason
    from unnest($1::text[], $2::float8[], $3::jsonb[], $4::float8[]) as d (read_model, due, reason, epoch)
      join daybreak.version v on v.read_model = d.read_model and v.state = 'current'
    where coalesce((select l.epoch from daybreak.lease l where l.read_model = d.read_model), 0) = d.epoch
    order by d.read_model -- two who plan the same models take turns
    on conflict (read_model) do update set next_due_at = excluded.next_due_at, due_reason = excluded.due_reason
    where s.next_due_at is distinct from excluded.next_due_at`,
    [
      due.map(({ readModel }) => readModel),
      due.map(({ nextDueMs }) => nextDueMs),
      due.map(({ reason }) => JSON.stringify(reason)),
      due.map(({ epoch }) => epoch),
      JSON.stringify(usualSchedule),
    ],
  );
}

export interface StartClaim {
  readonly readModel: string;
  readonly runId: string;
  readonly runner: string;
  readonly claim: LeaseClaim;
  readonly dueMs: number | null;
  readonly endByMs: number;
  readonly effort: Effort;
  readonly reason: Reason;
  readonly asked: boolean;
  /** Refreshes at a time on the server, over all runners. */
  readonly atOnce: number;
}

/**
 * Claims a due refresh: one statement asks that it is still due, that its lease still has the expected epoch and is free
 * or stale, that a place is free and that its end is still ahead. Claims take turns, so that two do not both see the last free
 * place. Null: somebody was faster. The run stands in the registry as queued from here on.
 */
export async function claimStart(sql: Transacting, start: StartClaim): Promise<Lease | null> {
  const { readModel, runId, runner, claim, dueMs, endByMs, effort, reason, asked, atOnce } = start;
  return sql.transaction(async (within) => {
    await within.query(`select pg_advisory_xact_lock(hashtextextended('daybreak claims', 0))`);
    // The lease before the schedule, as everybody locks them: the other way round two would wait for each other.
    await within.query('insert into daybreak.lease (read_model, epoch) values ($1, 0) on conflict do nothing', [
      readModel,
    ]);
    await within.query('select from daybreak.lease where read_model = $1 for update', [readModel]);
    const [claimed] = await within.query<{ epoch: number; failures: number; lastError: string | null }>(
      `with due as (
        select s.read_model, s.failures, s.last_error from daybreak.schedule s
        where s.read_model = $1 and ($2 or (s.paused_at is null and s.stopped_at is null))
          and (s.next_due_at <= clock_timestamp() or s.retry_at <= clock_timestamp() or s.asked_at is not null)
          and ${moment('$3')} > clock_timestamp()
          and (select count(*) from daybreak.lease l
            where l.run_id is not null and l.kind = 'refresh' and l.read_model <> $1 and not ${staleLease}) < $4
        for update of s skip locked
      ), claimed as (
        insert into daybreak.lease as l (read_model, epoch, run_id, kind, runner, acquired_at, deadline_at, end_by)
        select read_model, $5::bigint + 1, $6, 'refresh', $7, clock_timestamp(), ${moment('$8')}, ${moment('$3')} from due
        on conflict (read_model) do update set epoch = l.epoch + 1, run_id = $6, kind = 'refresh', runner = $7,
          backend_pid = null, backend_start = null, acquired_at = clock_timestamp(), deadline_at = ${moment('$8')},
          end_by = ${moment('$3')}
        where l.epoch = $5 and (l.run_id is null or ${staleLease})
        returning l.read_model, l.epoch
      )
      update daybreak.schedule s set asked_at = null, retry_at = null, held = null
      from claimed c join due d on d.read_model = c.read_model where s.read_model = c.read_model
      returning c.epoch::float8 as epoch, d.failures, d.last_error as "lastError"`,
      [readModel, asked, endByMs, atOnce, claim.expectedEpoch, runId, runner, claim.deadlineMs],
    );
    if (claimed === undefined) return null;
    await showLife(within, { readModel, runId }, effort);
    await within.query(
      `insert into daybreak.run (run_id, read_model, version, state, runner, epoch, why, attempt, retry_reason, queued_at, due_at)
      select $1, read_model, version, 'queued', $3, $4, $5, $6, $7, clock_timestamp(), ${moment('$8')}
      from daybreak.version where read_model = $2 and state = 'current'`,
      [
        runId,
        readModel,
        runner,
        claimed.epoch,
        JSON.stringify(reason),
        claimed.failures + 1,
        claimed.failures > 0 ? claimed.lastError : null,
        dueMs,
      ],
    );
    return { readModel, runId, epoch: claimed.epoch };
  });
}

/**
 * What follows from how a run ended, for its schedule. Where somebody set the schedule anew during the run, or resumed it,
 * which both starts the count of failures again, they are not overruled: a failure is counted and told, and no more.
 */
export async function writeAfterEnd(
  sql: Sql,
  { readModel, runId }: Pick<Lease, 'readModel' | 'runId'>,
  after: AfterEnd,
): Promise<void> {
  const { from, failures, lastFailedMs, lastError, gaveUp, retryAtMs, stopped, askedAtMs } = after;
  const unlessDecided = (column: string, value: string): string =>
    `${column} = case when n.decided then s.${column} else ${value} end`;
  const stop = (column: string, value: string): string =>
    `${column} = case when n.decided or $7::float8 is null then s.${column} else ${value} end`;
  await sql.query(
    `with n as (
      select read_model, failures <> $11 or (stopped_at is not null) <> $12 or coalesce(set_at > (
        select coalesce(queued_at, started_at) from daybreak.run where run_id = $13), false) as decided
      from daybreak.schedule where read_model = $1 for update
    )
    update daybreak.schedule s set failures = case when n.decided then s.failures + $2 - $11 else $2 end,
      last_failed_at = case when n.decided and $2 = $11 then s.last_failed_at else ${moment('$3')} end,
      last_error = case when n.decided and $2 = $11 then s.last_error else $4 end,
      ${unlessDecided('gave_up', '$5')}, ${unlessDecided('retry_at', moment('$6'))},
      ${stop('stopped_at', moment('$7'))}, ${stop('stopped_error', '$8')}, ${stop('stopped_sqlstate', '$9')},
      ${stop('stopped_run', '$10')}, asked_at = coalesce(s.asked_at, ${moment('$14')})
    from n where s.read_model = n.read_model`,
    [
      readModel,
      failures,
      lastFailedMs,
      lastError,
      gaveUp,
      retryAtMs,
      stopped?.atMs ?? null,
      stopped?.error ?? null,
      stopped?.sqlstate ?? null,
      stopped?.runId ?? null,
      from.failures,
      from.stopped,
      runId,
      askedAtMs,
    ],
  );
}

/**
 * Ends a claimed run: gives its lease back and, where it was not done, writes what follows. Nothing where somebody else
 * has the lease by now. `closeAs`: of a run that did not write its own end, since it never began or lost its connection.
 */
export async function endClaimed(
  sql: Transacting,
  lease: Lease,
  after: AfterEnd | null,
  closeAs: {
    readonly state: 'skipped' | 'failed' | 'cancelled';
    readonly error: string;
    readonly sqlstate: string | null;
  },
): Promise<boolean> {
  return sql.transaction(async (within) => {
    if (!(await releaseLease(within, lease))) return false;
    const [run] = await within.query<{ state: string }>('select state from daybreak.run where run_id = $1', [
      lease.runId,
    ]);
    // The connection may have been lost between the commit and its answer.
    if (after !== null && run?.state !== 'done') await writeAfterEnd(within, lease, after);
    await within.query(
      `update daybreak.run set state = $2, error = $3, sqlstate = $4, ended_at = clock_timestamp()
      where run_id = $1 and state in ('queued', 'running')`,
      [lease.runId, closeAs.state, closeAs.error, closeAs.sqlstate],
    );
    return true;
  });
}

/**
 * Lines of histories that say why models are held back, all in one statement: after a downtime a thousand of them wait. The
 * same line from two runners is one; a row that somebody else writes at this moment is left to the next look.
 */
export async function holdBack(sql: Sql, lines: readonly Attempt[]): Promise<void> {
  if (lines.length === 0) return;
  await sql.query(
    `with line as (
      select * from unnest($1::text[], $2::jsonb[], $3::text[], $4::jsonb[], $5::float8[], $6::float8[], $7::float8[], $8::text[])
        as l (read_model, held, state, reason, at, due, until, runner)
    ), free as (
      select s.read_model, s.held from daybreak.schedule s
      where s.read_model in (select read_model from line) order by s.read_model for update skip locked
    ), changed as (
      update daybreak.schedule s set held = l.held from line l join free f using (read_model)
      where s.read_model = l.read_model and (f.held is null or
        (f.held ->> 'state', f.held -> 'reason' ->> 'code', f.held ->> 'dueMs', case when l.state = 'skipped' then f.held ->> 'untilMs' end)
        is distinct from (l.state, l.reason ->> 'code', l.due::text, case when l.state = 'skipped' then l.until::text end))
      returning s.read_model
    )
    insert into daybreak.run (run_id, read_model, version, state, runner, why, queued_at, started_at, ended_at, due_at, until_at)
    select gen_random_uuid()::text, v.read_model, v.version, l.state, l.runner, l.reason, ${moment('l.at')}, ${moment('l.at')},
      ${moment('l.at')}, ${moment('l.due')}, ${moment('l.until')}
    from changed c join line l on l.read_model = c.read_model
      join daybreak.version v on v.read_model = c.read_model and v.state = 'current'`,
    [
      lines.map(({ readModel }) => readModel),
      lines.map((line) => JSON.stringify(line)),
      lines.map(({ state }) => state),
      lines.map(({ reason }) => JSON.stringify(reason)),
      lines.map(({ atMs }) => atMs),
      lines.map(({ dueMs }) => dueMs),
      lines.map(({ untilMs }) => untilMs),
      lines.map(({ runner }) => runner),
    ],
  );
}

/** What a refresh may use from its next transaction on. */
export async function setEffort(sql: Sql, readModel: string, runId: string, effort: Effort): Promise<void> {
  await sql.query('update daybreak.heartbeat set effort = $3 where read_model = $1 and run_id = $2', [
    readModel,
    runId,
    JSON.stringify(effort),
  ]);
}

/** The backend of a run, where it provably is that run's: of its number and start, with its name. */
export async function backendOfRun(sql: Sql, readModel: string, runId: string): Promise<number | null> {
  const [row] = await sql.query<{ pid: number }>(
    `select a.pid from daybreak.lease l join pg_stat_activity a on a.pid = l.backend_pid and a.backend_start = l.backend_start
      and a.application_name = 'daybreak refresh ' || left(l.run_id, 13)
    where l.read_model = $1 and l.run_id = $2`,
    [readModel, runId],
  );
  return row?.pid ?? null;
}
