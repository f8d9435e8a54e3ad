import { useMemo, type ReactNode } from 'react';
import { formatDuration } from '../../../../shared/format/duration.ts';
import { DataTable, type TableColumn } from '../../../tables/data-table.tsx';
import type { FindingAnswer } from '../../../stores/mornings.ts';
import { StatementLabel } from '../statement-label.tsx';

type Blocked = FindingAnswer['blocked'][number];

/** Statements that waited behind a lock of the finding's statement. */
export function BlockedTable({
  blocked,
  widgetTitles,
}: {
  readonly blocked: readonly Blocked[];
  readonly widgetTitles: ReadonlyMap<string, string>;
}): ReactNode {
  const columns = useMemo(
    (): readonly TableColumn<Blocked>[] => [
      {
        id: 'statement',
        header: 'statement',
        width: 'minmax(200px, 5fr)',
        cell: ({ statement }) => <StatementLabel statement={statement} widgetTitles={widgetTitles} />,
      },
      {
        id: 'waited',
        header: 'waited',
        align: 'right',
        cell: ({ waitedSeconds }) => formatDuration(waitedSeconds * 1000),
        sortValue: ({ waitedSeconds }) => waitedSeconds,
      },
    ],
    [widgetTitles],
  );
  return (
    <DataTable
      label="Blocked statements"
      columns={columns}
      rows={blocked}
      rowKey={({ statement }) => statement.statementId}
      initialSort={{ column: 'waited', descending: true }}
      dense
    />
  );
}
