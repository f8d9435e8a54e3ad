import { quoteIdent } from '../quote.ts';
import type { Sql } from '../session.ts';

/** A column of a query: its name, and its type as it may stand behind `::`. */
export interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * Collations of a query's columns by name, `schema.name`, quoted: null where it is the type's own. Columns of types without
 * one are left out, and those for which the query gives none, which the server refuses to store. No row is read.
 *
 * @param queryAs The query as a table expression called `q`.
 */
export async function resultCollations(
  sql: Sql,
  queryAs: string,
  columns: readonly TypedColumn[],
): Promise<ReadonlyMap<string, string | null>> {
  const known = await sql.query<{ type: string; own: string }>(
    `select w.type, t.typcollation::text as own from unnest($1::text[]) as w (type)
    join pg_type t on t.oid = to_regtype(w.type) and t.typcollation <> 0`,
    [[...new Set(columns.map(({ type }) => type))]],
  );
  const ownOf = new Map(known.map(({ type, own }) => [type, own]));
  const collated = columns.flatMap(({ name, type }) => {
    const own = ownOf.get(type);
    return own === undefined ? [] : [{ name, own }];
  });
  if (collated.length === 0) return new Map();
  // pg_collation_for() tells what the parser derived, so one row of NULLs is enough to ask.
  const asked = collated.map(({ name }) => `pg_collation_for(q.${quoteIdent(name)})`);
  const found = await sql.query<{ name: string; collation: string | null }>(
    `select w.name, case when l.oid <> w.own then format('%I.%I', n.nspname, l.collname) end as collation
    from (select array[${asked.join(', ')}] as names
      from (select 1) as one left join (select * from ${queryAs} limit 0) as q on true) as told
    cross join lateral unnest(told.names, $1::text[], $2::text[]::oid[]) as w (told, name, own)
    join pg_collation l on l.oid = w.told::regcollation
    join pg_namespace n on n.oid = l.collnamespace`,
    [collated.map(({ name }) => name), collated.map(({ own }) => own)],
  );
  return new Map(found.map(({ name, collation }) => [name, collation]));
}
