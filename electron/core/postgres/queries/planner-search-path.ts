import { quoteIdent } from '../quote.ts';
import type { Sql } from '../session.ts';
import type { WrittenName } from './catalog-definition.ts';

/**
 * The search_path that a role has in this database when it signs in, with its own name for "$user"; that of this
 * session where nothing is set for the role.
 */
export async function readSearchPath(sql: Sql, roleName: string): Promise<string> {
  const [row] = await sql.query<{ path: string }>(
    `select coalesce(
      (select substr(setting, 13)
      from pg_db_role_setting s
      cross join lateral unnest(s.setconfig) as setting
      left join pg_roles r on r.oid = s.setrole
      left join pg_database d on d.oid = s.setdatabase
      where setting like 'search\\_path=%'
        and (r.rolname = $1 or s.setrole = 0) and (d.datname = current_database() or s.setdatabase = 0)
      order by s.setrole = 0, s.setdatabase = 0
      limit 1), current_setting('search_path')) as path`,
    [roleName],
  );
  return (row?.path ?? 'public').replaceAll(/"\$user"|\$user/g, quoteIdent(roleName));
}

export async function readCurrentSearchPath(sql: Sql): Promise<string> {
  const [row] = await sql.query<{ path: string }>(`select current_setting('search_path') as path`);
  return row?.path ?? '';
}

/** For the rest of the transaction. */
export async function setSearchPath(sql: Sql, path: string): Promise<void> {
  await sql.query(`select set_config('search_path', $1, true)`, [path]);
}

/** Schemas that have a table or view of this name, where the session finds none without a schema. */
export async function schemasOfHidden(
  sql: Sql,
  names: readonly string[],
): Promise<{ name: string; schemas: string[] }[]> {
  if (names.length === 0) return [];
  return sql.query<{ name: string; schemas: string[] }>(
    `select w.name, array_agg(n.nspname::text order by n.nspname) as schemas
    from unnest($1::text[]) as w (name)
    join pg_class c on c.relname = w.name and c.relkind in ('r', 'v', 'm', 'f', 'p')
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not like 'pg\\_%' and to_regclass(quote_ident(w.name)) is null
    group by w.name`,
    [names],
  );
}

/** Relations among `names` with row security, which shows each role its own rows. */
export async function guardedRelations(sql: Sql, names: readonly WrittenName[]): Promise<string[]> {
  if (names.length === 0) return [];
  const rows = await sql.query<{ qualified: string }>(
    `select distinct format('%I.%I', n.nspname, c.relname) as qualified
    from unnest($1::text[], $2::text[]) as w (schema, name)
    join pg_class c on c.oid = to_regclass(concat_ws('.', quote_ident(w.schema), quote_ident(w.name)))
    join pg_namespace n on n.oid = c.relnamespace
    where c.relrowsecurity order by 1`,
    [names.map(({ schema }) => schema), names.map((one) => one.name)],
  );
  return rows.map(({ qualified }) => qualified);
}

/** The query of a materialized view; null where there is none of that name. */
export async function materializedViewSql(sql: Sql, { schema, name }: WrittenName): Promise<string | null> {
  const [row] = await sql.query<{ definition: string }>(
    `select pg_get_viewdef(c.oid) as definition from pg_class c
    where c.oid = to_regclass(concat_ws('.', quote_ident($1), quote_ident($2))) and c.relkind = 'm'`,
    [schema, name],
  );
  return row?.definition ?? null;
}

/** track_activity_query_size: sampled texts have one byte less at most. */
export async function readSampleBytes(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ bytes: string }>(
    `select setting as bytes from pg_settings where name = 'track_activity_query_size'`,
  );
  return Number(row?.bytes ?? 1024);
}
