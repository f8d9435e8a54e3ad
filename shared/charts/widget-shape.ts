import { formatDateShort, formatMonthShort, formatWeekShort } from '../format/calendar.ts';
import { formatCell, nullText, type ColumnFormat } from '../format/cell.ts';
import { compareDecimals, sumDecimals } from '../format/decimal.ts';
import type { ChartOptions } from '../model/chart-options.ts';
import type { Widget, WidgetData } from '../model/dashboard.ts';
import { mostSeries, seriesPlaces } from './series-places.ts';

/** One series of a widget's chart. Cells stay the server's exact text; index = index of the category. */
export interface ShapeSeries {
  readonly name: string;
  readonly format: ColumnFormat;
  readonly cells: readonly (string | null)[];
  /** Its value of the series column; left out: it is not one of them. */
  readonly key?: string | null;
  /** Which colour and pattern it has. */
  readonly place: number;
  /** Of money; left out: that of the shape. */
  readonly currency?: string | null;
  /** A line against the axis on the right, of kind 'combined'. */
  readonly onRight?: boolean;
}

/** A place on the axis of categories, in words that are made when they are asked for: an axis of a thousand days shows ten. */
export interface ShapeCategory {
  /** For the axis ("Nov"). */
  readonly short: string;
  /** For hovering ("Nov 2026"). */
  readonly full: string;
}

/** A widget's rows, turned the way a chart reads them. */
export interface WidgetShape {
  readonly categories: readonly ShapeCategory[];
  readonly series: readonly ShapeSeries[];
  /** The categories follow the calendar: they run from left to right and are never turned on their side. */
  readonly calendar: boolean;
  readonly currency: string | null;
  /** BCP 47; left out: Daybreak's own. */
  readonly locale?: string | undefined;
  readonly options?: ChartOptions | undefined;
}

/** The rows cannot be drawn: the widget's SQL and its settings went apart. */
export interface ShapeMismatch {
  /** A sentence for the card. */
  readonly problem: string;
}

export const isMismatch = (shape: WidgetShape | ShapeMismatch): shape is ShapeMismatch => 'problem' in shape;

/** Format of a result column: the widget's word, else by what PostgreSQL says it is. */
export function formatOf(widget: Widget, column: { readonly name: string; readonly type: string }): ColumnFormat {
  const said = widget.formats[column.name];
  if (said !== undefined) return said;
  if (/^(smallint|integer|bigint)$/.test(column.type)) return 'integer';
  if (/^(numeric|real|double precision)/.test(column.type)) return 'decimal';
  return column.type === 'date' ? 'date' : 'text';
}

/** Currency of a column's money; null: it is printed without a sign. */
export const currencyOf = (widget: Widget, column: string): string | null =>
  widget.currencies?.[column] ?? widget.currency;

/** 'open_amount' -> 'open amount' */
export const columnTitle = (name: string): string => name.replaceAll('_', ' ');

function shortLabel(cell: string | null, format: ColumnFormat, locale: string | undefined): string {
  if (cell === null) return nullText;
  if (format === 'date') return formatDateShort(cell, locale);
  if (format === 'month') return formatMonthShort(cell, locale);
  if (format === 'week') return formatWeekShort(cell);
  return formatCell(cell, format, null, locale);
}

/** A model with a finer grain than its chart: its amounts add up, exactly. */
const addCells = (before: string, cell: string | null): string =>
  cell === null ? before : sumDecimals([before, cell]);

/** Rows -> categories and series, in the order of the rows: the SQL decides the order, as it decides the numbers. */
export function shapeOf(widget: Widget, data: WidgetData): WidgetShape | ShapeMismatch {
  const indexOf = new Map(data.columns.map((column, index) => [column.name, index]));
  const named = [widget.x, widget.series, ...widget.values].filter((name): name is string => name !== null);
  const missing = named.filter((name) => !indexOf.has(name));
  if (missing.length > 0) {
    return { problem: `The answer has no column ${missing.join(', ')}: the widget’s SQL and its settings disagree.` };
  }

  const at = (row: readonly (string | null)[], name: string | null): string | null =>
    name === null ? null : (row[indexOf.get(name) ?? -1] ?? null);
  const formatOfName = (name: string): ColumnFormat => {
    const column = data.columns[indexOf.get(name) ?? -1];
    return column === undefined ? 'text' : formatOf(widget, column);
  };

  const xFormat = widget.x === null ? 'text' : formatOfName(widget.x);
  const keys = [...new Set(data.rows.map((row) => at(row, widget.x)))];
  const { locale, options } = widget;
  const categories = keys.map((key): ShapeCategory => ({
    get short() {
      return shortLabel(key, xFormat, locale);
    },
    get full() {
      return formatCell(key, xFormat, null, locale);
    },
  }));
  const place = new Map(keys.map((key, index) => [key, index]));
  const calendar = xFormat === 'date' || xFormat === 'month' || xFormat === 'week';
  const cellsOf = (rows: readonly (readonly (string | null)[])[], value: string) => {
    const cells = Array<string | null>(keys.length).fill(null);
    for (const row of rows) {
      const index = place.get(at(row, widget.x)) ?? 0;
      const before = cells[index] ?? null;
      const cell = at(row, value);
      cells[index] = before === null ? cell : addCells(before, cell);
    }
    return cells;
  };

  const ratio = widget.values.find((name) => formatOfName(name) === 'percent');
  const points = new Set(data.rows.map((row) => JSON.stringify([at(row, widget.x), at(row, widget.series)])));
  if (ratio !== undefined && points.size < data.rows.length) {
    return {
      problem: `Several rows fall on one point, and ratios (${ratio}) do not add up: the SQL needs a coarser grain.`,
    };
  }
  const value = widget.values[0];
  if (widget.series !== null && value !== undefined) {
    const seriesFormat = formatOfName(widget.series);
    const bySeries = Map.groupBy(data.rows, (row) => at(row, widget.series));
    const series = [...bySeries].map(([key, rows]) => ({
      key,
      name: formatCell(key, seriesFormat, null, locale),
      format: formatOfName(value),
      cells: cellsOf(rows, value),
    }));
    return {
      categories,
      series: inPlaces(widget.kind === 'heatmap' ? series : withOther(series), data.seriesOrder),
      calendar,
      currency: currencyOf(widget, value),
      locale,
      options,
    };
  }
  // One axis has one unit: values of another unit than its first are left to the table.
  const lines = new Set(widget.kind === 'combined' ? (widget.options?.lines ?? []) : []);
  const sides = [widget.values.filter((name) => !lines.has(name)), widget.values.filter((name) => lines.has(name))];
  const unitOf = (name: string): string => {
    const format = formatOfName(name);
    return format === 'money' ? `money ${currencyOf(widget, name)}` : format;
  };
  const series = sides.flatMap((names, side) =>
    names
      .filter((name) => unitOf(name) === unitOf(names[0] ?? name))
      .map((name) => ({
        name: columnTitle(name),
        format: formatOfName(name),
        cells: cellsOf(data.rows, name),
        ...(widget.currencies?.[name] === undefined ? {} : { currency: widget.currencies[name] }),
        ...(side === 1 ? { onRight: true } : {}),
      })),
  );
  return { categories, series: inPlaces(series), calendar, currency: widget.currency, locale, options };
}

/** Values of the series column as they are drawn, without those that are summed as "other"; empty where nothing can be. */
export function drawnOrder(widget: Widget, data: WidgetData | null): (string | null)[] {
  if (data === null || data.unreadable !== undefined) return [];
  const shape = shapeOf(widget, data);
  return isMismatch(shape) ? [] : shape.series.flatMap(({ key }) => (key === undefined ? [] : [key]));
}

/** A cell of a series for reading. */
export const seriesText = (shape: WidgetShape, series: ShapeSeries, cell: string | null): string =>
  formatCell(cell, series.format, series.currency ?? shape.currency, shape.locale);

type Unplaced = Omit<ShapeSeries, 'place'>;

function inPlaces(series: readonly Unplaced[], order?: readonly (string | null)[]): readonly ShapeSeries[] {
  const places = seriesPlaces(
    series.map(({ key }) => key),
    order,
  );
  return series.map((one, index) => ({ ...one, place: places[index] ?? index }));
}

/** Keeps the largest series by their total and adds the rest up, exactly. */
function withOther(series: readonly Unplaced[]): readonly Unplaced[] {
  if (series.length <= mostSeries) return series;
  const bySize = series.map((one) => ({ one, total: sumDecimals(one.cells) }));
  bySize.sort((a, b) => compareDecimals(b.total, a.total));
  const kept = new Set(bySize.slice(0, mostSeries - 1).map(({ one }) => one));
  const rest = series.filter((one) => !kept.has(one));
  const cells = (series[0]?.cells ?? []).map((_, index) => {
    const parts = rest.map((one) => one.cells[index] ?? null);
    return parts.every((part) => part === null) ? null : sumDecimals(parts);
  });
  const format = rest[0]?.format ?? 'decimal';
  return [...series.filter((one) => kept.has(one)), { name: `other (${rest.length})`, format, cells }];
}

/** One sentence about the picture for who cannot see it. */
export function shapeSummary(title: string, shape: WidgetShape): string {
  let top: { readonly series: ShapeSeries; readonly cell: string; readonly index: number } | null = null;
  for (const series of shape.series) {
    for (const [index, cell] of series.cells.entries()) {
      if (cell !== null && (top === null || compareDecimals(cell, top.cell) > 0)) top = { series, cell, index };
    }
  }
  if (top === null) return `${title}: no values`;
  const category = shape.categories[top.index]?.full ?? '';
  const where = shape.series.length > 1 ? `${category}, ${top.series.name}` : category;
  const largest = `${where}: ${seriesText(shape, top.series, top.cell)}`;
  return `${title}: ${shape.categories.length} categories, ${shape.series.length} series; largest ${largest}`;
}
