import type { Sql } from '../session.ts';

/** A name in a statement: schema null where it has none. */
export interface WrittenName {
  readonly schema: string | null;
  readonly name: string;
}

export interface FoundRelation extends WrittenName {
  readonly oid: string;
  readonly foundSchema: string;
  /** pg_class.relkind. */
  readonly kind: string;
  readonly temporary: boolean;
  readonly rowSecurity: boolean;
  /** `schema.name`, quoted where needed. */
  readonly qualified: string;
  /** Text of a view's query; null for everything else. */
  readonly viewSql: string | null;
}

/** The relations behind names as the server resolves them for this role; names without one are left out. */
export async function findRelations(sql: Sql, names: readonly WrittenName[]): Promise<FoundRelation[]> {
  if (names.length === 0) return [];
  return sql.query<FoundRelation>(
    `select w.schema, w.name, c.oid::text as oid, n.nspname::text as "foundSchema", c.relkind::text as kind,
      c.relpersistence = 't' as temporary, c.relrowsecurity as "rowSecurity",
      format('%I.%I', n.nspname, c.relname) as qualified,
      case when c.relkind = 'v' then pg_get_viewdef(c.oid) end as "viewSql"
    from unnest($1::text[], $2::text[]) as w (schema, name)
    join pg_class c on c.relname = w.name
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'v', 'm', 'f', 'p')
      and case when w.schema is null then pg_table_is_visible(c.oid) else n.nspname = w.schema end`,
    [names.map(({ schema }) => schema), names.map(({ name }) => name)],
  );
}

export interface FoundFunction extends WrittenName {
  readonly foundSchema: string;
  /** i, s or v. */
  readonly volatility: string;
  readonly aggregate: boolean;
  readonly minArguments: number;
  /** null: variadic. */
  readonly maxArguments: number | null;
  /** e.g. 'erp.fiscal_year(date)'. */
  readonly signature: string;
  /** A function of SQL or PL/pgSQL, whose body looks names up when it runs. */
  readonly interpreted: boolean;
  readonly setsSearchPath: boolean;
}

/** Every function that a name may mean; which one it is depends on the argument types. */
export async function findFunctions(sql: Sql, names: readonly WrittenName[]): Promise<FoundFunction[]> {
  if (names.length === 0) return [];
  return sql.query<FoundFunction>(
    `select w.schema, w.name, n.nspname::text as "foundSchema", p.provolatile::text as volatility,
      p.prokind = 'a' as aggregate, p.pronargs - p.pronargdefaults as "minArguments",
      case when p.provariadic <> 0 then null else p.pronargs end as "maxArguments",
      format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as signature,
      l.lanname in ('sql', 'plpgsql') and n.nspname <> 'pg_catalog' as interpreted,
      coalesce(p.proconfig::text like '%search_path=%', false) as "setsSearchPath"
    from unnest($1::text[], $2::text[]) as w (schema, name)
    join pg_proc p on p.proname = w.name
    join pg_namespace n on n.oid = p.pronamespace
    join pg_language l on l.oid = p.prolang
    where p.prokind <> 'p'
      and case when w.schema is null then pg_function_is_visible(p.oid) else n.nspname = w.schema end`,
    [names.map(({ schema }) => schema), names.map(({ name }) => name)],
  );
}

export interface FoundType extends WrittenName {
  readonly foundSchema: string;
}

export async function findTypes(sql: Sql, names: readonly WrittenName[]): Promise<FoundType[]> {
  if (names.length === 0) return [];
  return sql.query<FoundType>(
    `select w.schema, w.name, n.nspname::text as "foundSchema"
    from unnest($1::text[], $2::text[]) as w (schema, name)
    join pg_type t on t.typname = w.name
    join pg_namespace n on n.oid = t.typnamespace
    where w.schema is null and pg_type_is_visible(t.oid)`,
    [names.map(({ schema }) => schema), names.map(({ name }) => name)],
  );
}

/** Type names without width and precision, by oid, as they may stand behind `::`. */
export async function typeNames(sql: Sql, oids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const rows = await sql.query<{ oid: string; type: string }>(
    `select o::text as oid, format_type(o::oid, -1) as type from unnest($1::text[]) as o`,
    [oids.map(String)],
  );
  return new Map(rows.map(({ oid, type }) => [Number(oid), type]));
}

/** Columns of type `timestamp with time zone` in the relations. */
export async function zonedColumns(sql: Sql, oids: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `select distinct attname::text as name from pg_attribute
    where attrelid = any ($1::text[]::oid[]) and attnum > 0 and not attisdropped
      and atttypid = 'timestamp with time zone'::regtype`,
    [oids],
  );
  return rows.map(({ name }) => name);
}

/** Columns of a relation's primary key, in order; empty without one. */
export async function primaryKey(sql: Sql, oid: string): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `select a.attname::text as name
    from pg_index i
    cross join lateral unnest(i.indkey) with ordinality as k (attnum, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    where i.indrelid = $1::text::oid and i.indisprimary and k.place <= i.indnkeyatts order by k.place`,
    [oid],
  );
  return rows.map(({ name }) => name);
}
