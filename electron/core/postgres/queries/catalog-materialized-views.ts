import type { Sql } from '../session.ts';

export interface MaterializedView {
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
  /** This role may rename and drop it. */
  readonly ownedByUs: boolean;
  readonly sizeBytes: number;
  readonly comment: string | null;
  /** Columns of its first index that can be a key; null without one. */
  readonly keyColumns: string[] | null;
}

export interface MaterializedViewInFull extends MaterializedView {
  readonly indexes: readonly {
    readonly name: string;
    readonly unique: boolean;
    /** Columns, where it is over plain columns of all rows and carries no others along (INCLUDE); null otherwise. */
    readonly columns: readonly string[] | null;
    /** What follows the relation in CREATE INDEX: 'USING btree (region)'. */
    readonly definition: string;
  }[];
  /** Rights on single columns. */
  readonly columnGrants: readonly { readonly column: string; readonly role: string }[];
}

/** Columns of a `MaterializedView`, over the relation `c` in the schema `n`. */
const listed = `n.nspname::text as schema, c.relname::text as name, pg_get_userbyid(c.relowner)::text as owner,
    pg_has_role(c.relowner, 'usage') as "ownedByUs", pg_total_relation_size(c.oid)::float8 as "sizeBytes",
    obj_description(c.oid, 'pg_class') as comment,
    (select json_agg(a.attname order by k.place)
      from (select i.indexrelid, i.indrelid, i.indkey, i.indnkeyatts from pg_index i
        where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
        order by i.indexrelid limit 1) as i
      cross join lateral unnest(i.indkey) with ordinality as k (attnum, place)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
      where k.place <= i.indnkeyatts) as "keyColumns"
`;

/** Materialized views that this role may read, without the copies of read models. */
export async function listMaterializedViews(sql: Sql, copies: readonly string[]): Promise<MaterializedView[]> {
  return sql.query<MaterializedView>(
    `select ${listed}
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'm' and has_table_privilege(c.oid, 'select') and not format('%I.%I', n.nspname, c.relname) = any ($1::text[])
    order by n.nspname, c.relname`,
    [copies],
  );
}

/** One of them with all that a stable view has to carry; null where there is none. */
export async function readMaterializedView(
  sql: Sql,
  schema: string,
  name: string,
): Promise<MaterializedViewInFull | null> {
  const [row] = await sql.query<MaterializedViewInFull>(
    `select ${listed},
      coalesce((select json_agg(json_build_object('name', x.relname, 'unique', i.indisunique,
          'columns', case when i.indexprs is null and i.indpred is null and i.indnatts = i.indnkeyatts then (
            select json_agg(a.attname order by k.place) from unnest(i.indkey) with ordinality as k (attnum, place)
              join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum) end,
          'definition', substr(pg_get_indexdef(i.indexrelid), length(format('CREATE %sINDEX %I ON %I.%I ',
            case when i.indisunique then 'UNIQUE ' else '' end, x.relname, n.nspname, c.relname)) + 1)) order by i.indexrelid)
        from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid and i.indisvalid), '[]') as indexes,
      coalesce((select json_agg(json_build_object('column', a.attname,
          'role', case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee) end) order by a.attnum, g.grantee)
        from pg_attribute a cross join lateral aclexplode(a.attacl) g
        where a.attrelid = c.oid and g.privilege_type = 'SELECT'), '[]') as "columnGrants"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'm' and n.nspname = $1 and c.relname = $2`,
    [schema, name],
  );
  return row ?? null;
}
