import type { Explained } from '../../../shared/model/explain.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import {
  explainConstants,
  explainGeneric,
  explainPrepared,
  hasGenericPlan,
  keepOutOfStatistics,
  type ExplainDocument,
} from '../postgres/queries/explain.ts';
import { materializedViewSql, readSampleBytes } from '../postgres/queries/planner-search-path.ts';
import type { Sql } from '../postgres/session.ts';
import type { StoredStatement } from '../history/history.ts';
import { readStatements, type ParsedText } from '../sql-text/statement.ts';
import { isObject, text, unwrap, walk } from '../sql-text/tree.ts';
import { restoreConstants, type Restored, type RestoreInput } from './restore-constants.ts';
import { standInFor } from './statement-catalog.ts';

export interface Prepared extends Restored {
  readonly notes: readonly string[];
}

export interface Planned {
  readonly method: Explained['method'];
  readonly document: ExplainDocument;
}

const plannable = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);
const writing = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'LockingClause', 'IntoClause']);

/**
 * A stored statement, ready to be planned in this transaction: names resolved as for its role, constants restored.
 * Throws `statement_refused` for what has no plan.
 */
export async function prepareStatement(
  sql: Sql,
  statement: StoredStatement,
  samples: readonly string[],
  versionNumber: number,
  { values = {}, typicalValues = true }: Pick<RestoreInput, 'values' | 'typicalValues'> = {},
): Promise<Prepared> {
  const stored = knownText(statement);
  await keepOutOfStatistics(sql, versionNumber);
  const view = await refreshedView(sql, stored);
  const text = view?.definition ?? stored;
  const parsed = await firstStatement(text);
  const notes = parsed === null ? [] : await standInFor(sql, statement, parsed);
  const restored = await restoreConstants({
    sql,
    versionNumber,
    text,
    samples: view === null ? samples : [],
    sampleLimitBytes: await readSampleBytes(sql),
    values,
    typicalValues,
  });
  const { kind, unwrappedFrom } = restored.statement;
  if (!plannable.has(kind)) throw refuseUtility(kind);
  return {
    ...restored,
    notes: [
      ...notes,
      ...(view === null ? [] : [`REFRESH runs the query of ${view.name}: this is the plan of that query.`]),
      ...(unwrappedFrom === null ? [] : [`Planned without the ${statementWords(unwrappedFrom)} around it.`]),
    ],
  };
}

/** ANALYZE only with every value known; without, the plan is made without looking at values. */
export async function planPrepared(
  sql: Sql,
  { sql: statement, missing }: Pick<Restored, 'sql' | 'missing'>,
  versionNumber: number,
  analyze: boolean,
): Promise<Planned> {
  if (missing.length === 0) {
    return { method: 'constants', document: await explainConstants(sql, statement, analyze) };
  }
  if (hasGenericPlan(versionNumber)) return { method: 'generic', document: await explainGeneric(sql, statement) };
  const numbers = new Set(missing.map(({ name }) => Number(name.slice(1))));
  return { method: 'generic_prepared', document: await explainPrepared(sql, statement, numbers) };
}

/** What the server says where a value, or its type, decides whether the statement means anything. */
const valuesDecide = new Set([
  '42P18',
  '42P08',
  '42803',
  '42804',
  '42883',
  '42725',
  '42601',
  '42846',
  '42P10',
  '42P22',
]);

/** null where the plan cannot be made before the missing values are known. */
export async function nullWhereValuesDecide<T>(plan: () => Promise<T>): Promise<T | null> {
  try {
    return await plan();
  } catch (error) {
    if (isFailure(error) && valuesDecide.has(error.value.sqlstate ?? '')) return null;
    throw error;
  }
}

/** Changes rows, locks them or makes a table: also a SELECT can. Functions that write do so unseen. */
export function writes({ tree }: ParsedText): boolean {
  let found = false;
  walk(tree, (kind, fields) => {
    found ||= writing.has(kind) || (kind === 'SelectStmt' && isObject(fields['intoClause']));
    return !found;
  });
  return found;
}

/** As `writes`, of a stored text; false for one that cannot be read, which is refused later. */
export async function textWrites({ text: stored }: StoredStatement): Promise<boolean> {
  const parsed = stored === null ? null : await firstStatement(stored);
  return parsed !== null && writes(parsed);
}

function knownText({ text: stored, statementId }: StoredStatement): string {
  if (stored !== null && stored.trim() !== '' && stored.trim() !== '<insufficient privilege>') return stored;
  throw new Failure({
    code: 'statement_refused',
    message: `The text of statement ${statementId} is not known yet. Texts are fetched within ten minutes of the first sight, and only for a role with pg_read_all_stats.`,
    detail: { construct: 'no text' },
  });
}

async function firstStatement(written: string): Promise<ParsedText | null> {
  const read = await readStatements(written);
  return read.ok ? (read.statements[0] ?? null) : null;
}

async function refreshedView(sql: Sql, stored: string): Promise<{ name: string; definition: string } | null> {
  const parsed = await firstStatement(stored);
  const relation = parsed === null ? undefined : unwrap(parsed.tree, 'RefreshMatViewStmt')?.['relation'];
  if (!isObject(relation)) return null;
  const name = text(relation['relname']);
  const schema = typeof relation['schemaname'] === 'string' ? relation['schemaname'] : null;
  const definition = await materializedViewSql(sql, { schema, name });
  const written = schema === null ? name : `${schema}.${name}`;
  if (definition !== null) return { name: written, definition };
  throw new Failure({
    code: 'not_found',
    message: `There is no materialized view ${written} any more, so that its REFRESH has no plan.`,
  });
}

const statementWords = (kind: string): string =>
  kind
    .replace(/Stmt$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();

function refuseUtility(kind: string): Failure {
  const words = statementWords(kind);
  const fetch = kind === 'FetchStmt';
  return new Failure({
    code: 'statement_refused',
    message: fetch
      ? 'FETCH reads from a cursor; the plan belongs to the statement that declared it (DECLARE ... CURSOR).'
      : `${words} has no plan: PostgreSQL plans SELECT, INSERT, UPDATE, DELETE and MERGE.`,
    detail: { construct: words },
  });
}
