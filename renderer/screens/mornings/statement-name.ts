import type { Statement } from '../../../shared/model/statement.ts';

/** SQL on one line, without comments, cut for a table. */
export function condensed(sql: string, longest = 160): string {
  const line = sql
    .replaceAll(/\/\*[\s\S]*?\*\//g, ' ')
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** What people call a statement: the widget that runs it, else its text. */
export interface StatementName {
  readonly name: string;
  /** The name is SQL and wants the fixed-width font. */
  readonly isSql: boolean;
}

export function nameOf(statement: Statement, widgetTitles: ReadonlyMap<string, string>): StatementName {
  const { widgetId, widgetTitle } = statement;
  const title = widgetId === null ? undefined : (widgetTitles.get(widgetId) ?? widgetTitle);
  if (title !== undefined) return { name: title, isSql: false };
  if (statement.text !== null) return { name: condensed(statement.text), isSql: true };
  return { name: statement.queryid === null ? 'text not seen yet' : `query ${statement.queryid}`, isSql: false };
}
