import type { Sql } from '../session.ts';
import { readGrants, type RelationGrant } from './catalog-grants.ts';

/** A view with all that hangs on it, as it has to be to be made anew. */
export interface ViewAsIs {
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
  readonly ownedByUs: boolean;
  readonly options: readonly string[];
  /** Its query, every name qualified, without the semicolon. */
  readonly definition: string;
  readonly columns: readonly string[];
  readonly comment: string | null;
  readonly columnComments: readonly { readonly column: string; readonly text: string }[];
  readonly defaults: readonly { readonly column: string; readonly expression: string }[];
  /** CREATE TRIGGER and CREATE RULE statements. */
  readonly triggers: readonly string[];
  readonly rules: readonly string[];
  readonly grants: readonly RelationGrant[];
}

export interface ViewWithDependents {
  readonly view: ViewAsIs;
  /** Views that read it, also by way of others, in the order in which they can be made. */
  readonly dependents: readonly ViewAsIs[];
  /** What reads them and is no view, e.g. 'function erp.f()': it cannot be carried. */
  readonly others: readonly string[];
}

/** Null where there is no such view. Call it in a transaction of its own: it narrows search_path until its end. */
export async function readViewWithDependents(
  sql: Sql,
  schema: string,
  name: string,
): Promise<ViewWithDependents | null> {
  // Printed names carry a schema unless search_path finds them.
  await sql.query(`select set_config('search_path', 'pg_catalog', true)`);
  const found = await sql.query<{ oid: string; kind: string; depth: number; label: string }>(
    `with recursive reader as (
      select c.oid, c.relkind, 0 as depth from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = $2 and c.relkind = 'v'
      union
      select v.oid, v.relkind, r.depth + 1
      from reader r
      join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = r.oid and d.classid = 'pg_rewrite'::regclass
      join pg_rewrite w on w.oid = d.objid
      join pg_class v on v.oid = w.ev_class and v.oid <> r.oid
    )
    select oid::text as oid, relkind::text as kind, max(depth)::int as depth,
      case relkind when 'm' then 'materialized view ' else 'view ' end || oid::regclass::text as label
    from reader group by oid, relkind order by max(depth), oid`,
    [schema, name],
  );
  const views = found.filter(({ kind }) => kind === 'v');
  const [top, ...above] = views;
  if (top === undefined) return null;
  const functions = await sql.query<{ label: string }>(
    `select distinct pg_describe_object(d.classid, d.objid, d.objsubid) as label from pg_depend d
    where d.refclassid = 'pg_class'::regclass and d.refobjid = any ($1::text[]::oid[]) and d.deptype = 'n'
      and d.classid <> 'pg_rewrite'::regclass order by 1`,
    [views.map(({ oid }) => oid)],
  );
  return {
    view: await readViewAsIs(sql, top.oid),
    dependents: await inOrder(sql, above),
    others: [
      ...found.filter(({ kind }) => kind !== 'v').map(({ label }) => label),
      ...functions.map(({ label }) => label),
    ],
  };
}

async function inOrder(sql: Sql, views: readonly { readonly oid: string }[]): Promise<ViewAsIs[]> {
  const read: ViewAsIs[] = [];
  for (const { oid } of views) read.push(await readViewAsIs(sql, oid));
  return read;
}

async function readViewAsIs(sql: Sql, oid: string): Promise<ViewAsIs> {
  const [view] = await sql.query<Omit<ViewAsIs, 'grants'>>(
    `select n.nspname::text as schema, c.relname::text as name, pg_get_userbyid(c.relowner)::text as owner,
      pg_has_role(c.relowner, 'usage') as "ownedByUs", coalesce(c.reloptions, '{}') as options,
      rtrim(btrim(pg_get_viewdef(c.oid)), ';') as definition, obj_description(c.oid, 'pg_class') as comment,
      (select json_agg(a.attname order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      coalesce((select json_agg(json_build_object('column', a.attname, 'text', col_description(c.oid, a.attnum)) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and col_description(c.oid, a.attnum) is not null), '[]') as "columnComments",
      coalesce((select json_agg(json_build_object('column', a.attname, 'expression', pg_get_expr(d.adbin, d.adrelid)) order by a.attnum)
        from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
        where d.adrelid = c.oid), '[]') as defaults,
      coalesce((select json_agg(pg_get_triggerdef(t.oid) order by t.tgname) from pg_trigger t
        where t.tgrelid = c.oid and not t.tgisinternal), '[]') as triggers,
      coalesce((select json_agg(rtrim(pg_get_ruledef(w.oid), ';') order by w.rulename) from pg_rewrite w
        where w.ev_class = c.oid and w.rulename <> '_RETURN'), '[]') as rules
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1::text::oid`,
    [oid],
  );
  if (view === undefined) throw new Error(`there is no view ${oid} in this snapshot`);
  return { ...view, grants: await readGrants(sql, view.schema, view.name) };
}
