import { columnTitle, currencyOf, formatOf } from '../../../../shared/charts/widget-shape.ts';
import { formatCell, isNumericFormat, type ColumnFormat } from '../../../../shared/format/cell.ts';
import type { Widget, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { TextMeasure } from './text-measure.ts';

export interface TableColumn {
  readonly title: string;
  readonly numeric: boolean;
  readonly width: number;
  /** One line of text for a row. */
  textOf(row: readonly (string | null)[]): string;
}

export interface TableLayout {
  readonly columns: readonly TableColumn[];
  /** Titles of columns for which there was no room. */
  readonly dropped: readonly string[];
}

/** Room beside a cell's text, in the units of `sizePx`. */
export const cellPadding = 8;
/** Longest rows looked at for the widths. */
const measuredRows = 500;
/** What a text column keeps of its width where room is short, as a multiple of the type's size. */
const shortestTextEms = 7;

interface WantedColumn extends Omit<TableColumn, 'width'> {
  readonly wanted: number;
  readonly least: number;
}

/**
 * Widths of a table's columns in `width`. Text gives way and ends in an ellipsis; a number never does, so where the
 * numbers alone are too wide, the last columns are left out and named. `width` Infinity: what the table wants.
 */
export function tableLayout(
  widget: Widget,
  data: WidgetData,
  width: number,
  sizePx: number,
  measure: TextMeasure,
): TableLayout {
  const wanted = data.columns.map((column, index) => wantedColumn(widget, data, column, index, sizePx, measure));
  const kept: WantedColumn[] = [];
  let least = 0;
  for (const column of wanted) {
    if (kept.length > 0 && least + column.least > width) break;
    kept.push(column);
    least += column.least;
  }
  return { columns: spread(kept, width), dropped: wanted.slice(kept.length).map(({ title }) => title) };
}

function wantedColumn(
  widget: Widget,
  data: WidgetData,
  column: WidgetData['columns'][number],
  index: number,
  sizePx: number,
  measure: TextMeasure,
): WantedColumn {
  const format: ColumnFormat = formatOf(widget, column);
  const numeric = isNumericFormat(format);
  const title = columnTitle(column.name);
  const textOf = (row: readonly (string | null)[]) =>
    formatCell(row[index] ?? null, format, currencyOf(widget, column.name), widget.locale).replace(/\s+/gu, (space) =>
      space === '\u00a0' ? space : ' ',
    );
  const widest = data.rows
    .slice(0, measuredRows)
    .reduce((most, row) => Math.max(most, measure.widthOf(textOf(row), sizePx)), 0);
  const wanted = Math.max(widest, measure.widthOf(title, sizePx, 'bold')) + 2 * cellPadding;
  return { title, numeric, textOf, wanted, least: numeric ? wanted : Math.min(wanted, shortestTextEms * sizePx) };
}

/** Every column its least, then the texts what they want, then all of them a share of what is left. */
function spread(columns: readonly WantedColumn[], width: number): TableColumn[] {
  const total = columns.reduce((sum, { wanted }) => sum + wanted, 0);
  const least = columns.reduce((sum, column) => sum + column.least, 0);
  const widthOf = ({ wanted, least: mine }: WantedColumn): number => {
    if (!Number.isFinite(width)) return wanted;
    if (total <= width) return wanted * (width / total);
    return mine + (wanted - mine) * ((width - least) / (total - least || 1));
  };
  return columns.map((column) => {
    const { title, numeric, textOf } = column;
    return { title, numeric, textOf, width: widthOf(column) };
  });
}

/** 'Left out for want of room: supplier, amount.'; null where everything fits. */
export const droppedNote = (dropped: readonly string[]): string | null =>
  dropped.length === 0 ? null : `Left out for want of room: ${dropped.join(', ')}. The CSV has every column.`;
