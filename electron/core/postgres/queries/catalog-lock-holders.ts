import type { Sql } from '../session.ts';

/** A session in the way of a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly role: string;
  readonly application: string;
  readonly state: string;
  /** Age of its transaction, ms. */
  readonly transactionMs: number;
  /** Running, or last, statement; cut at 200 characters; null where this role may not see it. */
  readonly query: string | null;
}

/** Sessions that hold a lock on the relation, longest transaction first. */
export async function lockHolders(sql: Sql, schema: string, relation: string): Promise<LockHolder[]> {
  return sql.query<LockHolder>(
    `select a.pid, coalesce(a.usename, '')::text as role, coalesce(a.application_name, '') as application,
      coalesce(a.state, '') as state, left(a.query, 200) as query,
      coalesce(extract(epoch from clock_timestamp() - a.xact_start) * 1000, 0)::float8 as "transactionMs"
    from pg_stat_activity a
    where a.pid <> pg_backend_pid() and a.pid in (
      select l.pid from pg_locks l
      join pg_class c on c.oid = l.relation
      join pg_namespace n on n.oid = c.relnamespace
      join pg_database d on d.oid = l.database and d.datname = current_database()
      where l.locktype = 'relation' and l.granted and n.nspname = $1 and c.relname = $2)
    order by a.xact_start nulls last`,
    [schema, relation],
  );
}

/** 'metabase (reports, process 4711), idle in transaction for 6 s' */
export const describeHolder = ({ application, role, pid, state, transactionMs }: LockHolder): string =>
  `${application === '' ? 'a session' : application} (${role}, process ${pid}), ${state === '' ? 'open' : state} for ${Math.round(transactionMs / 1000)} s`;

/** Sessions of this role in this database under an application name, without our own. */
export async function sessionsNamed(sql: Sql, applicationName: string): Promise<number[]> {
  const rows = await sql.query<{ pid: number }>(
    `select pid from pg_stat_activity
    where application_name = $1 and datname = current_database() and usename = current_user and pid <> pg_backend_pid()`,
    [applicationName],
  );
  return rows.map(({ pid }) => pid);
}
