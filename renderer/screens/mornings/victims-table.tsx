import { useMemo, type ReactNode } from 'react';
import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatTimes } from '../../../shared/format/ratio.ts';
import type { Victim } from '../../../shared/model/diagnosis.ts';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import { StatementLabel } from './statement-label.tsx';
import { nameOf } from './statement-name.ts';

/** From this ratio of blocks per call on, the victim itself did more work (design 04, damage). */
const doesMoreWork = 1.2;

/** Who was hurt, and by how much. */
export function VictimsTable({
  victims,
  widgetTitles,
}: {
  readonly victims: readonly Victim[];
  readonly widgetTitles: ReadonlyMap<string, string>;
}): ReactNode {
  const columns = useMemo(
    (): readonly TableColumn<Victim>[] => [
      {
        id: 'statement',
        header: 'statement',
        width: 'minmax(220px, 4fr)',
        cell: ({ statement }) => <StatementLabel statement={statement} widgetTitles={widgetTitles} />,
        sortValue: ({ statement }) => nameOf(statement, widgetTitles).name,
      },
      {
        id: 'damage',
        header: 'damage',
        hint: 'Extra waiting, summed over all its calls',
        align: 'right',
        cell: ({ damageSeconds }) => formatDuration(damageSeconds * 1000),
        sortValue: ({ damageSeconds }) => damageSeconds,
      },
      {
        id: 'calls',
        header: 'calls',
        align: 'right',
        cell: ({ calls }) => formatCount(calls),
        sortValue: ({ calls }) => calls,
      },
      {
        id: 'baseline',
        header: 'when quiet',
        align: 'right',
        cell: ({ baselineMs }) => formatDuration(baselineMs),
        sortValue: ({ baselineMs }) => baselineMs,
      },
      {
        id: 'mean',
        header: 'in the window',
        align: 'right',
        cell: ({ meanMs }) => formatDuration(meanMs),
        sortValue: ({ meanMs }) => meanMs,
      },
      {
        id: 'slower',
        header: 'slower',
        align: 'right',
        cell: ({ meanMs, baselineMs }) => (baselineMs > 0 ? formatTimes(meanMs / baselineMs) : '–'),
        sortValue: ({ meanMs, baselineMs }) => (baselineMs > 0 ? meanMs / baselineMs : null),
      },
      {
        id: 'work',
        header: 'work per call',
        hint: 'Blocks per call against the quiet time. Above 1.2 the statement itself did more, and nobody is to blame.',
        align: 'right',
        width: 'minmax(132px, 1fr)',
        cell: ({ workRatio }) =>
          workRatio === null ? '–' : `${workRatio.toFixed(2)}${workRatio > doesMoreWork ? ' (does more)' : ''}`,
        sortValue: ({ workRatio }) => workRatio,
      },
    ],
    [widgetTitles],
  );
  return (
    <DataTable
      label="Victims"
      columns={columns}
      rows={victims}
      rowKey={({ statement }) => statement.statementId}
      initialSort={{ column: 'damage', descending: true }}
      empty="No OLTP statement got slower."
    />
  );
}
