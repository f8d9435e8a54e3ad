import type { Sql } from '../session.ts';

export interface CatalogCopy {
  readonly name: string;
  /** pg_class.relkind; copies are 'm'. */
  readonly kind: string;
  readonly populated: boolean;
  readonly sizeBytes: number;
  /** Columns of each index that a concurrent refresh can use: unique, valid, immediate, btree, plain columns, no WHERE. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** The same of indexes that are not unique. */
  readonly plainKeys: readonly (readonly string[])[];
}

const keysSql = (which: string): string =>
  `coalesce((select json_agg((select json_agg(a.attname order by k.place)
          from unnest(i.indkey) with ordinality as k (attnum, place)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
          where k.place <= i.indnkeyatts))
        from pg_index i join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
        where i.indrelid = c.oid and ${which} and i.indisvalid and i.indisready and i.indimmediate
          and i.indpred is null and i.indexprs is null and m.amname = 'btree'), '[]')`;

/** The relations behind copies; those that are gone are left out. */
export async function readCopies(sql: Sql, schema: string, names: readonly string[]): Promise<CatalogCopy[]> {
  return sql.query<CatalogCopy>(
    `select c.relname::text as name, c.relkind::text as kind, c.relispopulated as populated,
      pg_total_relation_size(c.oid)::float8 as "sizeBytes", ${keysSql('i.indisunique')} as "uniqueKeys",
      ${keysSql('not i.indisunique')} as "plainKeys"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = any ($2::text[])`,
    [schema, names],
  );
}

export interface CopyIndex {
  readonly unique: boolean;
  /** What follows the relation in CREATE INDEX, every name qualified: 'USING btree (amount)'. */
  readonly definition: string;
  /** Columns that it needs: keys, those that it carries along, and those within expressions and its WHERE. */
  readonly needs: readonly string[];
}

/** Valid indexes of a relation but the one called `except`, oldest first. Call it in a transaction. */
export async function readIndexesBut(sql: Sql, schema: string, relation: string, except: string): Promise<CopyIndex[]> {
  const [path] = await sql.query<{ before: string }>(`select current_setting('search_path') as before`);
  await sql.query(`select set_config('search_path', 'pg_catalog', true)`);
  const found = await sql.query<CopyIndex>(
    `select i.indisunique as "unique", coalesce((select json_agg(distinct a.attname)
        from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid and a.attnum > 0
        where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid
          and d.refclassid = 'pg_class'::regclass and d.refobjid = i.indrelid), '[]') as needs, substr(pg_get_indexdef(i.indexrelid), length(format('CREATE %sINDEX %I ON %I.%I ',
        case when i.indisunique then 'UNIQUE ' else '' end, x.relname, n.nspname, c.relname)) + 1) as definition
    from pg_index i join pg_class x on x.oid = i.indexrelid
    join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = $2 and x.relname <> $3 and i.indisvalid
    order by i.indexrelid`,
    [schema, relation, except],
  );
  // What is read after it prints its names as the session finds them.
  await sql.query(`select set_config('search_path', $1, true)`, [path?.before ?? '']);
  return found;
}

/** Relations that a view reads, as `schema.name`, quoted; and its text. */
export async function readViewBody(
  sql: Sql,
  viewOid: string,
): Promise<{ readonly reads: readonly string[]; readonly text: string }> {
  const [row] = await sql.query<{ reads: string[]; text: string }>(
    `select pg_get_viewdef($1::text::oid) as text, coalesce((
      select json_agg(distinct format('%I.%I', n.nspname, c.relname))
      from pg_rewrite w
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
      join pg_class c on c.oid = d.refobjid and c.oid <> w.ev_class
      join pg_namespace n on n.oid = c.relnamespace
      where w.ev_class = $1::text::oid), '[]') as reads`,
    [viewOid],
  );
  return row ?? { reads: [], text: '' };
}

/** A materialized view's query with every name qualified, without the semicolon. Call it in a transaction of its own. */
export async function qualifiedDefinition(sql: Sql, relation: string): Promise<string> {
  // Printed names carry a schema unless search_path finds them.
  await sql.query(`select set_config('search_path', 'pg_catalog', true)`);
  const [row] = await sql.query<{ text: string }>('select pg_get_viewdef($1::text::regclass) as text', [relation]);
  if (row === undefined) throw new Error('a select without a from has one row');
  return row.text.trim().replace(/;$/, '');
}
