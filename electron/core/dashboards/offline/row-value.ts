import { isObject, list, strings, unwrap, walk, type Json, type JsonObject } from '../../sql-text/tree.ts';
import { rowExpression } from './row-expression.ts';

/** What each row of a relation has by itself. */
export type RowValue =
  | { readonly kind: 'column'; readonly column: string }
  /** As the server is asked for it, over the bare names of `columns`. */
  | { readonly kind: 'expression'; readonly expression: string; readonly columns: readonly string[] };

/** Null: it is nothing of single rows, or nothing that stays what it is. */
export async function rowValue(node: Json | undefined): Promise<RowValue | null> {
  const column = columnName(node);
  if (column === '*') return null;
  if (column !== null) return { kind: 'column', column };
  const expression = isObject(node) ? await rowExpression(node) : null;
  return expression === null ? null : { kind: 'expression', expression, columns: columnsIn(node) };
}

export const isSameValue = (a: RowValue, b: RowValue): boolean =>
  a.kind === 'column'
    ? b.kind === 'column' && a.column === b.column
    : b.kind === 'expression' && a.expression === b.expression;

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

/** A name that may be one of the answer: `region`, and not `s.region`. */
export function bareName(node: Json | undefined): string | null {
  const reference = unwrap(node, 'ColumnRef');
  const name = columnName(node);
  return reference !== null && list(reference['fields']).length === 1 && name !== '*' ? name : null;
}

export function columnsIn(node: Json | undefined): readonly string[] {
  const found = new Set<string>();
  walk(node, (kind, fields) => {
    const name = kind === 'ColumnRef' ? columnName({ ColumnRef: fields }) : null;
    if (name !== null) found.add(name);
  });
  return [...found];
}
