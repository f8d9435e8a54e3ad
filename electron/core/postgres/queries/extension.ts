import type { Sql } from '../session.ts';

/** pg_stat_statements as it is installed in this database: what it can do follows from it, not from the server. */
export interface StatementStatistics {
  /** Where the extension lives: often `public`, or a schema of its own. */
  readonly schema: string;
  /** extversion, e.g. '1.10'. */
  readonly version: string;
  /** Columns of its function, by introspection. */
  readonly columns: ReadonlySet<string>;
  /** `pg_stat_statements_info` exists (1.9). */
  readonly hasInfo: boolean;
}

export interface ExtensionState {
  /** null: not created in this database. */
  readonly installed: StatementStatistics | null;
  /** This role may call it. */
  readonly executable: boolean;
  /** The library runs in the server. */
  readonly preloaded: boolean;
  /** The files are on the server, so that `create extension` can work. */
  readonly available: boolean;
  /** pg_stat_statements.track; null where it is not loaded. */
  readonly track: string | null;
  /** compute_query_id (14+): 'off' leaves the statistics empty. null before 14. */
  readonly computeQueryId: string | null;
}

/** Reads no statistics, so that it works without any right on them. */
export async function readExtensionState(sql: Sql): Promise<ExtensionState> {
  const [row] = await sql.query<{
    schema: string | null;
    version: string | null;
    columns: (string | null)[] | null;
    hasInfo: boolean;
    executable: boolean;
    preloaded: boolean;
    available: boolean;
    track: string | null;
    computeQueryId: string | null;
  }>(`
    select n.nspname::text as schema,
      e.extversion as version,
      p.proargnames as columns,
      -- pg_settings shows a setting of a library only while that library is loaded, and to everybody
      exists (select from pg_settings where name = 'pg_stat_statements.max') as preloaded,
      -- reads a directory of the server, so only where it matters
      case when e.oid is not null then true
        else exists (select from pg_available_extensions where name = 'pg_stat_statements') end as available,
      current_setting('pg_stat_statements.track', true) as track,
      current_setting('compute_query_id', true) as "computeQueryId",
      coalesce(has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute'), false) as executable,
      exists (
        select from pg_proc i where i.pronamespace = n.oid and i.proname = 'pg_stat_statements_info'
      ) as "hasInfo"
    from (select) one
      left join pg_extension e on e.extname = 'pg_stat_statements'
      left join pg_namespace n on n.oid = e.extnamespace
      left join pg_proc p on p.pronamespace = n.oid and p.proname = 'pg_stat_statements'`);
  if (row === undefined) throw new Error('a left join from one row has one row');
  const { schema, version, columns, hasInfo, ...state } = row;
  if (schema === null || version === null || columns === null) return { installed: null, ...state };
  const names = new Set(columns.filter((name) => name !== null));
  return { installed: { schema, version, columns: names, hasInfo }, ...state };
}
