import { compareDecimals, parseDecimal, sumDecimals } from '../../../../shared/format/decimal.ts';
import type { Widget } from '../../../../shared/model/dashboard.ts';
import type { DifferingAnswer, LiveComparison } from '../../../../shared/model/live-comparison.ts';
import type { Column } from '../../../../shared/model/read-model.ts';

type Cells = readonly (string | null)[];

export interface Answer {
  readonly columns: readonly Column[];
  readonly rows: readonly Cells[];
}

export type ComparedAnswers = Pick<
  LiveComparison,
  'keyColumns' | 'valueColumns' | 'missingColumns' | 'totals' | 'equalRows' | 'differingRows' | 'differing'
>;

/** Differing rows that are handed on: more are read by nobody. */
export const mostShownRows = 200;

const numericType = /^(smallint|integer|bigint|numeric|real|double precision)(\(|$)/;

/**
 * Compares two answers of a widget, row by row: rows of the same key are one row, and numbers are equal by value
 * (1.50 = 1.5), exactly. Pure.
 */
export function compareAnswers(widget: Widget, model: Answer, live: Answer): ComparedAnswers {
  const inLive = new Set(live.columns.map(({ name }) => name));
  const inModel = new Set(model.columns.map(({ name }) => name));
  const both = model.columns.filter(({ name }) => inLive.has(name));
  const isValue = ({ name, type }: Column): boolean =>
    name !== widget.x && name !== widget.series && numericType.test(type);
  const valueColumns = both.filter(isValue);
  const keyColumns = both.filter((column) => !isValue(column));
  const modelRows = byKey(model, keyColumns, valueColumns);
  const liveRows = byKey(live, keyColumns, valueColumns);
  const differing: DifferingAnswer[] = [];
  let equalRows = 0;
  for (const [id, { key, values }] of modelRows) {
    const other = liveRows.get(id)?.values ?? null;
    if (other !== null && values.every((value, at) => sameValue(value, other[at] ?? null))) equalRows += 1;
    else differing.push(differingOf(key, values, other));
  }
  for (const [id, { key, values }] of liveRows) {
    if (!modelRows.has(id)) differing.push(differingOf(key, null, values));
  }
  return {
    keyColumns: [...keyColumns],
    valueColumns: [...valueColumns],
    missingColumns: [...model.columns, ...live.columns]
      .map(({ name }) => name)
      .filter((name) => !inLive.has(name) || !inModel.has(name)),
    totals: valueColumns.filter((column) => addsUp(widget, column)).map((column) => totalOf(column, model, live)),
    equalRows,
    differingRows: differing.length,
    differing: differing.toSorted(largestFirst).slice(0, mostShownRows),
  };
}

interface KeyedRow {
  readonly key: (string | null)[];
  readonly values: (string | null)[];
}

/** Several rows of one key are told apart by their order among themselves. */
function byKey({ columns, rows }: Answer, keyColumns: readonly Column[], valueColumns: readonly Column[]) {
  const place = (column: Column) => columns.findIndex(({ name }) => name === column.name);
  const keyPlaces = keyColumns.map(place);
  const valuePlaces = valueColumns.map(place);
  const found = new Map<string, KeyedRow>();
  const seen = new Map<string, number>();
  for (const row of rows) {
    const key = keyPlaces.map((at) => row[at] ?? null);
    const id = JSON.stringify(key);
    const times = seen.get(id) ?? 0;
    seen.set(id, times + 1);
    found.set(`${times} ${id}`, { key, values: valuePlaces.map((at) => row[at] ?? null) });
  }
  return found;
}

function sameValue(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  const numbers = parseDecimal(a) !== null && parseDecimal(b) !== null;
  return numbers ? compareDecimals(a, b) === 0 : a === b;
}

function differingOf(key: (string | null)[], model: (string | null)[] | null, live: (string | null)[] | null) {
  const values = model ?? live ?? [];
  const difference = values.map((_, at) => {
    const [before = null, after = null] = [model?.[at], live?.[at]];
    return model === null || live === null ? null : minus(after, before);
  });
  return { key, model, live, difference };
}

/** a - b, exact; null where one is no number. */
function minus(a: string | null, b: string | null): string | null {
  if (a === null || b === null || parseDecimal(a) === null || parseDecimal(b) === null) return null;
  return sumDecimals([a, negated(b)]);
}

const negated = (text: string): string =>
  text.trim().startsWith('-') ? text.trim().slice(1) : `-${text.trim().replace(/^\+/, '')}`;

/** Shares and averages do not; what is counted and what is paid does. */
function addsUp(widget: Widget, { name, type }: Column): boolean {
  const format = widget.formats[name] ?? (/^(smallint|integer|bigint)$/.test(type) ? 'integer' : 'decimal');
  return format === 'integer' || format === 'money';
}

function totalOf({ name }: Column, model: Answer, live: Answer) {
  const sum = ({ columns, rows }: Answer): string => {
    const at = columns.findIndex((column) => column.name === name);
    return sumDecimals(rows.map((row) => row[at] ?? null));
  };
  const [before, after] = [sum(model), sum(live)];
  return { column: name, model: before, live: after, difference: minus(after, before) ?? '0' };
}

/** Rows of one side alone come first: nothing tells how large they are. */
function largestFirst(a: DifferingAnswer, b: DifferingAnswer): number {
  const size = ({ difference }: DifferingAnswer) => difference.find((one) => one !== null)?.replace('-', '') ?? null;
  const [left, right] = [size(a), size(b)];
  if (left === null || right === null) return Number(right === null) - Number(left === null);
  return compareDecimals(right, left);
}
