import type { StoredStatement } from '../history/history.ts';
import { isHiddenText, readStatementText, type StatementText } from '../sql-text/statement-kind.ts';
import { backgroundName, isBackgroundPrint } from './background.ts';

/** The text that may be shown; null where nobody knows it, or the role may not see it. */
export function textOf({ text, fingerprint }: StoredStatement): string | null {
  if (isBackgroundPrint(fingerprint)) return backgroundName(fingerprint);
  return text === null || isHiddenText(text) ? null : text;
}

/** What a statement says of itself, read once while the store hands out the same object. */
export interface ReadStatement {
  readonly groupId: string;
  /** Nobody knows its text, or may see it. */
  readonly textless: boolean;
  readonly text: StatementText;
}
const alreadyRead = new WeakMap<StoredStatement, ReadStatement>();

export function readStatement(statement: StoredStatement): ReadStatement {
  let read = alreadyRead.get(statement);
  if (read === undefined) {
    const { traits, fingerprint } = statement;
    const written = traits == null || traits.hidden || isBackgroundPrint(fingerprint) ? null : traits;
    const rawText = written === null ? textOf(statement) : '';
    const text = written ?? readStatementText(rawText, fingerprint);
    const textless = rawText === null;
    alreadyRead.set(statement, (read = { groupId: groupIdOf(statement, textless), textless, text }));
  }
  return read;
}

/** Texts that nobody may read all have the same fingerprint, and are not the same statement. */
function groupIdOf({ statementId, databaseName, fingerprint, key }: StoredStatement, textless: boolean): string {
  if (isBackgroundPrint(fingerprint)) return fingerprint;
  const nested = key !== null && !key.toplevel ? 'nested' : '';
  return textless ? `statement ${statementId}` : JSON.stringify([databaseName, fingerprint, nested]);
}
