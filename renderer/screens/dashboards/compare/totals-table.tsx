import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCell } from '../../../../shared/format/cell.ts';
import type { Widget } from '../../../../shared/model/dashboard.ts';
import type { LiveComparison } from '../../../../shared/model/live-comparison.ts';
import { columnTitle } from '../../../../shared/charts/widget-shape.ts';
import { signed } from './signed.ts';
import styles from './compare.module.css';

interface TotalsTableProps {
  readonly comparison: LiveComparison;
  readonly widget: Widget;
}

/** Sums of what adds up, on both sides. */
export function TotalsTable({ comparison, widget }: TotalsTableProps): ReactNode {
  const cell = (column: string, value: string) =>
    formatCell(value, widget.formats[column] ?? 'decimal', widget.currency);
  return (
    <Table className={styles.table} aria-label="Totals">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Total</Table.Th>
          <Table.Th scope="col" className={styles.number}>
            Read model
          </Table.Th>
          <Table.Th scope="col" className={styles.number}>
            Live
          </Table.Th>
          <Table.Th scope="col" className={styles.number}>
            Difference
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {comparison.totals.map(({ column, model, live, difference }) => (
          <Table.Tr key={column}>
            <Table.Th scope="row">{columnTitle(column)}</Table.Th>
            <Table.Td className={styles.number}>{cell(column, model)}</Table.Td>
            <Table.Td className={styles.number}>{cell(column, live)}</Table.Td>
            <Table.Td className={styles.number}>{signed(difference, (value) => cell(column, value))}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
