import type { ActivityRow } from '../../../../shared/model/sampling.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import type { Catalog } from '../catalog.ts';
import { isBackground } from '../resources.ts';

/** Lists of sessions repeat their statements; a text may have megabytes. The whole one is asked for by its id. */
const shownCharacters = 1_000;

export const shortText = (text: string): string =>
  text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;

export const shortStatement = (statement: Statement): Statement =>
  statement.text === null || statement.text.length <= shownCharacters
    ? statement
    : { ...statement, text: shortText(statement.text) };

/** Statements by id, with their texts cut. */
export function shortStatements({ statements }: Catalog): (statementId: string | null) => Statement | null {
  const byId = new Map(statements.map((statement) => [statement.statementId, statement]));
  const short = new Map<string, Statement>();
  return (statementId) => {
    const statement = statementId === null ? undefined : byId.get(statementId);
    if (statement === undefined) return null;
    const known = short.get(statement.statementId) ?? shortStatement(statement);
    short.set(statement.statementId, known);
    return known;
  };
}

/** Background processes have no application; their kind names them. */
export const applicationOf = (row: ActivityRow): string =>
  row.applicationName === '' && isBackground(row) ? row.backendType : row.applicationName;
