import type { Sql } from '../session.ts';

/** What the planner knows about a column, from pg_stats; null where it was never analyzed or this role may not look. */
export interface ColumnStatistics {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly notNull: boolean;
  /** Positive: a number of values. Negative: minus the share of the rows. */
  readonly distinct: number | null;
  readonly nullShare: number | null;
  readonly averageBytes: number | null;
  /** Of physical and logical order, -1 to 1. */
  readonly correlation: number | null;
  /** Values as text. */
  readonly mostCommon: string | null;
  readonly mostCommonShare: number | null;
  /** The most common ones, at most five, `mostCommon` first. */
  readonly common: readonly string[] | null;
  /** A quarter, the half and three quarters up the histogram. */
  readonly quarter: string | null;
  readonly middle: string | null;
  readonly threeQuarters: string | null;
}

export interface TableColumn {
  /** null: found by the session's search_path. */
  readonly schema: string | null;
  readonly table: string;
  readonly column: string;
}

/** Columns that exist, each with the asked name's place in `asked` as `place`. */
export async function readColumnStatistics(
  sql: Sql,
  asked: readonly TableColumn[],
): Promise<(ColumnStatistics & { readonly place: number })[]> {
  if (asked.length === 0) return [];
  return sql.query<ColumnStatistics & { readonly place: number }>(
    `select distinct on (w.place) w.place::int as place, n.nspname::text as schema, c.relname::text as table,
      a.attname::text as column, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull",
      s.n_distinct::float8 as distinct, s.null_frac::float8 as "nullShare", s.avg_width as "averageBytes",
      s.correlation::float8 as correlation,
      (s.most_common_vals::text::text[])[1] as "mostCommon", s.most_common_freqs[1]::float8 as "mostCommonShare",
      (s.most_common_vals::text::text[])[1:5] as common,
      h.bounds[1 + (h.n - 1) / 4] as quarter, h.bounds[1 + (h.n - 1) / 2] as middle,
      h.bounds[1 + 3 * (h.n - 1) / 4] as "threeQuarters"
    from unnest($1::text[], $2::text[], $3::text[]) with ordinality as w (schema, name, attribute, place)
    join pg_class c on c.oid = to_regclass(concat_ws('.', quote_ident(w.schema), quote_ident(w.name)))
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = w.attribute and a.attnum > 0 and not a.attisdropped
    left join pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname
    left join lateral (
      select s.histogram_bounds::text::text[] as bounds, array_length(s.histogram_bounds::text::text[], 1) as n
    ) h on true
    -- of a partitioned table only the statistics over its partitions say anything
    order by w.place, s.inherited = (c.relkind = 'p') desc nulls last`,
    [asked.map(({ schema }) => schema), asked.map(({ table }) => table), asked.map(({ column }) => column)],
  );
}
