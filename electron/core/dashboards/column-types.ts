import type { Server, Sql } from '../postgres/session.ts';

/** Names of types by oid; they hardly ever change, and a connection that is made anew forgets them. */
const known = new WeakMap<Server, Map<number, string>>();

/** format_type() of each oid. */
export async function typeNames(
  server: Server,
  sql: Sql,
  oids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const names = known.get(server) ?? new Map<number, string>();
  known.set(server, names);
  const missing = [...new Set(oids)].filter((oid) => !names.has(oid));
  if (missing.length > 0) {
    const rows = await sql.query<{ oid: string; name: string }>(
      'select oid::text as oid, format_type(oid, null) as name from unnest($1::oid[]) as wanted (oid)',
      [missing],
    );
    for (const { oid, name } of rows) names.set(Number(oid), name);
  }
  return names;
}
