import type { Sql } from '../session.ts';

export interface ReadableRelation {
  readonly schema: string;
  readonly name: string;
  /** A view whose first column is `as_of`, as every stable view has it. */
  readonly stable: boolean;
}

/**
 * Which relations `role` can read, in whole or by column, whoever granted it that: outside of the system catalogs, of
 * extensions, and of Daybreak's registry. An SQL text, `role` being an expression of type oid: scripts print it too.
 */
export const readableRelationsSql = (role: string): string =>
  `select n.nspname::text as schema, c.relname::text as name,
  c.relkind = 'v' and exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid = c.oid and a.attnum = 1 and a.attname = 'as_of'
      and a.atttypid = 'pg_catalog.timestamptz'::pg_catalog.regtype) as stable
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname not in ('pg_catalog', 'information_schema', 'daybreak')
  and n.nspname !~ '^pg_(toast|temp_)'
  and pg_catalog.has_schema_privilege(${role}, n.oid, 'usage')
  and (pg_catalog.has_table_privilege(${role}, c.oid, 'select')
    or pg_catalog.has_any_column_privilege(${role}, c.oid, 'select'))
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname, c.relname`;

/** As the role of the session. */
export function readReadableRelations(sql: Sql): Promise<ReadableRelation[]> {
  return sql.query<ReadableRelation>(
    readableRelationsSql('(select oid from pg_catalog.pg_roles where rolname = current_user)'),
  );
}
