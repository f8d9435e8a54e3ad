import type { GuardRecord, RecordedRun } from '../../../../shared/model/schedule-view.ts';
import type { Sql } from '../../postgres/session.ts';
import { cancelAskedOf, cancelAskedSql, whySql } from './cancel-requests.ts';

const ms = (moment: string): string => `(extract(epoch from ${moment}) * 1000)::float8`;

export interface RunsWanted {
  readonly readModel?: string | undefined;
  /** ms on the server's clock. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly limit: number;
}

const span = `started_at >= coalesce(to_timestamp($2::float8 / 1000), clock_timestamp() - interval '7 days')
      and started_at <= coalesce(to_timestamp($3::float8 / 1000), 'infinity')`;

/** Latest first. */
export async function readRuns(sql: Sql, { readModel, fromMs, toMs, limit }: RunsWanted): Promise<RecordedRun[]> {
  const runs = await sql.query<RecordedRun>(
    `select run_id as "runId", read_model as "readModel", version, state, mode, slot, reason as "modeReason",
      ${whySql('run')} as why, ${cancelAskedSql('run')} as "cancelAsked",
      ${ms('due_at')} as "dueMs", ${ms('queued_at')} as "queuedAtMs", ${ms('started_at')} as "startedAtMs",
      ${ms('ended_at')} as "endedAtMs", ${ms('until_at')} as "untilMs", ${ms('as_of')} as "asOfMs",
      row_count::float8 as rows, lock_wait_ms as "lockWaitMs", attempt, retry_reason as "retryReason", error, sqlstate,
      runner, epoch::float8 as epoch,
      json_build_object('rowsInserted', rows_inserted, 'rowsUpdated', rows_updated, 'rowsDeleted', rows_deleted,
        'walBytes', wal_bytes, 'tempBytes', temp_bytes) as cost
    from daybreak.run where ($1::text is null or read_model = $1) and ${span}
    order by started_at desc limit $4`,
    [readModel ?? null, fromMs ?? null, toMs ?? null, limit],
  );
  return runs.map((run) => ({ ...run, cancelAsked: cancelAskedOf(run.cancelAsked) }));
}

export async function readGuardDecisions(
  sql: Sql,
  { readModel, fromMs, toMs, limit }: RunsWanted,
): Promise<GuardRecord[]> {
  return sql.query<GuardRecord>(
    `select ${ms('decided_at')} as "decidedAtMs", read_model as "readModel", run_id as "runId", runner, decision, reason
    from daybreak.guard_decision where ($1::text is null or read_model = $1)
      and ${span.replaceAll('started_at', 'decided_at')}
    order by decided_at desc limit $4`,
    [readModel ?? null, fromMs ?? null, toMs ?? null, limit],
  );
}

/** Forgets what is older than so many days, and runners that ended long ago; the last run of each model stays. */
export async function forgetOldRuns(sql: Sql, days: number): Promise<number> {
  const forgotten = await sql.query(
    `delete from daybreak.run r where r.started_at < clock_timestamp() - $1 * interval '1 day' and r.state <> 'running'
      and exists (select from daybreak.run later where later.read_model = r.read_model and later.started_at > r.started_at
        and later.state = 'done')
    returning run_id`,
    [days],
  );
  await sql.query(`delete from daybreak.guard_decision where decided_at < clock_timestamp() - $1 * interval '1 day'`, [
    days,
  ]);
  await sql.query(
    `delete from daybreak.runner where coalesce(stopped_at, heartbeat_at) < clock_timestamp() - interval '30 days'
      or (stopped_at < clock_timestamp() - interval '1 day')`,
  );
  return forgotten.length;
}
