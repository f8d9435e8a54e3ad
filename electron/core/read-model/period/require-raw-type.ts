import type { Column } from '../../../../shared/model/read-model.ts';
import type { Period } from '../../../../shared/model/period.ts';
import type { Sql } from '../../postgres/session.ts';
import { parse } from '../../sql-text/parser.ts';
import { deparseNode } from '../../sql-text/statement.ts';
import { unwrap, type JsonObject } from '../../sql-text/tree.ts';
import { describeColumns } from '../propose/describe-columns.ts';
import { parseSelect, refuse } from '../propose/parse-select.ts';
import { cutOf } from './cut.ts';

const zoned = 'timestamp with time zone';
/** Types of a period column, and of a raw column that is cut without a zone. */
export const unzonedTypes: readonly string[] = ['date', 'timestamp without time zone'];

/**
 * Makes sure that a period means the same in every session: a raw column with a time zone is cut at the definition's own
 * zone, one without is cut as it is. Throws `statement_refused`.
 */
export async function requireRawType(
  sql: Sql,
  definitionSql: string,
  columns: readonly Column[],
  period: Period,
): Promise<void> {
  const select = await parseSelect(definitionSql);
  const { rawSql, timeZone } = await cutOf(select, columns, period);
  const type = await typeOf(sql, select.tree, rawSql);
  if (timeZone === null ? unzonedTypes.includes(type) : type === zoned) return;
  throw refuse(
    timeZone === null
      ? `The definition cuts ${rawSql}, which is ${type}, without a time zone: days would begin where the session's setting says. Write ${rawSql} at time zone '${period.timeZone}'.`
      : `The definition cuts ${rawSql} at time zone ${timeZone}, and it is ${type}, which has no zone. Leave "at time zone" out.`,
    'time zone',
  );
}

/** The type of a column that the definition reads: the server is asked for it in place of the definition's outputs. */
async function typeOf(sql: Sql, tree: JsonObject, columnSql: string): Promise<string> {
  const parsed = await parse(`select ${columnSql} as raw`);
  const asked = parsed.ok ? unwrap(parsed.statements[0]?.stmt, 'SelectStmt') : null;
  if (asked === null) throw new Error(`a column can be selected: ${columnSql}`);
  const { withClause, fromClause } = tree;
  const query = await deparseNode({
    SelectStmt: {
      ...asked,
      ...(withClause === undefined ? {} : { withClause }),
      ...(fromClause === undefined ? {} : { fromClause }),
    },
  });
  if (query === null) throw refuse(`The tables that ${columnSql} comes from cannot be read.`, 'FROM');
  return (await describeColumns(sql, query))[0]?.type ?? 'unknown';
}
