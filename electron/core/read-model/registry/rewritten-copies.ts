import { qualifiedName } from '../../postgres/quote.ts';
import type { Sql } from '../../postgres/session.ts';
import { reportOwnReads } from '../swap/plan-session.ts';

/** A table is read whole to see who wrote it: some milliseconds up to here, and the more the larger it is. */
const readWholeBytes = 8 * 1024 * 1024;

/**
 * Which of the copies hold rows that Daybreak did not write. Every REFRESH, also CONCURRENTLY, and every ALTER, but every
 * GRANT, too, writes a materialized view's entry in the catalog; indexes and statistics are written into it in place. So one whose
 * entry is younger than its as-of is looked into: a row that is younger, or another number of rows, tells a refresh. The
 * rows of a table are written without a trace in the catalog; small ones are looked into each time, others never.
 */
export async function rewrittenCopies(
  sql: Sql,
  schema: string,
  copies: readonly string[],
  versionNumber: number,
): Promise<string[]> {
  const suspects = await sql.query<{ name: string }>(
    `select c.relname::text as name from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = $1
      join daybreak.copy p on p.copy_id = c.relname
    where c.relname = any ($2::text[]) and p.row_count is not null and has_table_privilege(c.oid, 'select')
      and case c.relkind when 'm' then c.relispopulated and age(c.xmin) < age(p.xmin)
        when 'r' then pg_table_size(c.oid) <= ${readWholeBytes} else false end`,
    [schema, copies],
  );
  const rewritten: string[] = [];
  for (const { name } of suspects) {
    const copy = qualifiedName(schema, name);
    const [row] = await sql.query<{ rewritten: boolean }>(
      `select exists (select from ${copy} as r where age(r.xmin) < age(p.xmin))
        or (select count(*) from ${copy}) <> p.row_count as rewritten
      from daybreak.copy p where p.copy_id = $1`,
      [name],
    );
    if (row?.rewritten === true) rewritten.push(name);
  }
  if (suspects.length > 0) await reportOwnReads(sql, versionNumber);
  return rewritten;
}
