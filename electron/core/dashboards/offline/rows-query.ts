import { parse } from '../../sql-text/parser.ts';
import { isObject, list, text, unwrap } from '../../sql-text/tree.ts';
import type { GroupValue } from './group-value.ts';
import { groupedParts, isGrouped, type GroupedSelect } from './grouped-select.ts';
import { limitOf, plainParts, type PlainSelect } from './plain-select.ts';
import { rowExpression } from './row-expression.ts';
import type { RowValue } from './row-value.ts';

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
 * Reads a widget's query: what single rows have, or groups and what they add up to, a choice of rows, an order and a number
 * of rows of one relation.
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
  if (isObject(relation['alias']) && list(relation['alias']['colnames']).length > 0) return no('it renames columns');
  if (text(tree['limitOption']) === 'LIMIT_OPTION_WITH_TIES') return no('it gives more rows than it counts');
  const limit = limitOf(tree);
  if (limit === undefined) return no('its number of rows is computed');
  const where = tree['whereClause'];
  const condition = isObject(where) ? await rowExpression(where) : null;
  if (isObject(where) && condition === null) return no('it has conditions of its own');
  const schema = text(relation['schemaname']);
  const common = { schema: schema === '' ? null : schema, relation: text(relation['relname']), condition, limit };
  if (isGrouped(tree)) {
    const grouped = await groupedParts(tree);
    return typeof grouped === 'string' ? no(grouped) : { ok: true, query: { kind: 'grouped', ...common, ...grouped } };
  }
  const plain = await plainParts(tree);
  return typeof plain === 'string' ? no(plain) : { ok: true, query: { kind: 'plain', ...common, ...plain } };
}

/** The expressions of single rows that it needs to know, each as the server is asked for it. */
export function expressionsOf(query: RowsQuery): readonly string[] {
  const values: RowValue[] =
    query.kind === 'plain'
      ? [...(query.outputs === '*' ? [] : query.outputs), ...query.order].map(({ value }) => value)
      : [
          ...query.keys.map((key) => (key.kind === 'value' ? key.value : key.output)),
          ...[...query.outputs, ...query.order].flatMap(({ value }) => rowValuesIn(value)),
        ];
  return [...new Set(values.flatMap((value) => (value.kind === 'expression' ? [value.expression] : [])))];
}

function rowValuesIn(value: GroupValue): readonly RowValue[] {
  switch (value.kind) {
    case 'row':
      return [value.value];
    case 'aggregate':
      return value.of === null ? [] : [value.of];
    case 'constant':
      return [];
    case 'operator':
      return [value.left, value.right].flatMap((one) => (one === null ? [] : rowValuesIn(one)));
    case 'round':
    case 'cast':
      return rowValuesIn(value.of);
    case 'nullif':
      return [value.of, value.other].flatMap(rowValuesIn);
    case 'coalesce':
      return value.of.flatMap(rowValuesIn);
  }
}
