import { useMemo, type ReactNode } from 'react';
import { formatCell } from '../../../../shared/format/cell.ts';
import { formatCount, formatCounted } from '../../../../shared/format/count.ts';
import type { Widget } from '../../../../shared/model/dashboard.ts';
import type { DifferingAnswer, LiveComparison } from '../../../../shared/model/live-comparison.ts';
import { columnTitle, formatOf } from '../../../../shared/charts/widget-shape.ts';
import { DataTable, type TableColumn } from '../../../tables/data-table.tsx';
import { signed } from './signed.ts';
import styles from './compare.module.css';

interface DifferingTableProps {
  readonly comparison: LiveComparison;
  readonly widget: Widget;
}

interface NumberedRow extends DifferingAnswer {
  readonly place: string;
}

/** Rows that the two answers do not have in common, both values and their difference beside each other. */
export function DifferingTable({ comparison, widget }: DifferingTableProps): ReactNode {
  const { keyColumns, valueColumns, differing, differingRows, equalRows } = comparison;
  const columns = useMemo((): TableColumn<NumberedRow>[] => {
    const keys = keyColumns.map((column, at): TableColumn<NumberedRow> => ({
      id: column.name,
      header: columnTitle(column.name),
      cell: ({ key }) => formatCell(key[at] ?? null, formatOf(widget, column)),
      sortValue: ({ key }) => key[at] ?? null,
    }));
    const values = valueColumns.flatMap((column, at): TableColumn<NumberedRow>[] => {
      const print = (value: string | null) => formatCell(value, formatOf(widget, column), widget.currency);
      const numbers = (id: string, header: string, cell: (row: DifferingAnswer) => string) => ({
        id: `${column.name} ${id}`,
        header,
        cell,
        sortAs: 'decimal' as const,
        align: 'right' as const,
        width: roomFor([header, ...differing.map(cell)]),
      });
      const side = (name: 'model' | 'live', title: string): TableColumn<NumberedRow> => ({
        ...numbers(name, `${columnTitle(column.name)}, ${title}`, (row) =>
          row[name] === null ? 'no such row' : print(row[name][at] ?? null),
        ),
        sortValue: (row) => row[name]?.[at] ?? null,
      });
      const difference: TableColumn<NumberedRow> = {
        ...numbers('difference', 'difference', (row) => {
          const value = row.difference[at] ?? null;
          return value === null ? '' : signed(value, print);
        }),
        sortValue: (row) => row.difference[at] ?? null,
      };
      return [side('model', 'read model'), side('live', 'live'), difference];
    });
    return [...keys, ...values];
  }, [keyColumns, valueColumns, differing, widget]);
  const rows = useMemo(() => differing.map((row, at) => ({ ...row, place: String(at) })), [differing]);
  const shown = rows.length < differingRows ? ` The first ${formatCount(rows.length)} are shown.` : '';
  return (
    <div>
      <h3 className={styles.subtitle}>
        {formatCounted(differingRows, 'row')} of {formatCount(differingRows + equalRows)} differ.{shown}
      </h3>
      <DataTable
        label="Rows that differ"
        columns={columns}
        rows={rows}
        rowKey={({ place }) => place}
        height={Math.min(320, 44 + rows.length * 30)}
        estimatedRowPx={30}
        dense
      />
    </div>
  );
}

/** Of a column of numbers: an ellipsis would make another number of one. */
const roomFor = (texts: readonly string[]): string =>
  `minmax(${Math.max(...texts.map(({ length }) => length)) + 2}ch, 1fr)`;
