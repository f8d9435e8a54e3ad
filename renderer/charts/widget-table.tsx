import { useMemo, type ReactNode } from 'react';
import { columnTitle, currencyOf, formatOf } from '../../shared/charts/widget-shape.ts';
import { formatCell, isNumericFormat } from '../../shared/format/cell.ts';
import type { Widget, WidgetData } from '../../shared/model/dashboard.ts';
import { DataTable, type TableColumn } from '../tables/data-table.tsx';

interface NumberedRow {
  readonly key: string;
  readonly cells: readonly (string | null)[];
}

/** Longest cell of a column, characters as the server printed them. */
const longestCell = (data: WidgetData, index: number): number =>
  data.rows.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), 1);

/**
 * Grid track of a column. Text shares the room by its length and may end in an ellipsis; a number gets all that it
 * needs: an ellipsis would make another number of it.
 */
function trackOf(data: WidgetData, index: number, title: string, numeric: boolean): string {
  const longest = longestCell(data, index);
  if (!numeric) return `minmax(${Math.min(11, Math.max(longest, title.length)) + 1}ch, ${Math.max(6, longest)}fr)`;
  // Separators and a currency sign come on top of what the server printed, and the padding of the cell.
  const printed = longest + Math.max(0, Math.floor((longest - 3) / 3)) + 1;
  const roomCh = Math.max(printed, title.length) + 3;
  return `minmax(${roomCh}ch, ${roomCh / 2}fr)`;
}

/** A widget's rows as a table: a widget of kind 'table', and the twin of every chart. */
export function WidgetTable({
  widget,
  data,
  height = '100%',
}: {
  readonly widget: Widget;
  readonly data: WidgetData;
  readonly height?: number | string;
}): ReactNode {
  const columns = useMemo(
    () =>
      data.columns.map((column, index): TableColumn<NumberedRow> => {
        const format = formatOf(widget, column);
        const numeric = isNumericFormat(format);
        return {
          id: column.name,
          header: columnTitle(column.name),
          cell: (row) => formatCell(row.cells[index] ?? null, format, currencyOf(widget, column.name), widget.locale),
          sortValue: (row) => row.cells[index] ?? null,
          sortAs: numeric ? 'decimal' : 'natural',
          align: numeric ? 'right' : 'left',
          width: trackOf(data, index, column.name, numeric),
        };
      }),
    [widget, data],
  );
  const rows = useMemo(() => data.rows.map((cells, index) => ({ key: String(index), cells })), [data.rows]);
  return (
    <DataTable
      label={`${widget.title}, as a table`}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.key}
      height={height}
      estimatedRowPx={30}
      dense
      empty="The question has no rows now."
    />
  );
}
