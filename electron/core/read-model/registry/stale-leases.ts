import type { AfterEnd } from '../../schedule/decide/tick-state.ts';
import type { Sql } from '../../postgres/session.ts';
import { freed, staleLease } from './leases.ts';
import { writeAfterEnd } from './schedule-rows.ts';

export interface Abandoned {
  readonly readModel: string;
  readonly runId: string;
  /** The epoch that it ran under. */
  readonly epoch: number;
  /** What follows for its schedule; null: the next holder says it. */
  readonly after: AfterEnd | null;
  readonly error: string;
}

/**
 * Takes a lease from a runner that is gone: whatever was begun under it cannot commit any more, since its run is not the
 * lease's. Its run is closed, and
 * what still works for it is cancelled: only a backend of that number and start, with that run's name. False where
 * it is not stale, or not that one, by now.
 */
export async function abandonRun(
  sql: { transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> } & Sql,
  { readModel, runId, epoch, after, error }: Abandoned,
): Promise<boolean> {
  const backend = await sql.transaction(async (within) => {
    const [revoked] = await within.query<{ pid: number | null; ours: boolean }>(
      `with stale as (
        select l.read_model, l.backend_pid as pid, exists (select from pg_stat_activity a
          where a.pid = l.backend_pid and a.backend_start = l.backend_start
            and a.application_name in ('daybreak refresh ' || left(l.run_id, 13), 'daybreak plan ' || left(l.run_id, 13))) as ours
        from daybreak.lease l where l.read_model = $1 and l.run_id = $2 and l.epoch = $3 and ${staleLease} for update
      )
      update daybreak.lease l set ${freed} from stale s where l.read_model = s.read_model
      returning s.pid, s.ours`,
      [readModel, runId, epoch],
    );
    if (revoked === undefined) return null;
    await within.query(
      `update daybreak.run set state = case state when 'running' then 'abandoned' else 'skipped' end,
        ended_at = clock_timestamp(), error = $2 where run_id = $1 and state in ('running', 'queued')`,
      [runId, error],
    );
    if (after !== null) await writeAfterEnd(within, { readModel, runId }, after);
    return revoked;
  });
  // Without the right to: it cannot commit in any case.
  if (backend?.pid != null && backend.ours) {
    await sql.query('select pg_cancel_backend($1)', [backend.pid]).catch(() => undefined);
  }
  return backend !== null;
}

/** The stale lease of a model; null: it is free, or held by somebody who lives. */
export async function staleLeaseOf(sql: Sql, readModel: string): Promise<Omit<Abandoned, 'after' | 'error'> | null> {
  const [row] = await sql.query<{ readModel: string; runId: string; epoch: number }>(
    `select read_model as "readModel", run_id as "runId", epoch::float8 as epoch from daybreak.lease l
    where read_model = $1 and run_id is not null and ${staleLease}`,
    [readModel],
  );
  return row ?? null;
}

/** Backends that hold the writer lock of a model for a refresh that has no lease any more. */
const forgotten = `from daybreak.lease l
      join pg_locks k on k.locktype = 'advisory' and k.granted and k.objsubid = 1
        and ((k.classid::bigint << 32) | k.objid::bigint) = hashtextextended('daybreak.' || l.read_model, 0)
      join pg_stat_activity a on a.pid = k.pid and a.datname = current_database()
    where ($1::text is null or l.read_model = $1) and a.application_name like 'daybreak refresh %'
      and (l.run_id is null or a.application_name <> 'daybreak refresh ' || left(l.run_id, 13))`;

export async function hasForgottenBackend(sql: Sql, readModel: string): Promise<boolean> {
  return (await sql.query(`select a.pid ${forgotten}`, [readModel])).length > 0;
}

/**
 * Ends them where they have not moved for some seconds: their process is stopped, asleep or cut off, and never learns
 * that its statement was cancelled.
 */
export async function endForgottenBackends(sql: Sql, readModel: string | null = null): Promise<number> {
  const ended = await sql.query(
    `select pg_terminate_backend(a.pid) as ended ${forgotten} and a.state_change < clock_timestamp() - interval '3 s'`,
    [readModel],
  );
  return ended.length;
}
