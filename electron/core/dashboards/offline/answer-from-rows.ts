import { compareDecimals, parseDecimal } from '../../../../shared/format/decimal.ts';
import type { WidgetData } from '../../../../shared/model/dashboard.ts';
import type { Column } from '../../../../shared/model/read-model.ts';
import type { ModelRows } from '../../history/model-rows.ts';
import { asOfColumn } from '../as-of-column.ts';
import type { Direction, PlainSelect } from './plain-select.ts';
import { arePrintedDays, compareDays, dayOf } from './printed-day.ts';
import { momentUs } from './printed-moment.ts';
import type { RowValue } from './row-value.ts';

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
export const isDay = (type: string): boolean => type === 'date' || /^timestamp\(?\d?\)? without time zone$/.test(type);
/** NaN comes after all others, where nothing goes on without an end. */
const areOrderedNumbers = (cells: Cells): boolean =>
  cells.every((cell) => cell === null || cell === 'NaN' || parseDecimal(cell) !== null);
export const isMoment = (type: string): boolean => /^timestamp\(?\d?\)? with time zone$/.test(type);
const isTruth = (type: string): boolean => type === 'boolean';
const byOrder = <T extends string | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
const byText: Compare = byOrder;

/** Null: the order of such cells is the server's own. */
function comparisonOf({ type }: Pick<Column, 'type'>, cells: Cells): Compare | null {
  if (isNumeric(type)) return areOrderedNumbers(cells) ? compareDecimals : null;
  if (isDay(type)) return arePrintedDays(cells) ? compareDays : null;
  return isTruth(type) ? byText : null;
}

/** The moments that a column of them holds, microseconds; null where a cell is none. */
export function momentsOf(cells: readonly (string | null)[]): readonly (bigint | null)[] | null {
  const moments = cells.map((cell) => (cell === null ? null : momentUs(cell)));
  return moments.every((us, place) => us !== null || cells[place] === null) ? moments : null;
}

/** What is picked from each of some rows or groups, by their places. */
export interface PickedColumn {
  /** What a person calls it. */
  readonly name: string;
  readonly type: string;
  readonly cells: Cells;
  /** Of text: the place of each in the server's own order. */
  readonly ranks?: readonly number[];
}

/** Of every row; or why that cannot be told. */
export function pickedColumn(model: ModelRows, value: RowValue): PickedColumn | string {
  if (value.kind === 'expression') {
    const values = model.expressions?.find(({ expression }) => expression === value.expression)?.values ?? null;
    if (values === null) return 'it computes columns, and what they are worth in each row is not saved';
    const { ranks, ...others } = values;
    return { name: value.expression, ...others, ...(ranks === undefined ? {} : { ranks }) };
  }
  const index = model.columns.findIndex(({ name }) => name === value.column);
  const column = model.columns[index];
  if (column === undefined) return `${model.readModel} has no column ${value.column} in its saved rows`;
  const ranks = model.ranks[column.name];
  return { ...column, cells: cellsOf(model, index), ...(ranks === undefined ? {} : { ranks }) };
}

/**
 * What the database would answer to a widget's query with filters, out of the rows of its read model. Only where that
 * is certain: a type or an order that is the server's own is said, not guessed.
 */
export function answerFromRows(select: PlainSelect, model: ModelRows, filters: readonly RowFilter[]): FilteredAnswer {
  const outputs =
    select.outputs === '*'
      ? model.columns.map(({ name }) => ({ value: { kind: 'column', column: name } as const, as: name }))
      : // The moment of the rows is told beside them, and is no column of a widget.
        select.outputs.filter(({ as }) => as !== asOfColumn);
  const picked: { readonly as: string; readonly column: PickedColumn }[] = [];
  for (const { value, as } of outputs) {
    const column = pickedColumn(model, value);
    if (typeof column === 'string') return no(column);
    picked.push({ as, column });
  }
  const places = placesPassing(model, select.condition, filters);
  if (typeof places === 'string') return no(places);
  const order: (Direction & { readonly column: PickedColumn })[] = [];
  for (const { value, ...direction } of select.order) {
    if (isAsOf(value)) continue;
    const column = pickedColumn(model, value);
    if (typeof column === 'string') return no(column);
    order.push({ column, ...direction });
  }
  return tableOf({ outputs: picked, order, limit: select.limit }, places);
}

/** The same for all rows. */
export const isAsOf = (value: RowValue): boolean => value.kind === 'column' && value.column === asOfColumn;

interface Table {
  readonly outputs: readonly { readonly as: string; readonly column: PickedColumn }[];
  readonly order: readonly (Direction & { readonly column: PickedColumn })[];
  readonly limit: number | null;
}

/** The answer out of rows or groups at these places, put in order; or why that order cannot be told. */
export function tableOf({ outputs, order, limit }: Table, places: readonly number[]): FilteredAnswer {
  const comparisons: ((a: number, b: number) => number)[] = [];
  for (const { column, descending, nullsFirst } of order) {
    const keys = sortKeysOf(column);
    if (keys === null) return no(`the order of ${column.name} is known to the database alone`);
    comparisons.push((a, b) => {
      if (keys.isNull(a) || keys.isNull(b)) {
        if (keys.isNull(a) === keys.isNull(b)) return 0;
        return keys.isNull(a) === nullsFirst ? -1 : 1;
      }
      return descending ? -keys.compare(a, b) : keys.compare(a, b);
    });
  }
  const sorted = places
    .toSorted((a, b) => {
      for (const compare of comparisons) {
        const way = compare(a, b);
        if (way !== 0) return way;
      }
      return 0;
    })
    .slice(0, limit ?? undefined);
  return {
    ok: true,
    table: {
      columns: outputs.map(({ as, column: { type } }) => ({ name: as, type })),
      rows: sorted.map((place) => outputs.map(({ column }) => column.cells[place] ?? null)),
    },
  };
}

interface SortKeys {
  isNull(place: number): boolean;
  /** Of rows that both have a value. */
  compare(a: number, b: number): number;
}

/** The order of rows by what is picked from them; null: it is the server's own. */
function sortKeysOf(column: PickedColumn): SortKeys | null {
  const { cells, ranks } = column;
  const isNull = (place: number): boolean => (cells[place] ?? null) === null;
  if (ranks !== undefined) return { isNull, compare: (a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0) };
  if (isMoment(column.type)) {
    const moments = momentsOf(cells);
    if (moments === null) return null;
    return { isNull, compare: (a, b) => byOrder(moments[a] ?? 0n, moments[b] ?? 0n) };
  }
  const compare = comparisonOf(column, cells);
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
    const test = filter.kind === 'moments' ? null : testOf(filter, column, cells);
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

/** null: what is asked for cannot be told from the printed cells. */
function testOf(
  filter: Exclude<RowFilter, { readonly kind: 'moments' }>,
  column: Column,
  cells: Cells,
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
  const cut = isDay(column.type) ? dayOf : (cell: string) => cell;
  const compare = isNumeric(column.type) || isDay(column.type) ? comparisonOf(column, cells) : null;
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
