import { useMemo, type ReactNode } from 'react';
import { formatBytes } from '../../../../shared/format/bytes.ts';
import { formatCount } from '../../../../shared/format/count.ts';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import type { ReportIndex } from '../../../../shared/model/index-advice.ts';
import { CopyButton } from '../../../app/copy-button.tsx';
import { EmptyState } from '../../../app/empty-state.tsx';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { useAsked } from '../../../stores/asked.ts';
import { reportIndexes } from '../../../stores/indexes.ts';
import { DataTable, type TableColumn } from '../../../tables/data-table.tsx';
import { HiddenByFilter } from '../hidden-by-filter.tsx';
import { indexPasses, passing, type Origins } from '../origin-filter.ts';
import { nameOf } from '../statement-name.ts';
import { AskedTable } from './asked-table.tsx';
import styles from './tabs.module.css';

interface ReportIndexesTabProps {
  readonly server: ServerSummary;
  readonly window: TimeWindow;
  readonly filter: Origins;
  readonly onClearFilter: () => void;
  readonly widgetTitles: ReadonlyMap<string, string>;
}

/** Indexes that every write pays for and only reports read: they may go once the reports' read models are live. */
export function ReportIndexesTab(props: ReportIndexesTabProps): ReactNode {
  const { server, window, filter, widgetTitles } = props;
  const connected = server.state === 'connected';
  const answer = useAsked(reportIndexes, connected ? { serverId: server.serverId, ...window } : null);
  const columns = useMemo(() => indexColumns(widgetTitles), [widgetTitles]);
  const found = answer.value?.indexes;
  const { shown, hidden } = useMemo(() => passing(found ?? [], filter, indexPasses), [found, filter]);
  if (!connected) {
    return (
      <EmptyState title={server.capture === null ? 'The server is not connected' : 'This is a capture'}>
        Which indexes only reports use is read from the plans and the catalog, so it needs the server.
      </EmptyState>
    );
  }
  return (
    <>
      <p className={styles.note}>
        Every write keeps these indexes up to date, and in this window only reports used them. Once the reports read
        from read models, they may go. Daybreak drops none: copy the statement, and keep its undo.
      </p>
      <AskedTable answer={answer} what="the indexes that only reports use">
        {({ notes }) => (
          <>
            <HiddenByFilter count={hidden} what={['index', 'indexes']} onClear={props.onClearFilter} />
            <DataTable
              label="Indexes that only reports use"
              columns={columns}
              rows={shown}
              rowKey={({ schema, index }) => `${schema}.${index}`}
              initialSort={{ column: 'size', descending: true }}
              empty={hidden > 0 ? 'The filter hides every index.' : 'No index of that kind was found.'}
            />
            {notes.map((note) => (
              <p key={note} className={styles.note}>
                {note}
              </p>
            ))}
          </>
        )}
      </AskedTable>
    </>
  );
}

const indexColumns = (widgetTitles: ReadonlyMap<string, string>): readonly TableColumn<ReportIndex>[] => [
  {
    id: 'index',
    header: 'index',
    width: 'minmax(200px, 3fr)',
    cell: ({ schema, table, index, text }) => (
      <div className={styles.two} title={text}>
        <span className="db-mono">{index}</span>
        <small>
          on {schema}.{table}
        </small>
      </div>
    ),
    sortValue: ({ index }) => index,
  },
  {
    id: 'size',
    header: 'size',
    align: 'right',
    width: '84px',
    cell: ({ sizeBytes }) => formatBytes(sizeBytes),
    sortValue: ({ sizeBytes }) => sizeBytes,
  },
  {
    id: 'scans',
    header: 'scans',
    align: 'right',
    width: '84px',
    cell: ({ scans }) => formatCount(scans),
    sortValue: ({ scans }) => scans,
  },
  {
    id: 'writes',
    header: 'writes an hour',
    hint: 'Inserts, updates and deletes of its table that keep it up to date',
    align: 'right',
    width: '112px',
    cell: ({ writesPerHour }) => (writesPerHour === null ? '–' : formatCount(writesPerHour)),
    sortValue: ({ writesPerHour }) => writesPerHour,
  },
  {
    id: 'used',
    header: 'used by',
    width: 'minmax(160px, 3fr)',
    cell: ({ usedBy }) => {
      const names = usedBy.map((statement) => nameOf(statement, widgetTitles).name);
      return <span title={names.join('\n')}>{names.join(', ')}</span>;
    },
    sortValue: ({ usedBy }) => usedBy.length,
  },
  {
    id: 'sql',
    header: 'statement',
    width: '190px',
    cell: ({ index, dropSql, undoSql }) => (
      <div className={styles.row}>
        <CopyButton text={dropSql} what={`the drop of ${index}`} label="Copy drop" size="compact-xs" />
        <CopyButton text={undoSql} what={`the undo for ${index}`} label="Undo" size="compact-xs" />
      </div>
    ),
  },
];
