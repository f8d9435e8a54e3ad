import type { WidgetSource } from '../../../shared/model/dashboard.ts';
import { Failure } from '../../../shared/model/failure.ts';
import type { Column } from '../../../shared/model/read-model.ts';
import type { Server } from '../postgres/session.ts';
import { describeColumns } from '../read-model/propose/describe-columns.ts';
import { readStatements } from '../sql-text/statement.ts';
import { asOfColumn } from './as-of-column.ts';
import { dashboardsApplicationName } from './read-widget.ts';

/** Making a plan of it; nothing is read. */
const describeLimitMs = 5_000;

/** The query of a widget as one SELECT, without a semicolon. Throws `statement_refused` for anything else. */
export async function oneSelect(title: string, text: string): Promise<string> {
  const read = await readStatements(text);
  const refuse = (message: string): Failure => new Failure({ code: 'statement_refused', message });
  if (!read.ok) throw refuse(`PostgreSQL cannot read the query of "${title}": ${read.message}. Correct it.`);
  const [statement] = read.statements;
  if (statement === undefined) throw refuse(`"${title}" has no query. Write one SELECT.`);
  if (read.statements.length > 1) {
    throw refuse(`The query of "${title}" holds ${read.statements.length} statements. A widget asks one SELECT.`);
  }
  if (statement.kind !== 'SelectStmt' || statement.unwrappedFrom !== null) {
    throw refuse(`The query of "${title}" is no SELECT, and a widget only reads.`);
  }
  const [parameter] = statement.parameters;
  if (parameter !== undefined) {
    throw refuse(`The query of "${title}" has the parameter $${parameter.number}. Write its value in its place.`);
  }
  return statement.text;
}

/**
 * The columns that a widget's query answers, without the `as_of` of a read model. Throws `statement_refused` where it is
 * not one SELECT, or asks a read model for no age, and what the server says of it.
 */
export async function describeSource(
  server: Server,
  title: string,
  source: WidgetSource,
): Promise<{ readonly select: string; readonly columns: Column[] }> {
  const select = await oneSelect(title, source.sql);
  const columns = await server.withReadonly((session) => session.snapshot((sql) => describeColumns(sql, select)), {
    statementTimeoutMs: describeLimitMs,
    applicationName: dashboardsApplicationName,
  });
  if (source.kind === 'live') return { select, columns };
  if (!columns.some(({ name }) => name === asOfColumn)) {
    throw new Failure({
      code: 'statement_refused',
      message:
        `"${title}" does not read ${asOfColumn} of ${source.readModel}, so nobody could tell how old its numbers are. ` +
        `Add ${asOfColumn} to the columns, and to group by where there is one.`,
      detail: { column: asOfColumn },
    });
  }
  return { select, columns: columns.filter(({ name }) => name !== asOfColumn) };
}
