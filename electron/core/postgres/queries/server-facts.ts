import type { Sql } from '../session.ts';

export interface ServerIdentity {
  readonly versionNumber: number;
  readonly versionText: string;
  /** null where this role may not ask pg_control_system(). */
  readonly systemIdentifier: string | null;
  readonly databaseName: string;
  readonly roleName: string;
  readonly superuser: boolean;
  readonly inRecovery: boolean;
  readonly timeZone: string;
  /** Of the database, e.g. 'UTF8' or 'SQL_ASCII'. */
  readonly encoding: string;
}

/** Who answers, and as whom it knows us. Works on every version, and on what only looks like PostgreSQL. */
export async function readIdentity(sql: Sql): Promise<ServerIdentity> {
  const [row] = await sql.query<Omit<ServerIdentity, 'systemIdentifier'> & { mayIdentify: boolean }>(`
    select current_setting('server_version_num')::int as "versionNumber",
      version() as "versionText",
      current_database()::text as "databaseName",
      current_user::text as "roleName",
      current_setting('is_superuser') = 'on' as superuser,
      pg_is_in_recovery() as "inRecovery",
      current_setting('TimeZone') as "timeZone",
      current_setting('server_encoding') as encoding,
      has_function_privilege('pg_catalog.pg_control_system()', 'execute') as "mayIdentify"`);
  if (row === undefined) throw new Error('a select without a from has one row');
  const { mayIdentify, ...identity } = row;
  if (!mayIdentify) return { ...identity, systemIdentifier: null };
  const [system] = await sql.query<{ systemIdentifier: string }>(
    'select system_identifier::text as "systemIdentifier" from pg_control_system()',
  );
  return { ...identity, systemIdentifier: system?.systemIdentifier ?? null };
}

/** The server's clock, ms since the epoch. */
export async function readServerClock(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
  );
  if (row === undefined) throw new Error('a select without a from has one row');
  return row.now;
}

/** The process that answers, and how long it has been there; null where the server does not show it. */
export async function readOwnBackend(sql: Sql): Promise<{ readonly pid: number; readonly ageMs: number } | null> {
  const [row] = await sql.query<{ pid: number; ageMs: number }>(
    `select pid, (extract(epoch from clock_timestamp() - backend_start) * 1000)::float8 as "ageMs"
    from pg_stat_activity where pid = pg_backend_pid() and backend_start is not null`,
  );
  return row ?? null;
}

/** pg_read_all_stats, directly, through pg_monitor, or as a superuser. Cheap, for asking again and again. */
export async function readAllStatisticsRight(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ granted: boolean }>(`select pg_has_role('pg_read_all_stats', 'usage') as granted`);
  return row?.granted ?? false;
}

/** Databases whose texts may hold any bytes, and that this role may connect to. */
export async function readUncheckedDatabases(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `select datname::text as name from pg_database
    where pg_encoding_to_char(encoding) = 'SQL_ASCII' and datallowconn and has_database_privilege(oid, 'connect')
    order by datname`,
  );
  return rows.map(({ name }) => name);
}

export interface Rights {
  /** pg_read_all_stats, directly, through pg_monitor, or as a superuser. */
  readonly allStatistics: boolean;
  readonly createInDatabase: boolean;
  /** Schema `daybreak` exists, and this role may use it and create in it. */
  readonly registryUsable: boolean;
  /** At least one table, view or materialized view of the database can be read, in whole or by column. */
  readonly readsSomeTable: boolean;
  /** Schemas with tables, of which this role reads none; at most five. */
  readonly unreadableSchemas: readonly string[];
}

export async function readRights(sql: Sql): Promise<Rights> {
  const [row] = await sql.query<Rights>(`
    with relation as (
      select n.nspname,
        has_schema_privilege(n.oid, 'usage')
          and (has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select')) as readable
      from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f')
        and n.nspname not in ('pg_catalog', 'information_schema', 'daybreak')
        and n.nspname not like 'pg\\_toast%' and n.nspname not like 'pg\\_temp\\_%'
        and not exists (
          select from pg_depend d
          where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
        )
    )
    select pg_has_role('pg_read_all_stats', 'usage') as "allStatistics",
      has_database_privilege(current_database(), 'create') as "createInDatabase",
      coalesce((
        select has_schema_privilege(oid, 'usage') and has_schema_privilege(oid, 'create')
        from pg_namespace where nspname = 'daybreak'
      ), false) as "registryUsable",
      exists (select from relation where readable) as "readsSomeTable",
      coalesce((
        select array_agg(s.nspname::text order by s.nspname)
        from (
          select nspname from relation group by nspname having not bool_or(readable) order by nspname limit 5
        ) s
      ), '{}') as "unreadableSchemas"`);
  if (row === undefined) throw new Error('a select without a from has one row');
  return row;
}
