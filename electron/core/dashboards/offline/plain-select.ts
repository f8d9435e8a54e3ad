import { isObject, list, number, strings, text, unwrap, type Json, type JsonObject } from '../../sql-text/tree.ts';

/** A widget's query that only picks columns, rows, an order and a number of rows from one relation. */
export interface PlainSelect {
  readonly kind: 'plain';
  readonly schema: string | null;
  readonly relation: string;
  /** Which rows it chooses, over the bare names of columns; null: all. */
  readonly condition: string | null;
  /** In their order; '*': all of the relation. */
  readonly columns: readonly { readonly column: string; readonly as: string }[] | '*';
  readonly order: readonly { readonly column: string; readonly descending: boolean; readonly nullsFirst: boolean }[];
  readonly limit: number | null;
}

/** What it picks and in which order, or what it does beyond that, for a person. */
export function plainParts(tree: JsonObject): Pick<PlainSelect, 'columns' | 'order'> | string {
  const columns = columnsOf(tree);
  if (columns === null) return 'it computes columns';
  const order = orderOf(tree, columns);
  return order === null ? 'it is ordered by something computed' : { columns, order };
}

/** The last name of a column reference; '*' for all columns, null for anything else. */
export function columnName(node: Json | undefined): string | null {
  const reference = unwrap(node, 'ColumnRef');
  if (reference === null) return null;
  const fields = list(reference['fields']);
  if (
    unwrap(fields.at(-1), 'A_Star') !== null ||
    (isObject(fields.at(-1)) && 'A_Star' in (fields.at(-1) as JsonObject))
  ) {
    return '*';
  }
  return strings(fields).at(-1) ?? null;
}

function columnsOf(tree: JsonObject): PlainSelect['columns'] | null {
  const targets = list(tree['targetList']).map((target) => unwrap(target, 'ResTarget'));
  const names = targets.map((target) => columnName(target?.['val']));
  if (names.length === 1 && names[0] === '*') return '*';
  const columns = names.flatMap((column, index) => {
    const as = text(targets[index]?.['name']);
    return column === null || column === '*' ? [] : [{ column, as: as === '' ? column : as }];
  });
  return columns.length === names.length && columns.length > 0 ? columns : null;
}

function orderOf(tree: JsonObject, columns: PlainSelect['columns']): PlainSelect['order'] | null {
  const order: PlainSelect['order'][number][] = [];
  for (const item of list(tree['sortClause'])) {
    const sort = unwrap(item, 'SortBy');
    const position = integer(sort?.['node']);
    // A name means a column of the result before one of the relation.
    const named = columnName(sort?.['node']);
    const output =
      columns === '*' ? undefined : columns.find(({ as }, index) => as === named || index + 1 === position);
    const column = output?.column ?? named;
    if (sort === null || column === null || column === '*' || 'useOp' in sort) return null;
    order.push({ column, ...directionOf(sort) });
  }
  return order;
}

/** Nulls come last, and first in a descending order, unless it says otherwise. */
export function directionOf(sort: JsonObject): { readonly descending: boolean; readonly nullsFirst: boolean } {
  const descending = text(sort['sortby_dir']) === 'SORTBY_DESC';
  const nulls = text(sort['sortby_nulls']);
  return { descending, nullsFirst: nulls === 'SORTBY_NULLS_FIRST' || (nulls !== 'SORTBY_NULLS_LAST' && descending) };
}

export function integer(node: Json | undefined): number | null {
  const constant = unwrap(node, 'A_Const');
  const value = constant === null ? undefined : constant['ival'];
  return isObject(value) ? number(value['ival']) : null;
}

/** undefined: computed. */
export function limitOf(tree: JsonObject): number | null | undefined {
  if (tree['limitCount'] === undefined) return null;
  return integer(tree['limitCount']) ?? undefined;
}
