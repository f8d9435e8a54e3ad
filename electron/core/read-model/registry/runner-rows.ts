import type { GuardRecord } from '../../../../shared/model/schedule-view.ts';
import type { Sql } from '../../postgres/session.ts';

export interface RunnerIdentity {
  /** Another after each start. */
  readonly runner: string;
  /** For people: the same after a restart. */
  readonly name: string;
  /** Tells agents of one user on one machine apart: the same after a restart, another in another profile. */
  readonly profile: string;
  readonly door: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
}

/**
 * Shows that the runner lives. Its earlier lives, which did not end in good order, are taken off the list: those of its
 * name in its profile, and those of an older Daybreak, which told no profile.
 */
export async function reportRunner(sql: Sql, identity: RunnerIdentity, state: object): Promise<void> {
  const { runner, name, profile, door, host, pid, version } = identity;
  await sql.query(
    `with earlier as (
      delete from daybreak.runner where name = $2 and runner <> $1 and coalesce(state ->> 'profile', $8) = $8
        and (stopped_at is not null or (heartbeat_at < clock_timestamp() - interval '30 s'))
    )
    insert into daybreak.runner (runner, name, door, host, pid, version, state) values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (runner) do update set heartbeat_at = clock_timestamp(), stopped_at = null, state = excluded.state`,
    [runner, name, door, host, pid, version, JSON.stringify({ ...state, profile }), profile],
  );
}

/** In good order: nobody has to miss it. */
export async function endRunner(sql: Sql, runner: string): Promise<void> {
  await sql.query('update daybreak.runner set stopped_at = clock_timestamp() where runner = $1', [runner]);
}

export async function recordGuard(sql: Sql, records: readonly Omit<GuardRecord, 'decidedAtMs'>[]): Promise<void> {
  if (records.length === 0) return;
  await sql.query(
    `insert into daybreak.guard_decision (read_model, run_id, runner, decision, reason)
    select d.* from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[])
      as d (read_model, run_id, runner, decision, reason)
    where exists (select from daybreak.read_model m where m.name = d.read_model)`,
    [
      records.map(({ readModel }) => readModel),
      records.map(({ runId }) => runId),
      records.map(({ runner }) => runner),
      records.map(({ decision }) => decision),
      records.map(({ reason }) => JSON.stringify(reason)),
    ],
  );
}
