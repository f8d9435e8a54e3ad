import type { Sql } from '../session.ts';

/** Rows of a page where nobody has counted any: as many as the planner would guess for narrow ones. */
const guessedRowsPerPage = 80;

/**
 * Rows of tables by `schema.table` without quotes, as the planner estimates them: the density that ANALYZE found, times
 * the pages that there are now.
 */
export async function readTableRows(sql: Sql, tables: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (tables.length === 0) return new Map();
  const rows = await sql.query<{ table: string; rows: number }>(
    `select n.nspname || '.' || c.relname as "table",
      ceil(pg_relation_size(c.oid)::float8 / current_setting('block_size')::float8
        * case when c.relpages > 0 and c.reltuples >= 0 then c.reltuples / c.relpages
          else ${guessedRowsPerPage} end)::float8 as rows
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname || '.' || c.relname = any ($1::text[])`,
    [tables],
  );
  return new Map(rows.map((row) => [row.table, row.rows]));
}
