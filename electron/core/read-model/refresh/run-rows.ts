import type { Run } from '../../../../shared/model/read-model.ts';
import type { Sql } from '../../postgres/session.ts';
import type { PastRun } from './choose-mode.ts';

export async function insertRun(sql: Sql, run: Run): Promise<void> {
  await sql.query(
    `insert into daybreak.run (run_id, read_model, version, slot, mode, state, runner)
    values ($1, $2, $3, $4, $5, 'running', $6)`,
    [run.runId, run.readModel, run.version, run.slot, run.mode, run.runner],
  );
}

/** Of a run under a lease: where it was claimed, it stands there already. Known to the registry from its step 40 on. */
export async function beginRun(sql: Sql, run: Run, epoch: number): Promise<void> {
  const why = { code: 'by_hand', text: 'somebody asked for it' };
  await sql.query(
    `insert into daybreak.run (run_id, read_model, version, slot, mode, state, runner, epoch, why, attempt, queued_at)
    values ($1, $2, $3, $4, $5, 'running', $6, $7, $8, 1, clock_timestamp())
    on conflict (run_id) do update set state = 'running', version = excluded.version, slot = excluded.slot,
      mode = excluded.mode, started_at = clock_timestamp()`,
    [run.runId, run.readModel, run.version, run.slot, run.mode, run.runner, epoch, JSON.stringify(why)],
  );
}

/** How long a run waited for locks, as far as it was seen. */
export async function saveLockWait(sql: Sql, runId: string, lockWaitMs: number): Promise<void> {
  await sql.query('update daybreak.run set lock_wait_ms = $2 where run_id = $1', [runId, lockWaitMs]);
}

/** Runs that died with their engine. Call it under the model's writer lock only. */
export async function abandonRuns(sql: Sql, readModel: string): Promise<void> {
  await sql.query(
    `update daybreak.run set state = 'abandoned', ended_at = clock_timestamp(), error = 'its process ended in the middle'
    where read_model = $1 and state = 'running'`,
    [readModel],
  );
}

/** Claims that were waiting for their turn when another refresh came first. Known to the registry from its step 40 on. */
export async function skipClaims(sql: Sql, readModel: string, but: string): Promise<void> {
  await sql.query(
    `update daybreak.run set state = 'skipped', ended_at = clock_timestamp(), error = 'another refresh came first'
    where read_model = $1 and state = 'queued' and epoch is not null and run_id <> $2`,
    [readModel, but],
  );
}

export async function failRun(sql: Sql, run: Run): Promise<void> {
  await sql.query(
    `update daybreak.run set state = $2, ended_at = clock_timestamp(), error = $3, sqlstate = $4 where run_id = $1`,
    [run.runId, run.state, run.error, run.sqlstate],
  );
}

/** A run goes on in another mode than it began in. */
export async function changeMode(sql: Sql, runId: string, mode: Run['mode'], slot: Run['slot']): Promise<void> {
  await sql.query('update daybreak.run set mode = $2, slot = $3 where run_id = $1', [runId, mode, slot]);
}

/** What a committed refresh wrote beside the rows. */
export async function readRunResult(sql: Sql, copy: string): Promise<Pick<Run, 'asOf' | 'rows'>> {
  const [row] = await sql.query<{ asOf: string | null; rows: number | null }>(
    `select to_char(data_as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "asOf", row_count::float8 as rows
    from daybreak.copy where copy_id = $1`,
    [copy],
  );
  return row ?? { asOf: null, rows: null };
}

/** Writes down why the run was of this mode and what it wrote. The registry keeps it from its step 2 on. */
export async function saveCost(sql: Sql, { runId, reason, cost }: Run): Promise<void> {
  await sql.query(
    `update daybreak.run set reason = $2, rows_inserted = $3, rows_updated = $4, rows_deleted = $5, wal_bytes = $6,
      temp_bytes = $7 where run_id = $1`,
    [
      runId,
      reason,
      cost?.rowsInserted ?? null,
      cost?.rowsUpdated ?? null,
      cost?.rowsDeleted ?? null,
      cost?.walBytes ?? null,
      cost?.tempBytes ?? null,
    ],
  );
}

/** As many runs back the choice of a mode looks. */
const rememberedRuns = 10;

/** The latest runs of a version that were done, latest first. */
export async function pastRuns(sql: Sql, readModel: string, version: number): Promise<PastRun[]> {
  return sql.query<PastRun>(
    // An update in place by REFRESH CONCURRENTLY is a delete and an insert: the larger of the two counts.
    `select mode, (extract(epoch from ended_at - started_at) * 1000)::float8 as "tookMs",
      (greatest((j ->> 'rows_inserted')::bigint, (j ->> 'rows_deleted')::bigint) + (j ->> 'rows_updated')::bigint)::float8
        / nullif(row_count, 0) as churn
    from (select r.*, to_jsonb(r) as j from daybreak.run r) as run
    where read_model = $1 and version = $2 and state = 'done'
    order by run.started_at desc limit ${rememberedRuns}`,
    [readModel, version],
  );
}

/** The latest run of a model that the registry knows, whichever engine ran it. */
export async function lastRunOf(sql: Sql, readModel: string): Promise<Run | null> {
  const [row] = await sql.query<Run>(
    `select run_id as "runId", read_model as "readModel", version, slot, mode, state, runner, error, sqlstate,
      floor(extract(epoch from started_at) * 1000)::float8 as "startedAtMs",
      floor(extract(epoch from ended_at) * 1000)::float8 as "endedAtMs",
      to_char(as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "asOf", row_count::float8 as rows,
      j ->> 'reason' as reason,
      case when j ->> 'reason' is not null then json_build_object('rowsInserted', j -> 'rows_inserted',
        'rowsUpdated', j -> 'rows_updated', 'rowsDeleted', j -> 'rows_deleted', 'walBytes', j -> 'wal_bytes',
        'tempBytes', j -> 'temp_bytes') end as cost
    from (select r.*, to_jsonb(r) as j from daybreak.run r) as run
    where read_model = $1 and mode is not null and state not in ('queued', 'skipped', 'postponed') order by run.started_at desc limit 1`,
    [readModel],
  );
  return row ?? null;
}
