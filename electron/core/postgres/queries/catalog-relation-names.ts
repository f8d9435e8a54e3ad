import type { Sql } from '../session.ts';

/** Names of all relations in a schema. */
export async function readRelationNames(sql: Sql, schema: string): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1`,
    [schema],
  );
  return rows.map(({ name }) => name);
}
