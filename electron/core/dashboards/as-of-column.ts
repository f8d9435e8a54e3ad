import type { Column } from '../../../shared/model/read-model.ts';

/** The first column of every stable view. */
export const asOfColumn = 'as_of';

export interface PrintedTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface SplitTable {
  readonly columns: Column[];
  readonly rows: (string | null)[][];
  /** ISO 8601; null: no rows, no such column, or a copy whose as-of is not known. */
  readonly asOf: string | null;
  readonly hasAsOf: boolean;
}

/** Takes `as_of` out of the cells. Rows that differ (a query over two models) count as old as the oldest. */
export function splitAsOf({ columns, rows }: PrintedTable): SplitTable {
  const index = columns.findIndex((column) => column.name === asOfColumn);
  const without = <T>(cells: readonly T[]): T[] => (index < 0 ? [...cells] : cells.toSpliced(index, 1));
  let asOf: string | null = null;
  let unknown = false;
  for (const printed of index < 0 ? [] : new Set(rows.map((row) => row[index] ?? null))) {
    const iso = printed === null ? null : isoMoment(printed);
    if (iso === null) unknown = true;
    else if (asOf === null || Date.parse(iso) < Date.parse(asOf)) asOf = iso;
  }
  return { columns: without(columns), rows: rows.map(without), asOf: unknown ? null : asOf, hasAsOf: index >= 0 };
}

const printedMoment = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?([+-]\d{2})(?::?(\d{2}))?$/;

/** A timestamptz as PostgreSQL prints it under DateStyle ISO -> ISO 8601 to the millisecond; null for anything else. */
export function isoMoment(printed: string): string | null {
  const match = printedMoment.exec(printed);
  if (match === null) return null;
  const [, day = '', clock = '', fraction = '', hours = '', minutes = '00'] = match;
  return `${day}T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}${hours}:${minutes}`;
}
