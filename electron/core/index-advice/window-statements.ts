import type { Statement } from '../../../shared/model/statement.ts';
import { isFailure } from '../../../shared/model/failure.ts';
import { quoteIdent } from '../postgres/quote.ts';
import type { Server } from '../postgres/session.ts';
import { namedTables, type IndexUse } from './index-use.ts';
import type { PlannedUse } from './report-indexes.ts';

/** Planning takes some milliseconds of the server a statement: enough for an ERP, not for an afternoon. */
export const mostPlanned = 200;
export const planningMs = 20_000;

/**
 * One statement of each fingerprint of this database: what is no report first, since it decides what may not go, then
 * the reports, each the most called first. Transaction control and maintenance have no plan.
 */
export function inTurn(
  statements: readonly Statement[],
  ran: ReadonlyMap<string, number>,
  databaseName: string,
): Statement[] {
  const calls = ({ statementId }: Statement) => ran.get(statementId) ?? 0;
  const seen = new Set<string>();
  return statements
    .filter((one) => calls(one) > 0 && one.databaseName === databaseName && plannable.test(one.text ?? ''))
    .toSorted((a, b) => Number(a.class === 'reporting') - Number(b.class === 'reporting') || calls(b) - calls(a))
    .filter(({ fingerprint }) => !seen.has(fingerprint) && seen.add(fingerprint));
}

const plannable =
  /^\s*(?:\/\*[\s\S]*?\*\/\s*|\(\s*)*(select|with|insert|update|delete|merge|table|values|copy|declare|refresh)\b/i;

export async function nullWhereRefused(work: () => Promise<IndexUse>): Promise<IndexUse | null> {
  try {
    return await work();
  } catch (error) {
    if (!isFailure(error) || ['connection_lost', 'cancelled', 'host_unreachable'].includes(error.value.code))
      throw error;
    return null;
  }
}

export async function tablesOf(statements: readonly Statement[]): Promise<{ tables: Set<string>; unreadable: number }> {
  const tables = new Set<string>();
  let unreadable = 0;
  for (const { text } of statements) {
    const named = await namedTables(text ?? '');
    if (named === null) unreadable += 1;
    for (const name of named ?? []) tables.add(name);
  }
  return { tables, unreadable };
}

export const keptNote = ({ facts }: Server): string =>
  `Each statement that was planned left an entry of EXPLAIN in pg_stat_statements, and will not be planned again until indexes change.${
    facts.versionNumber >= 150_000
      ? ` To leave none: grant set on parameter pg_stat_statements.track_utility to ${quoteIdent(facts.roleName)};`
      : ''
  }`;

export function notesOf(
  planned: readonly PlannedUse[],
  unplanned: readonly Statement[],
  leftOut: readonly Statement[],
  unreadable: number,
): string[] {
  const others = unplanned.filter((one) => one.class !== 'reporting').length;
  const statements = (count: number) => `${count} statement${count === 1 ? '' : 's'}`;
  return [
    `${statements(planned.length)} of the window were planned; what runs outside of the window, and what planned statements do with other values, is not seen.`,
    ...(others === 0
      ? []
      : [`${statements(others)} that are no reports could not be planned: indexes on their tables are not listed.`]),
    ...(unreadable === 0
      ? []
      : [
          `${statements(unreadable)} that are no reports cannot be read at all: look at pg_stat_user_indexes before anything is dropped.`,
        ]),
    ...(leftOut.length === 0
      ? []
      : [
          `${statements(leftOut.length)} were left out: at most ${mostPlanned} are planned, for ${planningMs / 1000} seconds. Ask again to go on.`,
        ]),
  ];
}
