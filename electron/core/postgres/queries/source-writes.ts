import type { Sql } from '../session.ts';
import type { WrittenName } from './catalog-definition.ts';

/**
 * Rows that were ever inserted, updated and deleted in what each name stands for, since the statistics began: a table
 * with its partitions, or all that a view reads. Grows with every write that is committed or rolled back; shrinks where
 * statistics were reset. A name that is gone is left out.
 */
export async function readSourceWrites(
  sql: Sql,
  names: readonly WrittenName[],
): Promise<{ readonly schema: string | null; readonly name: string; readonly writes: number }[]> {
  if (names.length === 0) return [];
  return sql.query(
    `with recursive named as (
      select w.schema, w.name, c.oid
      from unnest($1::text[], $2::text[]) as w (schema, name)
      join pg_class c on c.relname = w.name
      join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'v', 'm', 'f', 'p')
        and case when w.schema is null then pg_table_is_visible(c.oid) else n.nspname = w.schema end
    ), reached (root, oid) as (
      select oid, oid from named
      union
      select reached.root, next.oid from reached cross join lateral (
        select i.inhrelid as oid from pg_inherits i where i.inhparent = reached.oid
        union all
        select d.refobjid from pg_rewrite r
          join pg_class v on v.oid = r.ev_class and v.relkind = 'v'
          join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
        where r.ev_class = reached.oid) next
    )
    select named.schema, named.name,
      coalesce(sum(s.n_tup_ins + s.n_tup_upd + s.n_tup_del), 0)::float8 as writes
    from named
    join reached on reached.root = named.oid
    left join pg_stat_all_tables s on s.relid = reached.oid and s.schemaname <> 'daybreak'
    group by named.schema, named.name`,
    [names.map(({ schema }) => schema), names.map(({ name }) => name)],
  );
}
