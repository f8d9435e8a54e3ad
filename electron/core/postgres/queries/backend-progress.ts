import type { Sql } from '../session.ts';

export interface BackendProgress {
  readonly phase: string;
  readonly done: number | null;
  /** Null: not known. */
  readonly total: number | null;
  readonly unit: 'rows' | 'blocks' | 'bytes';
}

/**
 * What the server says about the command that a backend runs: CREATE INDEX, ANALYZE and COPY have such a view, the
 * fill of a materialized view has none. Null where there is none, or the role may not see it.
 */
export async function readBackendProgress(sql: Sql, pid: number): Promise<BackendProgress | null> {
  const [row] = await sql.query<BackendProgress>(
    `select phase, done::float8 as done, nullif(total, 0)::float8 as total, unit from (
      select 'building the index: ' || phase as phase,
        case when blocks_total > 0 and tuples_total = 0 then blocks_done else tuples_done end as done,
        case when blocks_total > 0 and tuples_total = 0 then blocks_total else tuples_total end as total,
        case when blocks_total > 0 and tuples_total = 0 then 'blocks' else 'rows' end as unit
      from pg_stat_progress_create_index where pid = $1 and phase is not null
      union all
      select 'gathering statistics: ' || phase, sample_blks_scanned, sample_blks_total, 'blocks'
      from pg_stat_progress_analyze where pid = $1 and phase is not null
      union all
      select 'copying', bytes_processed, bytes_total, 'bytes' from pg_stat_progress_copy where pid = $1
    ) as told limit 1`,
    [pid],
  );
  return row ?? null;
}

/** Size of a relation's own file on disk, also while a transaction writes it; null where there is none. */
export async function readRelationSize(sql: Sql, schema: string, relation: string): Promise<number | null> {
  const [row] = await sql.query<{ bytes: number | null }>(
    `select pg_relation_size(c.oid)::float8 as bytes from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = $2`,
    [schema, relation],
  );
  return row?.bytes ?? null;
}
