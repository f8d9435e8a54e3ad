import {
  guardedRelations,
  readCurrentSearchPath,
  readSearchPath,
  schemasOfHidden,
  setSearchPath,
} from '../postgres/queries/planner-search-path.ts';
import { quoteIdent } from '../postgres/quote.ts';
import type { Sql } from '../postgres/session.ts';
import type { StoredStatement } from '../history/history.ts';
import { readComparisons } from '../sql-text/comparisons.ts';
import type { ParsedText } from '../sql-text/statement.ts';

/**
 * Makes the transaction find the statement's tables as its own role does: with the search_path of that role, and with
 * the schema of a table that only one schema has, since programs also set their path themselves. Answers notes.
 */
export async function standInFor(sql: Sql, { roleName }: StoredStatement, parsed: ParsedText): Promise<string[]> {
  const { tables } = readComparisons(parsed.tree);
  const path = roleName === null ? null : await readSearchPath(sql, roleName);
  if (path !== null) await setSearchPath(sql, path);
  const bare = [...new Set(tables.filter(({ schema }) => schema === null).map(({ name }) => name))];
  const hidden = await schemasOfHidden(sql, bare);
  const added = [...new Set(hidden.flatMap(({ schemas }) => (schemas.length === 1 ? schemas : [])))];
  const notes: string[] = [];
  if (added.length > 0) {
    const current = await readCurrentSearchPath(sql);
    await setSearchPath(sql, [...(current === '' ? [] : [current]), ...added.map(quoteIdent)].join(', '));
    notes.push(`Names without a schema were looked up in ${added.join(', ')}.`);
  }
  const guarded = await guardedRelations(sql, tables);
  if (guarded.length > 0) {
    notes.push(`${guarded.join(', ')} has row security: the plan is the one that this connection's role gets.`);
  }
  return notes;
}
