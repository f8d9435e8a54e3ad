import { isObject, list, number, text, unwrap, type Json, type JsonObject } from '../../sql-text/tree.ts';
import { outputName } from './output-name.ts';
import { bareName, columnName, rowValue, type RowValue } from './row-value.ts';

/** A widget's query that only picks what single rows have, which rows, an order and a number of rows from one relation. */
export interface PlainSelect {
  readonly kind: 'plain';
  readonly schema: string | null;
  readonly relation: string;
  /** Which rows it chooses, over the bare names of columns; null: all. */
  readonly condition: string | null;
  /** In their order; '*': all columns of the relation. */
  readonly outputs: readonly { readonly value: RowValue; readonly as: string }[] | '*';
  readonly order: readonly ({ readonly value: RowValue } & Direction)[];
  readonly limit: number | null;
}

export interface Direction {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** What it picks and in which order, or what it does beyond that, for a person. */
export async function plainParts(tree: JsonObject): Promise<Pick<PlainSelect, 'outputs' | 'order'> | string> {
  const outputs = await outputsOf(tree);
  if (outputs === null) return 'it computes columns as only the database can';
  const order = await orderOf(tree, outputs);
  return order === null ? 'it is ordered by something computed that only the database knows' : { outputs, order };
}

async function outputsOf(tree: JsonObject): Promise<PlainSelect['outputs'] | null> {
  const targets = list(tree['targetList']).map((target) => unwrap(target, 'ResTarget'));
  if (targets.length === 1 && columnName(targets[0]?.['val']) === '*') return '*';
  const outputs: { readonly value: RowValue; readonly as: string }[] = [];
  for (const target of targets) {
    const value = await rowValue(target?.['val']);
    if (value === null) return null;
    outputs.push({ value, as: text(target?.['name']) || outputName(target?.['val']) });
  }
  return outputs.length > 0 ? outputs : null;
}

async function orderOf(tree: JsonObject, outputs: PlainSelect['outputs']): Promise<PlainSelect['order'] | null> {
  const order: PlainSelect['order'][number][] = [];
  for (const item of list(tree['sortClause'])) {
    const sort = unwrap(item, 'SortBy');
    if (sort === null || 'useOp' in sort) return null;
    const value = await orderedBy(sort['node'], outputs);
    if (value === null) return null;
    order.push({ value, ...directionOf(sort) });
  }
  return order;
}

async function orderedBy(node: Json | undefined, outputs: PlainSelect['outputs']): Promise<RowValue | null> {
  const place = integer(node);
  if (place !== null) return outputs === '*' ? null : (outputs[place - 1]?.value ?? null);
  if (isConstant(node)) return null;
  // A bare name means a column of the result before one of the relation.
  const name = bareName(node);
  const named = name === null || outputs === '*' ? null : valueNamed(outputs, name);
  return named === undefined ? null : (named ?? rowValue(node));
}

/** What has the name in the answer: null, nothing has it; undefined, several do, and the database asks which. */
export function valueNamed<V>(outputs: readonly { readonly value: V; readonly as: string }[], name: string) {
  const [value = null, ...others] = outputs.filter(({ as }) => as === name).map((output) => output.value);
  return others.every((other) => JSON.stringify(other) === JSON.stringify(value)) ? value : undefined;
}

/** Nulls come last, and first in a descending order, unless it says otherwise. */
export function directionOf(sort: JsonObject): Direction {
  const descending = text(sort['sortby_dir']) === 'SORTBY_DESC';
  const nulls = text(sort['sortby_nulls']);
  return { descending, nullsFirst: nulls === 'SORTBY_NULLS_FIRST' || (nulls !== 'SORTBY_NULLS_LAST' && descending) };
}

export function integer(node: Json | undefined): number | null {
  const constant = unwrap(node, 'A_Const');
  const value = constant === null ? undefined : constant['ival'];
  return isObject(value) ? number(value['ival']) : null;
}

/** Of those only a place can be ordered or grouped by. */
export const isConstant = (node: Json | undefined): boolean => unwrap(node, 'A_Const') !== null;

/** undefined: computed. */
export function limitOf(tree: JsonObject): number | null | undefined {
  if (tree['limitCount'] === undefined) return null;
  const limit = integer(tree['limitCount']);
  return limit === null || limit < 0 ? undefined : limit;
}
