import type { Column } from '../../../../shared/model/read-model.ts';
import type { Period } from '../../../../shared/model/period.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import { meaning } from '../../sql-text/meaning.ts';
import { parse } from '../../sql-text/parser.ts';
import { deparseNode } from '../../sql-text/statement.ts';
import { isObject, list, unwrap, type Json, type JsonObject } from '../../sql-text/tree.ts';
import { parseSelect, refuse } from '../propose/parse-select.ts';
import { cutOf, type Cut } from './cut.ts';

/**
 * The definition over the rows of periods that begin on or after `from` (yyyy-mm-dd, in the period's zone): a bound on
 * the raw column stands in its WHERE, so that the base table's index serves. With a time zone it reaches back one day
 * further, because a day's first hour can come twice or not at all: the caller has to filter the period column too.
 * Throws `statement_refused` where the definition cannot be cut, or the bound not be written into it.
 */
export async function boundDefinition(
  definitionSql: string,
  columns: readonly Column[],
  period: Period,
  from: string,
): Promise<string> {
  const select = await parseSelect(definitionSql);
  const cut = await cutOf(select, columns, period);
  const bounded = { ...select.tree, whereClause: await bothHold(select.tree['whereClause'], boundSql(cut, from)) };
  const written = await deparseNode({ SelectStmt: bounded });
  // What is sent is what was meant: the text, read again, is the tree that it was written from.
  const readBack = written === null ? null : (await parseSelect(written)).tree;
  if (written === null || readBack === null || meaning(readBack) !== meaning(bounded)) {
    throw refuse(
      `The definition cannot be refreshed by period: a bound on ${cut.rawSql} cannot be written into it. Simplify it, or leave the period out.`,
      'WHERE',
    );
  }
  return written;
}

function boundSql({ rawSql, timeZone }: Cut, from: string): string {
  // A bare literal takes the column's own type, date or timestamp.
  if (timeZone === null) return `${rawSql} >= ${quoteLiteral(from)}`;
  return `${rawSql} >= (timestamp ${quoteLiteral(from)} - interval '1 day') at time zone ${quoteLiteral(timeZone)}`;
}

async function bothHold(existing: Json | undefined, condition: string): Promise<JsonObject> {
  const parsed = await parse(`select where ${condition}`);
  const statement = parsed.ok ? unwrap(parsed.statements[0]?.stmt, 'SelectStmt') : null;
  const added = statement?.['whereClause'];
  if (!isObject(added)) throw new Error(`a bound is a condition: ${condition}`);
  if (!isObject(existing)) return added;
  const both = unwrap(existing, 'BoolExpr');
  // The parser makes one list of a AND b AND c.
  const args = both?.['boolop'] === 'AND_EXPR' ? list(both['args']) : [existing];
  return { BoolExpr: { boolop: 'AND_EXPR', args: [...args, added] } };
}
