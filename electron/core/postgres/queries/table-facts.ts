import type { Sql } from '../session.ts';

export interface TableFacts {
  readonly schema: string;
  readonly table: string;
  /** pg_class.relkind: r or p. */
  readonly kind: string;
  readonly rows: number;
  readonly pages: number;
  /** Since `sinceMs`. */
  readonly inserted: number;
  readonly updated: number;
  readonly hotUpdated: number;
  readonly deleted: number;
  /** When this database's statistics were last reset, ms since the epoch; null: never, and since when is not known. */
  readonly sinceMs: number | null;
}

/** Size and writes of tables, named `schema.table` without quotes. */
export async function readTableFacts(sql: Sql, tables: readonly string[]): Promise<TableFacts[]> {
  if (tables.length === 0) return [];
  const rows = await sql.query<Record<string, string | null>>(
    `select n.nspname::text as schema, c.relname::text as table, c.relkind::text as kind,
      greatest(c.reltuples, 0)::text as rows, c.relpages::text as pages,
      coalesce(s.n_tup_ins, 0)::text as inserted, coalesce(s.n_tup_upd, 0)::text as updated,
      coalesce(s.n_tup_hot_upd, 0)::text as "hotUpdated", coalesce(s.n_tup_del, 0)::text as deleted,
      (extract(epoch from d.stats_reset) * 1000)::text as "sinceMs"
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_stat_user_tables s on s.relid = c.oid
    left join pg_stat_database d on d.datname = current_database()
    where c.relkind in ('r', 'p') and n.nspname || '.' || c.relname = any ($1::text[])`,
    [tables],
  );
  const count = (value: string | null | undefined) => Number(value ?? 0);
  return rows.map((row) => ({
    schema: row['schema'] ?? '',
    table: row['table'] ?? '',
    kind: row['kind'] ?? 'r',
    rows: count(row['rows']),
    pages: count(row['pages']),
    inserted: count(row['inserted']),
    updated: count(row['updated']),
    hotUpdated: count(row['hotUpdated']),
    deleted: count(row['deleted']),
    sinceMs: row['sinceMs'] == null ? null : Number(row['sinceMs']),
  }));
}

/** Cost of a page that is read out of order, in units of one read in order. */
export async function readRandomPageCost(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ cost: number }>(`select current_setting('random_page_cost')::float8 as cost`);
  return row?.cost ?? 4;
}
