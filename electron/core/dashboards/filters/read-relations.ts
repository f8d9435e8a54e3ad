import type { WrittenName } from '../../postgres/queries/catalog-definition.ts';
import type { Sql } from '../../postgres/session.ts';
import { copyName, registrySchema } from '../../read-model/sql/names.ts';

/** A relation that a query reads by name, or by way of views. */
export interface ReachedRelation {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** pg_class.relkind. */
  readonly kind: string;
  /** Transaction that last wrote a view's query: every switch to another copy is one. null: no view. */
  readonly rule: string | null;
  /** Oids of what a view reads; what a materialized view was made of is not read with it. */
  readonly reads: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** How the query names it; empty for what only views read. */
  readonly written: readonly WrittenName[];
}

/**
 * The relations behind the names of a query, and behind the views among them, by the catalog alone: a reader of
 * dashboards has no rights on the registry, nor needs any.
 */
export async function readRelations(sql: Sql, names: readonly WrittenName[]): Promise<ReachedRelation[]> {
  if (names.length === 0) return [];
  return sql.query<ReachedRelation>(
    `with recursive named as (
      select c.oid, w.schema, w.name
      from unnest($1::text[], $2::text[]) as w (schema, name)
      join pg_class c on c.relname = w.name
      join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'v', 'm', 'f', 'p')
        and case when w.schema is null then pg_table_is_visible(c.oid) else n.nspname = w.schema end
    ), reads as not materialized (
      select r.ev_class as view, d.refobjid as oid
      from pg_rewrite r
      join pg_class v on v.oid = r.ev_class and v.relkind = 'v'
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
    ), reached (oid) as (
      select oid from named
      union
      select reads.oid from reached join reads on reads.view = reached.oid
    )
    select c.oid::text as oid, n.nspname::text as schema, c.relname::text as name, c.relkind::text as kind,
      (select max(r.xmin::text) from pg_rewrite r where r.ev_class = c.oid and c.relkind = 'v') as rule,
      coalesce((select json_agg(distinct reads.oid::text) from reads where reads.view = c.oid), '[]') as reads,
      coalesce((select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, -1)) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns,
      coalesce((select json_agg(json_build_object('schema', w.schema, 'name', w.name)) from named w where w.oid = c.oid),
        '[]') as written
    from reached
    join pg_class c on c.oid = reached.oid
    join pg_namespace n on n.oid = c.relnamespace`,
    [names.map(({ schema }) => schema), names.map(({ name }) => name)],
  );
}

/** The stable view of a read model, and the copy that readers see in it. */
export interface StableModel {
  readonly view: ReachedRelation;
  readonly copy: ReachedRelation;
}

/**
 * The read models among the relations: views over the registry's as-of table and one copy under its own name, which is
 * the form that Daybreak writes and nothing else has.
 */
export function stableModels(relations: readonly ReachedRelation[]): StableModel[] {
  const byOid = new Map(relations.map((relation) => [relation.oid, relation]));
  return relations.flatMap((view) => {
    const read = view.reads.flatMap((oid) => byOid.get(oid) ?? []);
    const copy = read.find(({ schema, name }) => schema === view.schema && isCopyOf(view.name, name));
    const asOf = read.find(isAsOfTable);
    return copy !== undefined && asOf !== undefined && read.length === 2 ? [{ view, copy }] : [];
  });
}

export const isAsOfTable = ({ schema, name }: Pick<ReachedRelation, 'schema' | 'name'>): boolean =>
  schema === registrySchema && name === 'copy';

function isCopyOf(readModel: string, relation: string): boolean {
  const version = Number(/_v(\d+)_[ab]$/.exec(relation)?.[1] ?? Number.NaN);
  return relation === copyName(readModel, version, 'a') || relation === copyName(readModel, version, 'b');
}

/** Changes with every view's query and every relation behind the names: what was found out holds as long as it. */
export const catalogState = (relations: readonly ReachedRelation[]): string =>
  relations
    .map(({ oid, rule }) => `${oid}:${rule ?? ''}`)
    .toSorted()
    .join(' ');
