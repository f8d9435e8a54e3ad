import { Failure } from '../../../../shared/model/failure.ts';
import type { CancelAsked } from '../../../../shared/model/schedule.ts';
import type { Sql } from '../../postgres/session.ts';
import type { Effort } from '../../schedule/decide/load.ts';
import { staleAfterMs } from '../../schedule/decide/lease.ts';
import { cancelAskedOf, cancelAskedSql } from './cancel-requests.ts';
import { schedules } from './migrations/0040-schedules.ts';

/** The right to write a read model, for as long as its runner shows that it lives. All times are the server's. */
export interface Lease {
  readonly readModel: string;
  readonly epoch: number;
  readonly runId: string;
}

export interface LeaseWish {
  readonly readModel: string;
  readonly runId: string;
  readonly kind: 'refresh' | 'plan';
  readonly runner: string;
  /** How long it may take at most, ms. */
  readonly longestMs: number;
  readonly effort: Effort | null;
}

/** Whether the registry is of a step that knows leases, schedules, calendars and runners. */
export const knowsSchedules = (installed: readonly number[] | null): boolean =>
  installed?.includes(schedules.migration) ?? false;

/**
 * Who was silent for longer than a runner that lives ever is, or has overrun its deadline by as much. Silent also into
 * the future: a server's clock may be set back. `l`: a row of daybreak.lease.
 */
export const staleLease = `(l.deadline_at + ${staleAfterMs} * interval '1 ms' < clock_timestamp() or coalesce((
      select abs(extract(epoch from clock_timestamp() - h.heartbeat_at)) * 1000 > ${staleAfterMs}
      from daybreak.heartbeat h where h.read_model = l.read_model and h.run_id = l.run_id), true))`;

/** The first sign of life of a holder: $1 is the read model, $2 the run, $3 its effort. */
const firstHeartbeat = `insert into daybreak.heartbeat (read_model, run_id, heartbeat_at, effort)
    values ($1, $2, clock_timestamp(), $3::jsonb)
    on conflict (read_model) do update set run_id = $2, heartbeat_at = clock_timestamp(), effort = $3::jsonb`;

export async function showLife(
  sql: Sql,
  { readModel, runId }: Omit<Lease, 'epoch'>,
  effort: Effort | null,
): Promise<void> {
  await sql.query(firstHeartbeat, [readModel, runId, effort === null ? null : JSON.stringify(effort)]);
}

export interface TakenLease {
  readonly lease: Lease;
  /** When it has to be over, ms on the server's clock. */
  readonly endByMs: number;
}

const begunNow = `backend_pid = pg_backend_pid(),
      backend_start = (select backend_start from pg_stat_activity where pid = pg_backend_pid()),
      acquired_at = clock_timestamp()`;

/**
 * Takes the lease in the session that holds the model's writer lock: whoever had it before has no backend any more, or
 * had not begun. From now on nothing that the one before sends can commit.
 */
export async function takeLease(sql: Sql, wish: LeaseWish): Promise<TakenLease> {
  const { readModel, runId, kind, runner, longestMs, effort } = wish;
  await showLife(sql, { readModel, runId }, effort);
  const [row] = await sql.query<{ epoch: number; endByMs: number }>(
    `insert into daybreak.lease as l (read_model, epoch, run_id, kind, runner, backend_pid, backend_start, acquired_at,
      deadline_at, end_by)
    values ($1, 1, $2, $3, $4, pg_backend_pid(),
      (select backend_start from pg_stat_activity where pid = pg_backend_pid()), clock_timestamp(),
      clock_timestamp() + $5 * interval '1 ms', clock_timestamp() + $5 * interval '1 ms')
    on conflict (read_model) do update set epoch = l.epoch + 1, run_id = $2, kind = $3, runner = $4, ${begunNow},
      deadline_at = excluded.deadline_at, end_by = excluded.end_by
    returning epoch::float8 as epoch, (extract(epoch from end_by) * 1000)::float8 as "endByMs"`,
    [readModel, runId, kind, runner, longestMs],
  );
  if (row === undefined) throw new Error(`no lease row for ${readModel}`);
  return { lease: { readModel, runId, epoch: row.epoch }, endByMs: row.endByMs };
}

/** Begins what was claimed before, in the session that holds the writer lock. Throws `busy` where the claim is gone. */
export async function beginClaimed(sql: Sql, claimed: Lease): Promise<Lease> {
  const rows = await sql.query(
    `update daybreak.lease set ${begunNow} where read_model = $1 and run_id = $2 and epoch = $3 returning epoch`,
    [claimed.readModel, claimed.runId, claimed.epoch],
  );
  if (rows.length === 0) throw lostLease(claimed.readModel);
  return claimed;
}

/**
 * Asked in the transaction that commits. The row lock makes a take-over wait for this commit, or this commit see the
 * take-over (where it sees one snapshot, as SQLSTATE 40001). Throws `busy` where the lease is lost.
 */
export async function requireLease(sql: Sql, { readModel, epoch, runId }: Lease): Promise<void> {
  const rows = await sql.query(
    'select epoch from daybreak.lease where read_model = $1 and epoch = $2 and run_id = $3 for update',
    [readModel, epoch, runId],
  );
  if (rows.length === 0) throw lostLease(readModel);
}

/** As many durations the decisions look at. */
const durationsKept = 20;

/**
 * The new rows settle what was due, in the transaction that shows them: a runner that is killed right after it leaves
 * nothing that would be done twice. When it is due next follows from the new as-of, for whoever looks first.
 */
export async function settleDue(sql: Sql, { readModel }: Lease): Promise<void> {
  await sql.query(
    `update daybreak.schedule s set next_due_at = null, due_reason = null, retry_at = null, held = null, failures = 0,
      last_failed_at = null, last_error = null, gave_up = false, stopped_at = null, stopped_error = null,
      stopped_sqlstate = null, stopped_run = null,
      asked_at = case when asked_at > l.acquired_at then asked_at end,
      last_started_at = l.acquired_at, last_ended_at = clock_timestamp(),
      durations_ms = ((extract(epoch from clock_timestamp() - l.acquired_at) * 1000)::float8 || durations_ms)[1:${durationsKept}]
    from daybreak.lease l where l.read_model = s.read_model and s.read_model = $1`,
    [readModel],
  );
}

export interface Heartbeat {
  /** False: somebody took it over. */
  readonly held: boolean;
  /** The backend waits for a lock at this moment. */
  readonly waitsForLock: boolean;
  /** Who wants the run to end; null: nobody. */
  readonly cancelAsked: CancelAsked | null;
}

/** Over another session than the one that writes: that one is busy. */
export async function heartbeat(sql: Sql, { readModel, epoch, runId }: Lease): Promise<Heartbeat> {
  const [row] = await sql.query<{ waiting: boolean | null; cancel: unknown }>(
    `update daybreak.heartbeat h set heartbeat_at = clock_timestamp() from daybreak.lease l
    where h.read_model = $1 and h.run_id = $3 and l.read_model = h.read_model and l.epoch = $2 and l.run_id = $3
    returning (select wait_event_type = 'Lock' from pg_stat_activity where pid = l.backend_pid) as waiting,
      (select ${cancelAskedSql('r')} from daybreak.run r where r.run_id = h.run_id) as cancel`,
    [readModel, epoch, runId],
  );
  return {
    held: row !== undefined,
    waitsForLock: row?.waiting ?? false,
    cancelAsked: cancelAskedOf(row?.cancel),
  };
}

/** What a lease is while nobody has it. */
export const freed = `run_id = null, kind = null, runner = null, backend_pid = null, backend_start = null,
      acquired_at = null, deadline_at = null, end_by = null`;

/** Gives the right back; false where it is somebody else's by now. */
export async function releaseLease(sql: Sql, { readModel, epoch, runId }: Lease): Promise<boolean> {
  const rows = await sql.query(
    `update daybreak.lease set ${freed} where read_model = $1 and epoch = $2 and run_id = $3 returning epoch`,
    [readModel, epoch, runId],
  );
  return rows.length > 0;
}

export const lostLease = (readModel: string): Failure =>
  new Failure({
    code: 'busy',
    message: `Somebody else took over ${readModel}, because its runner was silent for too long: this run wrote nothing. The next one goes on.`,
    detail: { lostLease: readModel },
    retryable: true,
  });
