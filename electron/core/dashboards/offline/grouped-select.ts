import { isObject, list, strings, text, unwrap, type Json, type JsonObject } from '../../sql-text/tree.ts';
import { columnName, directionOf, integer } from './plain-select.ts';

export type Aggregate = 'sum' | 'count' | 'min' | 'max' | 'avg';

/** A column of the answer: what is grouped by, or what a group adds up to. */
export type GroupedOutput = { readonly as: string } & (
  | { readonly kind: 'key'; readonly column: string }
  /** `column` null: count(*). */
  | { readonly kind: Aggregate; readonly column: string | null; readonly asBigint: boolean }
);

/** A widget's query that groups the rows of one relation by its columns. */
export interface GroupedSelect {
  readonly kind: 'grouped';
  readonly schema: string | null;
  readonly relation: string;
  /** Which rows it chooses, over the bare names of columns; null: all. */
  readonly condition: string | null;
  /** In their order. */
  readonly outputs: readonly GroupedOutput[];
  /** Columns; none: all rows are one group. */
  readonly keys: readonly string[];
  /** By places in `outputs`. */
  readonly order: readonly { readonly output: number; readonly descending: boolean; readonly nullsFirst: boolean }[];
  readonly limit: number | null;
}

const aggregates: readonly string[] = ['sum', 'count', 'min', 'max', 'avg'] satisfies Aggregate[];
const isAggregate = (name: string): name is Aggregate => aggregates.includes(name);

/** What an aggregate may not have: it would add up something else than the rows of its group. */
const beyond = ['agg_distinct', 'agg_filter', 'agg_order', 'agg_within_group', 'over', 'func_variadic'];

/** Whether it groups, be it all rows into one. */
export const isGrouped = (tree: JsonObject): boolean =>
  list(tree['groupClause']).length > 0 ||
  list(tree['targetList']).some((target) => aggregateOf(unwrap(target, 'ResTarget')?.['val']) !== null);

/** What it groups by, what it adds up and in which order; or what it does beyond that, for a person. */
export function groupedParts(tree: JsonObject): Pick<GroupedSelect, 'outputs' | 'keys' | 'order'> | string {
  const outputs: GroupedOutput[] = [];
  for (const node of list(tree['targetList'])) {
    const target = unwrap(node, 'ResTarget');
    const output = outputOf(target?.['val'], text(target?.['name']));
    if (output === null) return 'it computes columns';
    outputs.push(output);
  }
  const keys: string[] = [];
  for (const node of list(tree['groupClause'])) {
    const place = integer(node);
    const output = place === null ? null : outputs[place - 1];
    const column = output === null ? columnName(node) : output?.kind === 'key' ? output.column : null;
    if (column === null || column === '*') return 'it groups by something computed';
    // A column of the relation goes before a new name in the answer, and which columns it has is not known here.
    if (place === null && outputs.some((one) => one.kind === 'key' && one.as === column && one.column !== column))
      return 'it groups by a column under another name';
    keys.push(column);
  }
  if (outputs.some((one) => one.kind === 'key' && !keys.includes(one.column)))
    return 'it shows a column that it does not group by';
  const order = orderOf(tree, outputs);
  return order === null ? 'it is ordered by something that it does not show' : { outputs, keys, order };
}

function outputOf(value: Json | undefined, name: string): GroupedOutput | null {
  const column = columnName(value);
  if (column === '*') return null;
  if (column !== null) return { kind: 'key', column, as: name === '' ? column : name };
  const found = aggregateOf(value);
  return found === null ? null : { ...found, as: name === '' ? found.kind : name };
}

type Found = Pick<Extract<GroupedOutput, { kind: Aggregate }>, 'kind' | 'column' | 'asBigint'>;

/** An aggregate over one column or all rows, or one that is cast to bigint; null for anything else. */
function aggregateOf(value: Json | undefined): Found | null {
  const cast = unwrap(value, 'TypeCast');
  if (cast !== null) {
    const inner = aggregateOf(cast['arg']);
    const type = isObject(cast['typeName']) ? strings(cast['typeName']['names']).at(-1) : undefined;
    const isWhole = inner?.kind === 'sum' || inner?.kind === 'count';
    return inner !== null && isWhole && !inner.asBigint && type === 'int8' ? { ...inner, asBigint: true } : null;
  }
  const call = unwrap(value, 'FuncCall');
  if (call === null) return null;
  const names = strings(call['funcname']);
  const kind = names.at(-1) ?? '';
  if (!isAggregate(kind) || (names.length > 1 && names[0] !== 'pg_catalog')) return null;
  if (beyond.some((part) => part in call)) return null;
  if (call['agg_star'] === true) return { kind, column: null, asBigint: false };
  const args = list(call['args']);
  const column = columnName(args[0]);
  return args.length === 1 && column !== null && column !== '*' ? { kind, column, asBigint: false } : null;
}

function orderOf(tree: JsonObject, outputs: readonly GroupedOutput[]): GroupedSelect['order'] | null {
  const order: GroupedSelect['order'][number][] = [];
  for (const node of list(tree['sortClause'])) {
    const sort = unwrap(node, 'SortBy');
    if (sort === null || 'useOp' in sort) return null;
    const output = outputOrdered(sort['node'], outputs);
    if (output < 0) return null;
    order.push({ output, ...directionOf(sort) });
  }
  return order;
}

/** The place of what it is ordered by: its place itself, its name, its column, or the same aggregate; -1: none. */
function outputOrdered(node: Json | undefined, outputs: readonly GroupedOutput[]): number {
  const place = integer(node);
  if (place !== null) return place <= outputs.length ? place - 1 : -1;
  const column = columnName(node);
  if (column !== null) {
    const named = outputs.findIndex(({ as }) => as === column);
    return named >= 0 ? named : outputs.findIndex((one) => one.kind === 'key' && one.column === column);
  }
  const wanted = aggregateOf(node);
  if (wanted === null) return -1;
  return outputs.findIndex((one) => one.kind === wanted.kind && one.column === wanted.column);
}
