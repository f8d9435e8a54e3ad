import { parse } from '../../sql-text/parser.ts';
import { isObject, list, text, unwrap } from '../../sql-text/tree.ts';
import { groupedParts, isGrouped, type GroupedSelect } from './grouped-select.ts';
import { limitOf, plainParts, type PlainSelect } from './plain-select.ts';
import { rowCondition } from './row-condition.ts';

/** A widget's query that can be answered from the rows of one relation. */
export type RowsQuery = PlainSelect | GroupedSelect;

export type RowsQueryOf =
  | { readonly ok: true; readonly query: RowsQuery }
  /** What it does beyond that, for a person: 'it combines several queries'. */
  | { readonly ok: false; readonly reason: string };

const no = (reason: string): RowsQueryOf => ({ ok: false, reason });

/** What a SELECT may not have, and how that is said. */
const beyond: readonly (readonly [string, string])[] = [
  ['withClause', 'it begins with WITH'],
  ['havingClause', 'it leaves out groups'],
  ['distinctClause', 'it leaves out duplicates'],
  ['windowClause', 'it computes over windows'],
  ['valuesLists', 'it reads no relation'],
  ['limitOffset', 'it leaves out its first rows'],
  ['lockingClause', 'it locks rows'],
];

/**
 * Reads a widget's query: columns, or groups and what they add up to, a choice of rows, an order and a number of rows of
 * one relation.
 */
export async function rowsQuery(sql: string): Promise<RowsQueryOf> {
  const parsed = await parse(sql);
  if (!parsed.ok) return no('it cannot be parsed');
  const [statement] = parsed.statements;
  const tree = unwrap(statement?.stmt, 'SelectStmt');
  if (parsed.statements.length !== 1 || tree === null) return no('it is not one SELECT');
  if (text(tree['op']) !== '' && text(tree['op']) !== 'SETOP_NONE') return no('it combines several queries');
  for (const [clause, reason] of beyond) {
    const value = tree[clause];
    if (value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)) return no(reason);
  }
  const from = list(tree['fromClause']);
  const relation = unwrap(from[0], 'RangeVar');
  if (from.length !== 1 || relation === null) return no('it reads more than one relation');
  const limit = limitOf(tree);
  if (limit === undefined) return no('its number of rows is computed');
  const where = tree['whereClause'];
  const condition = isObject(where) ? await rowCondition(where) : null;
  if (isObject(where) && condition === null) return no('it has conditions of its own');
  const schema = text(relation['schemaname']);
  const common = { schema: schema === '' ? null : schema, relation: text(relation['relname']), condition, limit };
  if (isGrouped(tree)) {
    const grouped = groupedParts(tree);
    return typeof grouped === 'string' ? no(grouped) : { ok: true, query: { kind: 'grouped', ...common, ...grouped } };
  }
  const plain = plainParts(tree);
  return typeof plain === 'string' ? no(plain) : { ok: true, query: { kind: 'plain', ...common, ...plain } };
}
