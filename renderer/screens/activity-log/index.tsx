import { Button, TextInput } from '@mantine/core';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { ActivityEntry } from '../../../shared/model/activity-log.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { EmptyState } from '../../app/empty-state.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { momentExact, momentText } from '../../app/moments.ts';
import { NeedsServer } from '../../app/needs-server.tsx';
import { Card, Page } from '../../app/page.tsx';
import { saveText } from '../../app/save-text.ts';
import { Tag } from '../../app/tag.tsx';
import { useNow } from '../../app/use-now.ts';
import { useCommands } from '../../commands/use-commands.ts';
import { loadOlder, refreshActivity, useActivity, watchActivity } from '../../stores/activity.ts';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import styles from './activity-log.module.css';
import { activityCsv } from './csv.ts';
import { EntryDrawer } from './entry-drawer.tsx';
import { filterEntries } from './filter.ts';
import { outcomeWords } from './outcome-words.ts';

export default function ActivityLog() {
  return <NeedsServer title="Activity log">{(server) => <Log key={server.serverId} server={server} />}</NeedsServer>;
}

/** Every statement that Daybreak ran on the server and that changed something. */
function Log({ server }: { readonly server: ServerSummary }) {
  const { serverId, settings } = server;
  const log = useActivity((state) => state.log);
  const [filter, setFilter] = useState('');
  const [openId, setOpenId] = useState<number | null>(null);
  const nowMs = useNow(60_000);
  useEffect(() => watchActivity(serverId), [serverId]);

  const all = log.value?.entries ?? [];
  const shown = useMemo(() => filterEntries(log.value?.entries ?? [], filter), [log.value, filter]);
  const columns = useMemo(() => columnsAt(nowMs), [nowMs]);
  const open = all.find((entry) => entry.entryId === openId) ?? null;
  const exportCsv = () => saveText(`activity-${settings.label}.csv`, activityCsv(shown), 'text/csv');
  useCommands('activity-log', [
    { id: 'export', title: 'Export the activity log as CSV', group: 'Activity log', run: exportCsv },
  ]);

  return (
    <Page
      title="Activity log"
      lede="Every statement that Daybreak ran on this server and that changed something, with its undo."
      tags={log.value !== null && <Tag>{countText(shown.length, all.length, log.value.more)}</Tag>}
      actions={
        <>
          <TextInput
            w={280}
            placeholder="Words in SQL, who, purpose …"
            aria-label="Filter the activity log"
            leftSection={<IconSearch size={15} aria-hidden />}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
            data-filter
          />
          <Button
            leftSection={<IconDownload size={16} aria-hidden />}
            disabled={shown.length === 0}
            onClick={exportCsv}
          >
            Export CSV
          </Button>
        </>
      }
    >
      {log.problem !== null && <FailureNotice problem={log.problem} onRetry={() => void refreshActivity(serverId)} />}
      {log.value === null && log.loading && <p className="db-dim">Loading the log …</p>}
      {log.value !== null && all.length === 0 && (
        <Card fill>
          <EmptyState title="Daybreak has changed nothing here">
            Looking and diagnosing only read. As soon as a plan or a refresh runs on {settings.label}, each of its
            statements is listed here.
          </EmptyState>
        </Card>
      )}
      {all.length > 0 && (
        <Card fill className={styles.table}>
          <DataTable
            label="Activity log"
            columns={columns}
            rows={shown}
            rowKey={(entry) => String(entry.entryId)}
            onOpen={(entry) => setOpenId(entry.entryId)}
            selectedKey={openId === null ? null : String(openId)}
            initialSort={{ column: 'at', descending: true }}
            height={log.value?.more === true ? 'calc(100vh - 172px)' : 'calc(100vh - 126px)'}
            empty="No entry has all these words."
          />
          {log.value?.more === true && (
            <div className={styles.older}>
              <Button size="compact-sm" loading={log.loading} onClick={() => void loadOlder(serverId)}>
                Load older entries
              </Button>
            </div>
          )}
        </Card>
      )}
      <EntryDrawer entry={open} onClose={() => setOpenId(null)} />
    </Page>
  );
}

function countText(shown: number, loaded: number, more: boolean): string {
  const total = `${loaded}${more ? '+' : ''}`;
  if (shown !== loaded) return `${shown} of ${total}`;
  return loaded === 1 && !more ? '1 entry' : `${total} entries`;
}

const columnsAt = (nowMs: number): readonly TableColumn<ActivityEntry>[] => [
  {
    id: 'at',
    header: 'when',
    width: '130px',
    cell: (entry) => <span title={momentExact(entry.atMs)}>{momentText(entry.atMs, nowMs)}</span>,
    sortValue: (entry) => entry.entryId,
  },
  {
    id: 'sql',
    header: 'statement',
    width: 'minmax(220px, 3fr)',
    cell: (entry) => <code title={entry.sql}>{entry.sql.replace(/\s+/g, ' ')}</code>,
  },
  {
    id: 'purpose',
    header: 'purpose',
    width: 'minmax(140px, 2fr)',
    cell: (entry) => <span title={entry.purpose}>{entry.purpose}</span>,
    sortValue: (entry) => entry.purpose,
  },
  { id: 'actor', header: 'who', width: '140px', cell: (entry) => entry.actor, sortValue: (entry) => entry.actor },
  {
    id: 'outcome',
    header: 'outcome',
    width: '108px',
    cell: (entry) => (
      <Tag tone={outcomeWords[entry.outcome].tone} title={entry.error ?? undefined}>
        {outcomeWords[entry.outcome].text}
      </Tag>
    ),
    sortValue: (entry) => entry.outcome,
  },
  {
    id: 'took',
    header: 'took',
    width: '84px',
    align: 'right',
    cell: (entry) => (entry.tookMs === null ? '–' : formatDuration(entry.tookMs)),
    sortValue: (entry) => entry.tookMs,
  },
  {
    id: 'undo',
    header: 'undo',
    width: '64px',
    cell: (entry) => (entry.undoSql === null ? <span className="db-dim">–</span> : 'yes'),
    sortValue: (entry) => (entry.undoSql === null ? 0 : 1),
  },
];
