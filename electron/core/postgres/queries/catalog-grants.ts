import type { Sql } from '../session.ts';

/** One right on a relation, or on one of its columns. */
export interface RelationGrant {
  /** A role, or 'public' for everybody. */
  readonly grantee: string;
  /** e.g. 'SELECT'. */
  readonly privilege: string;
  /** Null: on the whole relation. */
  readonly column: string | null;
  readonly grantable: boolean;
}

/** What others than its owner may do with a relation, in a fixed order; empty where there is none. */
export async function readGrants(sql: Sql, schema: string, relation: string): Promise<RelationGrant[]> {
  return sql.query<RelationGrant>(
    `with relation as (
      select c.oid, c.relowner, c.relacl from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = $2
    ), granted as (
      select null::text as "column", a.grantee, a.privilege_type, a.is_grantable, r.relowner
      from relation r, aclexplode(r.relacl) a
      union all
      select t.attname::text, a.grantee, a.privilege_type, a.is_grantable, r.relowner
      from relation r join pg_attribute t on t.attrelid = r.oid and not t.attisdropped, aclexplode(t.attacl) a
    )
    select distinct case when grantee = 0 then 'public' else pg_get_userbyid(grantee)::text end as grantee,
      privilege_type as privilege, "column", is_grantable as grantable
    from granted where grantee <> relowner
    order by "column" nulls first, grantee, privilege, grantable`,
    [schema, relation],
  );
}
