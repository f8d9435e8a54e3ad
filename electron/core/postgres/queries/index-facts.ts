import type { Sql } from '../session.ts';

export interface IndexFacts {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly method: string;
  /** Key columns in order; null for an expression. */
  readonly columns: readonly (string | null)[];
  readonly unique: boolean;
  /** Primary key, constraint, replica identity, or a part of a partitioned index: not to be dropped by itself. */
  readonly bound: boolean;
  readonly valid: boolean;
  readonly partial: boolean;
  readonly sizeBytes: number;
  readonly scans: number;
  /** CREATE INDEX as PostgreSQL writes it. */
  readonly definition: string;
  /** Table whose rows a foreign key of these columns points to: its deletes look here. */
  readonly referenced: string | null;
}

/** Every index outside of the system's schemas, or those of the tables that are named (`schema.table`, unquoted). */
export async function readIndexes(sql: Sql, tables: readonly string[] | null): Promise<IndexFacts[]> {
  const rows = await sql.query<Omit<IndexFacts, 'sizeBytes' | 'scans'> & { sizeBytes: string; scans: string }>(
    `select n.nspname::text as schema, t.relname::text as table, c.relname::text as name, am.amname::text as method,
      (select array_agg(a.attname::text order by k.place)
        from unnest(i.indkey) with ordinality as k (attnum, place)
        left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum > 0
        where k.place <= i.indnkeyatts) as columns,
      i.indisunique as unique, i.indisvalid as valid, i.indpred is not null as partial,
      i.indisprimary or i.indisexclusion or i.indisreplident or c.relispartition
        or exists (select 1 from pg_constraint o where o.conindid = i.indexrelid and o.contype in ('p', 'u', 'x'))
        as bound,
      pg_relation_size(i.indexrelid)::text as "sizeBytes", coalesce(s.idx_scan, 0)::text as scans,
      pg_get_indexdef(i.indexrelid) as definition,
      (select format('%I.%I', fn.nspname, ft.relname)
        from pg_constraint f
        join pg_class ft on ft.oid = f.confrelid
        join pg_namespace fn on fn.oid = ft.relnamespace
        where f.contype = 'f' and f.conrelid = i.indrelid and f.conkey[1] = i.indkey[0] limit 1) as referenced
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_class t on t.oid = i.indrelid
    join pg_namespace n on n.oid = t.relnamespace
    join pg_am am on am.oid = c.relam
    left join pg_stat_user_indexes s on s.indexrelid = i.indexrelid
    where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
      and ($1::text[] is null or n.nspname || '.' || t.relname = any ($1::text[]))
    order by 1, 2, 3`,
    [tables],
  );
  return rows.map((row) => ({ ...row, sizeBytes: Number(row.sizeBytes), scans: Number(row.scans) }));
}

/** Another value: indexes came or went since. */
export async function readIndexVersion(sql: Sql): Promise<string> {
  const [row] = await sql.query<{ version: string }>(
    `select md5(string_agg(indexrelid::text || indisvalid::text, ',' order by indexrelid)) as version
    from pg_index where indexrelid >= 16384`,
  );
  return row?.version ?? '';
}

/**
 * True where saves may use indexes through functions or triggers whose statements nobody counts: there are some of this
 * database's own, and pg_stat_statements.track is not `all`.
 */
export async function hasUncountedStatements(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ uncounted: boolean }>(
    `select current_setting('pg_stat_statements.track', true) is distinct from 'all' and (
      exists (select 1 from pg_trigger where not tgisinternal)
      or exists (
        select 1 from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        join pg_language l on l.oid = p.prolang
        where l.lanname not in ('internal', 'c') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
          and not exists (
            select 1 from pg_depend d
            where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'))) as uncounted`,
  );
  return row?.uncounted ?? false;
}
