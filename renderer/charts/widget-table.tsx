import { useMemo, type ReactNode } from 'react';
import { formatCell, isNumericFormat } from '../../shared/format/cell.ts';
import type { Widget, WidgetData } from '../../shared/model/dashboard.ts';
import { DataTable, type TableColumn } from '../tables/data-table.tsx';
import { columnTitle, formatOf } from './widget-shape.ts';

interface NumberedRow {
  readonly key: string;
  readonly cells: readonly (string | null)[];
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
          cell: (row) => formatCell(row.cells[index] ?? null, format, widget.currency),
          sortValue: (row) => row.cells[index] ?? null,
          sortAs: numeric ? 'decimal' : 'natural',
          align: numeric ? 'right' : 'left',
          width: numeric ? 'minmax(88px, 1fr)' : 'minmax(96px, 1.4fr)',
        };
      }),
    [widget, data.columns],
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
