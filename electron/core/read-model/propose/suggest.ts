import type { Column } from '../../../../shared/model/read-model.ts';
import { qualifiedName, quoteIdent } from '../../postgres/quote.ts';
import type { CheckedDefinition } from './check-definition.ts';

const longestName = 50;

/** A read model's name out of any text: 'Umsatz je Region (2026)' -> 'umsatz_je_region_2026'. */
export function nameFrom(text: string): string {
  const slug = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const begun = slug === '' ? 'read_model' : /^[a-z_]/.test(slug) ? slug : `m_${slug}`;
  return begun.slice(0, longestName).replace(/_+$/, '');
}

/** 'ar_invoice_by_region_month': the first table and the key. */
export function nameOf(definition: CheckedDefinition, keyColumns: readonly string[]): string {
  const [first] = definition.directRelations;
  const by = definition.outputs.key === null ? [] : ['by', ...keyColumns];
  return nameFrom([first?.name ?? 'read_model', ...by].join(' '));
}

/** 'What are amount, invoices by region, month?' */
export function questionOf({ columns }: CheckedDefinition, keyColumns: readonly string[]): string {
  // An average is kept as sum and count, and asked for as one.
  const measures = [
    ...new Set(
      columns
        .map(({ name }) => name)
        .filter((name) => !keyColumns.includes(name))
        .map((name) => name.replace(/_(sum|count)$/, '')),
    ),
  ];
  const words = (names: readonly string[]) => names.map((name) => name.replaceAll('_', ' ')).join(', ');
  if (measures.length === 0) return `Which ${words(keyColumns)} are there?`;
  return `What ${measures.length === 1 ? 'is' : 'are'} ${words(measures)} by ${words(keyColumns)}?`;
}

/** The name, or the first of name_2, name_3 ... that is free. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let n = 2; ; n += 1) {
    const next = `${name.slice(0, longestName - 4)}_${n}`;
    if (!taken.has(next)) return next;
  }
}

export interface KeySuggestion {
  readonly keyColumns: readonly string[];
  readonly warning: string | null;
}

/** Columns that identify a row, as far as the text and the catalog tell; filling the copy proves it or fails. */
export function suggestKey({ columns, outputs, inheritedKey }: CheckedDefinition): KeySuggestion {
  const key = outputs.key ?? inheritedKey;
  const [first] = columns;
  if (key !== null && key.length > 0) {
    return {
      keyColumns: key,
      warning: outputs.keyIncomplete
        ? `The rows are grouped by more than the columns show, so (${key.join(', ')}) may not be unique. Select every grouped expression.`
        : null,
    };
  }
  return {
    keyColumns: first === undefined ? [] : [first.name],
    warning: `The key cannot be told from the statement; ${first?.name ?? ''} is a guess. Name the columns that identify a row: filling the copy fails when they do not.`,
  };
}

/** How a reader asks: named columns (a prepared `select *` would fail after an additive flip), in the key's order. */
export const readerSqlFor = (
  schema: string,
  name: string,
  columns: readonly Column[],
  keyColumns: readonly string[],
): string =>
  [
    `select as_of, ${columns.map((column) => quoteIdent(column.name)).join(', ')}`,
    `from ${qualifiedName(schema, name)}`,
    ...(keyColumns.length === 0 ? [] : [`order by ${keyColumns.map(quoteIdent).join(', ')}`]),
  ].join('\n');
