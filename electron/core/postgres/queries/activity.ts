import type { ActivityRow, ActivitySample } from '../../../../shared/model/sampling.ts';
import type { Sql } from '../session.ts';

/**
 * A server may keep up to 1 MB of each session's text (track_activity_query_size), which would be 100 MB in a sample of
 * 100 sessions. What is longer than `longTextBytes` is cut.
 */
const longTextBytes = 32_768;
/** Characters that are left of one that is cut. */
export const cutTextChars = 8_192;

type Cells = { readonly [name in keyof ActivityRow]: ActivityRow[name] | null };

/**
 * The statement for one look at pg_stat_activity: every session that works, waits in a transaction, or blocks
 * somebody; of the server's own processes those that do something (autovacuum, checkpoint, backup). Ours is left out.
 *
 * `pg_blocking_pids` takes the lock manager's locks, so it is asked for lock waiters only, and `materialized` keeps it
 * at one call each. Sessions whose details this role may not see have no backend_type and are left out.
 */
export function activitySql(versionNumber: number): string {
  const queryId = (alias: string) => (versionNumber >= 140_000 ? `nullif(${alias}.query_id, 0)` : 'null::int8');
  const ms = (column: string) => `(extract(epoch from a.${column}) * 1000)::float8`;
  return `
    with activity as materialized (
      select pid, leader_pid, datname, datid, usename, usesysid, application_name, backend_type, state, wait_event_type,
        wait_event, query_start, xact_start, backend_xmin, ${versionNumber >= 140_000 ? 'query_id,' : ''}
        case when octet_length(query) > ${longTextBytes} then left(query, ${cutTextChars}) else query end as query
      from pg_stat_activity where pid <> pg_backend_pid() and backend_type is not null
    ), waiting as materialized (
      select pid, pg_blocking_pids(pid) as blockers from activity where wait_event_type = 'Lock'
    )
    select (extract(epoch from t.now) * 1000)::float8 as "atMs",
      a.pid, a.leader_pid as "leaderPid",
      a.datname::text as "databaseName", a.datid::text as "databaseOid",
      a.usename::text as "roleName", a.usesysid::text as "roleOid",
      a.application_name as "applicationName", a.backend_type as "backendType", a.state,
      a.wait_event_type as "waitEventType", a.wait_event as "waitEvent",
      coalesce(${queryId('a')}, ${queryId('l')})::text as queryid,
      coalesce(nullif(a.query, ''), l.query) as query,
      ${ms('query_start')} as "queryStartMs", ${ms('xact_start')} as "xactStartMs",
      age(a.backend_xmin) as "backendXminAge",
      w.blockers as "blockedByPids"
    from (select clock_timestamp() as now) t
      left join (
        activity a
        left join waiting w on w.pid = a.pid
        left join activity l on l.pid = a.leader_pid -- a parallel worker counts for its leader's statement
      ) on (
        case
          when a.state is null then coalesce(a.wait_event_type, '') not in ('Activity', 'Extension')
          when a.state in ('idle', 'disabled') then false
          else a.wait_event_type is distinct from 'Activity'
        end
        or a.pid in (select unnest(blockers) from waiting)
      )`;
}

export async function readActivity(sql: Sql, versionNumber: number): Promise<ActivitySample> {
  const rows = await sql.query<Cells & { readonly atMs: number }>(activitySql(versionNumber));
  const [first] = rows;
  if (first === undefined) throw new Error('a left join from one row has at least one row');
  const seen = rows.flatMap(({ atMs: _atMs, pid, ...cells }) => (pid === null ? [] : [rowOf(pid, cells)]));
  return { atMs: first.atMs, rows: seen };
}

function rowOf(pid: number, cells: Omit<Cells, 'pid'>): ActivityRow {
  return {
    ...cells,
    pid,
    applicationName: cells.applicationName ?? '',
    backendType: cells.backendType ?? '',
    query: cells.query ?? '',
    // Several workers of one blocker make it appear several times; 0 is a prepared transaction.
    blockedByPids: [...new Set(cells.blockedByPids)],
  };
}
