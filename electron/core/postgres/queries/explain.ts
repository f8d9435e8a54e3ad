import type { Sql } from '../session.ts';

/** What EXPLAIN (format json) answers: one object. Keys as PostgreSQL writes them: 'Node Type', 'Total Cost' ... */
export interface ExplainDocument {
  readonly Plan: ExplainNode;
  readonly 'Planning Time'?: number;
  readonly 'Execution Time'?: number;
  readonly Triggers?: readonly { readonly 'Trigger Name': string; readonly Time?: number; readonly Calls?: number }[];
  readonly JIT?: { readonly Timing?: { readonly Total?: number } };
}
export interface ExplainNode {
  readonly [key: string]: unknown;
  readonly 'Node Type': string;
  readonly Plans?: readonly ExplainNode[];
}

/** From 16 on EXPLAIN plans a statement with `$n` as they are. */
export const hasGenericPlan = (versionNumber: number): boolean => versionNumber >= 160_000;

/** `statement` is one statement without parameters. ANALYZE runs it. */
export async function explainConstants(sql: Sql, statement: string, analyze: boolean): Promise<ExplainDocument> {
  const options = analyze ? 'analyze, buffers, verbose, format json' : 'verbose, format json';
  return documentOf(await sql.query(`explain (${options})\n${statement}`));
}

export async function explainGeneric(sql: Sql, statement: string): Promise<ExplainDocument> {
  return documentOf(await sql.query(`explain (generic_plan, verbose, format json)\n${statement}`));
}

/**
 * For the rest of the transaction EXPLAIN is not kept in pg_stat_statements, where each text would be an entry and push
 * out one of the ERP's; false where this role may not say so (15 and later: grant set on parameter).
 */
export async function keepOutOfStatistics(sql: Sql, versionNumber: number): Promise<boolean> {
  const setting = 'pg_stat_statements.track_utility';
  const granted = versionNumber >= 150_000 ? ` or has_parameter_privilege('${setting}', 'SET')` : '';
  const rows = await sql.query(
    `select set_config('${setting}', 'off', true) where (select rolsuper from pg_roles where rolname = current_user)${granted}`,
  );
  return rows.length > 0;
}

const name = 'daybreak_explain';

/**
 * Before 16: prepares the statement, and has its plan made without looking at values. Needs a transaction; the prepared
 * statement is gone afterwards. `numbers`: the parameters that the statement has.
 */
export async function explainPrepared(
  sql: Sql,
  statement: string,
  numbers: ReadonlySet<number>,
): Promise<ExplainDocument> {
  await sql.query(prepare(statement, numbers));
  await sql.query('set local plan_cache_mode = force_generic_plan');
  const values = Array.from({ length: Math.max(0, ...numbers) }, () => 'null').join(', ');
  const rows = await sql.query(`explain (verbose, format json) execute ${name}${values === '' ? '' : `(${values})`}`);
  await sql.query(`deallocate ${name}`);
  return documentOf(rows);
}

/** Drops what `explainPrepared` left behind when its EXPLAIN was refused: rolling back does not. */
export async function dropPrepared(sql: Sql): Promise<void> {
  const left = await sql.query('select 1 from pg_prepared_statements where name = $1', [name]);
  if (left.length > 0) await sql.query(`deallocate ${name}`);
}

/** Types that the server infers for the parameters, by number. Throws what the server says about a statement it refuses. */
export async function readParameterTypes(
  sql: Sql,
  statement: string,
  numbers: ReadonlySet<number>,
): Promise<ReadonlyMap<number, string>> {
  await sql.query(prepare(statement, numbers));
  const [row] = await sql.query<{ types: string[] }>(
    `select parameter_types::text[] as types from pg_prepared_statements where name = '${name}'`,
  );
  await sql.query(`deallocate ${name}`);
  return new Map((row?.types ?? []).map((type, index) => [index + 1, type]));
}

/** Numbers that the statement no longer has need a type, or PREPARE refuses the gap. */
function prepare(statement: string, numbers: ReadonlySet<number>): string {
  const types = Array.from({ length: Math.max(0, ...numbers) }, (_, index) =>
    numbers.has(index + 1) ? 'unknown' : 'text',
  );
  return `prepare ${name}${types.length === 0 ? '' : ` (${types.join(', ')})`} as\n${statement}`;
}

function documentOf(rows: readonly { readonly [column: string]: unknown }[]): ExplainDocument {
  const [document] = (rows[0]?.['QUERY PLAN'] ?? []) as readonly ExplainDocument[];
  if (document === undefined) throw new Error('EXPLAIN answered without a plan');
  return document;
}
