import type { Sql } from '../session.ts';

export interface CatalogColumn {
  readonly name: string;
  /** format_type() without width and precision, as it may stand behind `::`. */
  readonly type: string;
  /** `schema.name`, quoted, of a collation other than the type's own. */
  readonly collation: string | null;
}

export interface CatalogRelation {
  readonly oid: string;
  /** pg_class.relkind. */
  readonly kind: string;
  readonly options: readonly string[];
  readonly comment: string | null;
  /** This role may replace and drop it. */
  readonly ownedByUs: boolean;
  /** Its owner, where that is not this role itself. */
  readonly otherOwner: string | null;
  readonly columns: readonly CatalogColumn[];
}

/** A relation with its columns in order, or null. Reads the catalog only, so it needs no rights on the relation. */
export async function readRelation(sql: Sql, schema: string, name: string): Promise<CatalogRelation | null> {
  const [relation] = await sql.query<CatalogRelation>(
    `select c.oid::text as oid, c.relkind::text as kind, coalesce(c.reloptions, '{}') as options,
      obj_description(c.oid, 'pg_class') as comment, pg_has_role(c.relowner, 'usage') as "ownedByUs",
      nullif(pg_get_userbyid(c.relowner), current_user)::text as "otherOwner",
      coalesce((select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, -1), 'collation',
            case when a.attcollation <> t.typcollation
              then (select format('%I.%I', n2.nspname, l.collname) from pg_collation l
                    join pg_namespace n2 on n2.oid = l.collnamespace where l.oid = a.attcollation) end)
          order by a.attnum)
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = $2`,
    [schema, name],
  );
  return relation ?? null;
}

export interface Dependent {
  /** Name of the relation that is read. */
  readonly relation: string;
  /** e.g. 'view erp.board', 'function erp.f(integer)'. */
  readonly dependent: string;
}

/**
 * What reads the relations: views and materialized views through their rules, functions through pg_depend (bodies of
 * standard SQL) or because their source names `schema.relation`. `except` are oids that do not count.
 */
export async function readDependents(
  sql: Sql,
  schema: string,
  relations: readonly string[],
  except: readonly string[],
): Promise<Dependent[]> {
  return sql.query<Dependent>(
    `with relation as (
      select c.oid, c.relname::text as relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = any ($2::text[])
    )
    select distinct r.relname as relation,
      case v.relkind when 'v' then 'view ' when 'm' then 'materialized view ' else 'relation ' end
        || format('%I.%I', n.nspname, v.relname) as dependent
    from relation r
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = r.oid and d.classid = 'pg_rewrite'::regclass
    join pg_rewrite w on w.oid = d.objid
    join pg_class v on v.oid = w.ev_class and v.oid <> r.oid
    join pg_namespace n on n.oid = v.relnamespace
    where not v.oid::text = any ($3::text[])
    union
    select r.relname, 'function ' || p.oid::regprocedure::text
    from relation r
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = r.oid and d.classid = 'pg_proc'::regclass
    join pg_proc p on p.oid = d.objid
    union
    select r.relname, 'function ' || p.oid::regprocedure::text
    from relation r
    join pg_proc p on p.prosrc ~ (
      regexp_replace(format('%I.%I', $1::text, r.relname), '([]^$.*+?(){}|[\\\\])', '\\\\\\1', 'g') || '(?![a-zA-Z0-9_$])')
    join pg_namespace n on n.oid = p.pronamespace and n.nspname not in ('pg_catalog', 'information_schema')
    order by 1, 2`,
    [schema, relations, except],
  );
}

export interface RoleRights {
  readonly name: string;
  readonly exists: boolean;
  readonly usesSchema: boolean;
  readonly readsStableName: boolean;
}

/** What roles may do with a schema and a relation in it; 'public' stands for everybody. */
export async function readRoleRights(
  sql: Sql,
  schema: string,
  relation: string,
  roles: readonly string[],
): Promise<RoleRights[]> {
  return sql.query<RoleRights>(
    `select wanted.name, (r.oid is not null or wanted.name = 'public') as exists,
      coalesce(case when wanted.name = 'public'
        then (select bool_or(a.grantee = 0 and a.privilege_type = 'USAGE') from aclexplode(n.nspacl) a)
        else has_schema_privilege(r.oid, n.oid, 'usage') end, false) as "usesSchema",
      coalesce(case when wanted.name = 'public'
        then (select bool_or(a.grantee = 0 and a.privilege_type = 'SELECT') from aclexplode(c.relacl) a)
        else has_table_privilege(r.oid, c.oid, 'select') end, false) as "readsStableName"
    from unnest($3::text[]) as wanted (name)
    left join pg_roles r on r.rolname = wanted.name
    left join pg_namespace n on n.nspname = $1
    left join pg_class c on c.relnamespace = n.oid and c.relname = $2
    order by wanted.name`,
    [schema, relation, roles],
  );
}

/** Roles that were granted SELECT on a relation, without its owner; 'public' for everybody. */
export async function readGrantees(sql: Sql, schema: string, relation: string): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `select distinct case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee)::text end as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
    where n.nspname = $1 and c.relname = $2 and a.privilege_type = 'SELECT' and a.grantee <> c.relowner
    order by 1`,
    [schema, relation],
  );
  return rows.map(({ name }) => name);
}
