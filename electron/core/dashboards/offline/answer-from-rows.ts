import { compareDecimals } from '../../../../shared/format/decimal.ts';
import type { WidgetData } from '../../../../shared/model/dashboard.ts';
import type { Column } from '../../../../shared/model/read-model.ts';
import type { ModelRows } from '../../history/model-rows.ts';
import type { PlainSelect } from './plain-select.ts';
import { momentUs } from './printed-moment.ts';

/** A filter on one column of a read model. */
export type RowFilter =
  /** Any of these; null: rows without a value. */
  | { readonly kind: 'values'; readonly column: string; readonly values: readonly (string | null)[] }
  /** Both ends included; null: open. Numbers, and days as 'yyyy-mm-dd'. */
  | { readonly kind: 'range'; readonly column: string; readonly from: string | null; readonly to: string | null }
  /** Of a column of moments with a zone, microseconds: the first is included, the last is not. */
  | { readonly kind: 'moments'; readonly column: string; readonly fromUs: bigint; readonly beforeUs: bigint };

export type FilteredAnswer =
  | { readonly ok: true; readonly table: Pick<WidgetData, 'columns' | 'rows'> }
  | { readonly ok: false; readonly reason: string };

export const no = (reason: string): FilteredAnswer => ({ ok: false, reason });

type Compare = (a: string, b: string) => number;
type Cells = readonly (string | null)[];

export const isNumeric = (type: string): boolean =>
  /^(smallint|integer|bigint|numeric|real|double precision)/.test(type);
/** Printed under DateStyle ISO their order is that of their text. */
export const isDay = (type: string): boolean => type === 'date' || /^timestamp\(?\d?\)? without time zone$/.test(type);
export const isMoment = (type: string): boolean => /^timestamp\(?\d?\)? with time zone$/.test(type);
const isTruth = (type: string): boolean => type === 'boolean';
const byOrder = <T extends string | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
const byText: Compare = byOrder;

function comparisonOf({ type }: Column): Compare | null {
  if (isNumeric(type)) return compareDecimals;
  return isDay(type) || isTruth(type) ? byText : null;
}

/** The moments that a column of them holds, microseconds; null where a cell is none. */
export function momentsOf(cells: readonly (string | null)[]): readonly (bigint | null)[] | null {
  const moments = cells.map((cell) => (cell === null ? null : momentUs(cell)));
  return moments.every((us, place) => us !== null || cells[place] === null) ? moments : null;
}

/**
 * What the database would answer to a widget's query with filters, out of the rows of its read model. Only where that
 * is certain: a type or an order that is the server's own is said, not guessed.
 */
export function answerFromRows(select: PlainSelect, model: ModelRows, filters: readonly RowFilter[]): FilteredAnswer {
  const indexOf = (name: string): number => model.columns.findIndex((column) => column.name === name);
  const picked =
    select.columns === '*'
      ? model.columns.map(({ name }) => ({ column: name, as: name }))
      : // The moment of the rows is told beside them, and is no column of a widget.
        select.columns.filter(({ column }) => column !== 'as_of');
  const missing = picked.find(({ column }) => indexOf(column) < 0);
  if (missing !== undefined) return no(`${model.readModel} has no column ${missing.column} in its saved rows`);

  const places = placesPassing(model, select.condition, filters);
  if (typeof places === 'string') return no(places);

  const comparisons: ((a: number, b: number) => number)[] = [];
  for (const { column, descending, nullsFirst } of select.order) {
    if (column === 'as_of') continue;
    const keys = sortKeysOf(model, column);
    if (keys === null) return no(`the order of ${column} is known to the database alone`);
    comparisons.push((a, b) => {
      if (keys.isNull(a) || keys.isNull(b)) {
        if (keys.isNull(a) === keys.isNull(b)) return 0;
        return keys.isNull(a) === nullsFirst ? -1 : 1;
      }
      return descending ? -keys.compare(a, b) : keys.compare(a, b);
    });
  }

  const rows = places
    .toSorted((a, b) => {
      for (const compare of comparisons) {
        const way = compare(a, b);
        if (way !== 0) return way;
      }
      return 0;
    })
    .slice(0, select.limit ?? undefined);
  const indexes = picked.map(({ column }) => indexOf(column));
  return {
    ok: true,
    table: {
      columns: picked.map(({ as }, at) => ({ ...columnAt(model, indexes[at] ?? 0), name: as })),
      rows: rows.map((row) => indexes.map((index) => model.rows[row]?.[index] ?? null)),
    },
  };
}

interface SortKeys {
  isNull(place: number): boolean;
  /** Of rows that both have a value. */
  compare(a: number, b: number): number;
}

/** The order of the rows, by their places, by one of their columns; null: it is the server's own. */
function sortKeysOf(model: ModelRows, name: string): SortKeys | null {
  const index = model.columns.findIndex((column) => column.name === name);
  const column = model.columns[index];
  if (column === undefined) return null;
  const cells = cellsOf(model, index);
  const isNull = (place: number): boolean => (cells[place] ?? null) === null;
  const ranks = model.ranks[name];
  if (ranks !== undefined) return { isNull, compare: (a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0) };
  if (isMoment(column.type)) {
    const moments = momentsOf(cells);
    if (moments === null) return null;
    return { isNull, compare: (a, b) => byOrder(moments[a] ?? 0n, moments[b] ?? 0n) };
  }
  const compare = comparisonOf(column);
  return compare === null ? null : { isNull, compare: (a, b) => compare(cells[a] ?? '', cells[b] ?? '') };
}

/** Places of the rows that the condition chooses and that pass all filters, or why that cannot be told. */
export function placesPassing(
  model: ModelRows,
  condition: string | null,
  filters: readonly RowFilter[],
): readonly number[] | string {
  const tests: ((place: number) => boolean)[] = [];
  if (condition !== null) {
    const chosen = model.conditions?.find((one) => one.condition === condition)?.chosen ?? null;
    if (chosen === null) return 'it has conditions of its own, and which rows meet them is not saved';
    tests.push((place) => chosen[place] === 't');
  }
  for (const filter of filters) {
    const index = model.columns.findIndex(({ name }) => name === filter.column);
    const column = model.columns[index];
    if (column === undefined) return `${model.readModel} has no column ${filter.column} in its saved rows`;
    const cells = cellsOf(model, index);
    const test = filter.kind === 'moments' ? null : testOf(filter, column);
    const passes =
      filter.kind === 'moments'
        ? betweenMoments(filter, cells)
        : test === null
          ? null
          : (place: number) => test(cells[place] ?? null);
    if (passes === null) return `the order of ${column.type} (${column.name}) is known to the database alone`;
    tests.push(passes);
  }
  return model.rows.flatMap((_, place) => (tests.every((passes) => passes(place)) ? [place] : []));
}

const cellsOf = (model: ModelRows, index: number): Cells => model.rows.map((row) => row[index] ?? null);

const columnAt = (model: ModelRows, index: number): Column => model.columns[index] ?? { name: '', type: 'text' };

/** null: what is asked for cannot be told from the printed cells. */
function testOf(
  filter: Exclude<RowFilter, { readonly kind: 'moments' }>,
  column: Column,
): ((cell: string | null) => boolean) | null {
  if (filter.kind === 'values') {
    if (isNumeric(column.type)) {
      return (cell) =>
        filter.values.some((value) =>
          value === null || cell === null ? value === cell : compareDecimals(value, cell) === 0,
        );
    }
    const values = new Set(filter.values);
    return (cell) => values.has(cell);
  }
  const { from, to } = filter;
  // Of a moment within a day its day counts: the last day is in as a whole.
  const cut = isDay(column.type) ? (cell: string) => cell.slice(0, 10) : (cell: string) => cell;
  const compare = isNumeric(column.type) || isDay(column.type) ? comparisonOf(column) : null;
  if (compare === null) return null;
  return (cell) =>
    cell !== null && (from === null || compare(cut(cell), from) >= 0) && (to === null || compare(cut(cell), to) <= 0);
}

/** null: a cell is no moment. */
function betweenMoments(
  { fromUs, beforeUs }: Extract<RowFilter, { readonly kind: 'moments' }>,
  cells: Cells,
): ((place: number) => boolean) | null {
  const moments = momentsOf(cells);
  if (moments === null) return null;
  return (place) => {
    const us = moments[place] ?? null;
    return us !== null && us >= fromUs && us < beforeUs;
  };
}
