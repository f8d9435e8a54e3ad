import type { Sql } from '../session.ts';

export interface BuildRights {
  readonly role: string;
  readonly database: string;
  readonly createInDatabase: boolean;
  /** null: there is no such schema. */
  readonly createInSchema: boolean | null;
  readonly ownsSchema: boolean;
  /** null: there is no schema `daybreak`. True also for an empty one that this role may fill. */
  readonly writesRegistry: boolean | null;
}

/** What this role may create in the database and in `schema`. */
export async function readBuildRights(sql: Sql, schema: string): Promise<BuildRights> {
  const [row] = await sql.query<BuildRights>(
    `select current_user::text as role, current_database()::text as database,
      has_database_privilege(current_database(), 'create') as "createInDatabase",
      (select has_schema_privilege(oid, 'create') and has_schema_privilege(oid, 'usage')
        from pg_namespace where nspname = $1) as "createInSchema",
      coalesce((select pg_has_role(nspowner, 'usage') from pg_namespace where nspname = $1), false) as "ownsSchema",
      (select has_schema_privilege(n.oid, 'usage') and coalesce(bool_and(
          has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
          and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete')),
          has_schema_privilege(n.oid, 'create'))
        from pg_namespace n left join pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
        where n.nspname = 'daybreak' group by n.oid) as "writesRegistry"`,
    [schema],
  );
  if (row === undefined) throw new Error('a select without a from has one row');
  return row;
}
