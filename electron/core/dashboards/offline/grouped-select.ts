import { list, text, unwrap, type Json, type JsonObject } from '../../sql-text/tree.ts';
import { groupValue, holdsAggregate, type GroupValue } from './group-value.ts';
import { outputName } from './output-name.ts';
import { directionOf, integer, isConstant, valueNamed, type Direction } from './plain-select.ts';
import { bareName, rowValue, type RowValue } from './row-value.ts';

/** What it groups by. */
export type GroupKey =
  | { readonly kind: 'value'; readonly value: RowValue }
  /** A column of the relation goes before what has the name in the answer; which columns it has is not known here. */
  | { readonly kind: 'name'; readonly name: string; readonly output: RowValue };

/** A widget's query that groups the rows of one relation. */
export interface GroupedSelect {
  readonly kind: 'grouped';
  readonly schema: string | null;
  readonly relation: string;
  /** Which rows it chooses, over the bare names of columns; null: all. */
  readonly condition: string | null;
  /** In their order. */
  readonly outputs: readonly { readonly value: GroupValue; readonly as: string }[];
  /** None: all rows are one group. */
  readonly keys: readonly GroupKey[];
  readonly order: readonly ({ readonly value: GroupValue } & Direction)[];
  readonly limit: number | null;
}

type Outputs = GroupedSelect['outputs'];

/** Whether it groups, be it all rows into one. */
export const isGrouped = (tree: JsonObject): boolean =>
  list(tree['groupClause']).length > 0 || holdsAggregate(tree['targetList']) || holdsAggregate(tree['sortClause']);

/** What it groups by, what it adds up and in which order; or what it does beyond that, for a person. */
export async function groupedParts(
  tree: JsonObject,
): Promise<Pick<GroupedSelect, 'outputs' | 'keys' | 'order'> | string> {
  const outputs: Outputs[number][] = [];
  for (const node of list(tree['targetList'])) {
    const target = unwrap(node, 'ResTarget');
    const value = await groupValue(target?.['val']);
    if (value === null) return 'it computes columns as only the database can';
    outputs.push({ value, as: text(target?.['name']) || outputName(target?.['val']) });
  }
  const keys: GroupKey[] = [];
  for (const node of list(tree['groupClause'])) {
    const key = await keyOf(node, outputs);
    if (key === null) return 'it groups by something computed that only the database knows';
    keys.push(key);
  }
  const order = await orderOf(tree, outputs);
  return order === null ? 'it is ordered by something computed that only the database knows' : { outputs, keys, order };
}

async function keyOf(node: Json, outputs: Outputs): Promise<GroupKey | null> {
  const place = integer(node);
  if (place !== null) {
    const output = outputs[place - 1]?.value;
    return output?.kind === 'row' ? { kind: 'value', value: output.value } : null;
  }
  if (isConstant(node)) return null;
  const name = bareName(node);
  const output = name === null ? null : valueNamed(outputs, name);
  if (output === undefined) return null;
  if (name !== null && output?.kind === 'row') return { kind: 'name', name, output: output.value };
  const value = await rowValue(node);
  return value === null ? null : { kind: 'value', value };
}

async function orderOf(tree: JsonObject, outputs: Outputs): Promise<GroupedSelect['order'] | null> {
  const order: GroupedSelect['order'][number][] = [];
  for (const node of list(tree['sortClause'])) {
    const sort = unwrap(node, 'SortBy');
    if (sort === null || 'useOp' in sort) return null;
    const value = await orderedBy(sort['node'], outputs);
    if (value === null) return null;
    order.push({ value, ...directionOf(sort) });
  }
  return order;
}

/** What has that place or name in the answer, else what it is. */
async function orderedBy(node: Json | undefined, outputs: Outputs): Promise<GroupValue | null> {
  const place = integer(node);
  if (place !== null) return outputs[place - 1]?.value ?? null;
  if (isConstant(node)) return null;
  const name = bareName(node);
  const named = name === null ? null : valueNamed(outputs, name);
  return named === undefined ? null : (named ?? groupValue(node));
}
