import { quoteIdent } from '../quote.ts';
import type { Sql } from '../session.ts';

/** Schema of HypoPG in this database; null where it is not installed. https://hypopg.readthedocs.io */
export async function hypopgSchema(sql: Sql): Promise<string | null> {
  const [row] = await sql.query<{ schema: string }>(
    `select n.nspname::text as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'hypopg'`,
  );
  return row?.schema ?? null;
}

/** An index that exists for the planner of this session alone. */
export interface HypotheticalIndex {
  /** As plans name it. */
  readonly name: string;
  readonly sizeBytes: number;
}

export async function createHypothetical(sql: Sql, schema: string, createSql: string): Promise<HypotheticalIndex> {
  const extension = quoteIdent(schema);
  const [row] = await sql.query<{ name: string; size: string }>(
    `select indexname as name, ${extension}.hypopg_relation_size(indexrelid)::text as size
    from ${extension}.hypopg_create_index($1)`,
    [createSql],
  );
  if (row === undefined) throw new Error('HypoPG answers with the index that it made up');
  return { name: row.name, sizeBytes: Number(row.size) };
}

/** Forgets every hypothetical index of this session; DISCARD ALL would keep them. */
export async function dropHypotheticals(sql: Sql, schema: string): Promise<void> {
  await sql.query(`select ${quoteIdent(schema)}.hypopg_reset()`);
}
