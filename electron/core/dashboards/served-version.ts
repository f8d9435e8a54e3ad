import type { Sql } from '../postgres/session.ts';

/**
 * The version of a read model that its stable view serves, by the copy that the view is over. The catalog tells it to
 * readers who may not read the registry. null where no view of that name, or more than one, is over such a copy.
 */
export async function servedVersion(sql: Sql, readModel: string): Promise<number | null> {
  const rows = await sql.query<{ version: number }>(
    `select distinct substring(copy.relname from length(view.relname) + 3 for
              length(copy.relname) - length(view.relname) - 4)::integer as version
     from pg_class view
     join pg_rewrite rule on rule.ev_class = view.oid
     join pg_depend reference on reference.classid = 'pg_rewrite'::regclass and reference.objid = rule.oid
       and reference.refclassid = 'pg_class'::regclass
     join pg_class copy on copy.oid = reference.refobjid
     where view.relname = $1 and view.relkind = 'v'
       and left(copy.relname, length(view.relname)) = view.relname
       and substring(copy.relname from length(view.relname) + 1) ~ '^_v[0-9]{1,6}_[ab]$'`,
    [readModel],
  );
  const [only] = rows;
  return rows.length === 1 && only !== undefined ? only.version : null;
}
