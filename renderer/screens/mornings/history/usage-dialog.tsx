import { Modal, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatBytes } from '../../../../shared/format/bytes.ts';
import { formatCount } from '../../../../shared/format/count.ts';
import type { HistoryUsage } from '../../../../shared/model/history-usage.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { momentText } from '../../../app/moments.ts';
import { SavedNumbers } from '../../../app/saved-numbers.tsx';
import { useNow } from '../../../app/use-now.ts';
import { useAsked } from '../../../stores/asked.ts';
import { historyUsage } from '../../../stores/captures.ts';
import { DataTable, type TableColumn } from '../../../tables/data-table.tsx';
import { retentionText } from './retention-text.ts';
import dialogStyles from '../../../app/file-dialogs.module.css';
import styles from './history.module.css';

interface UsageDialogProps {
  readonly opened: boolean;
  readonly serverId: string;
  readonly onClose: () => void;
}

type Tier = HistoryUsage['tiers'][number];

const tierNames: Readonly<Record<Tier['tier'], string>> = {
  raw: 'samples and snapshots',
  minute: 'minutes',
  hour: 'hours',
};

/** How long what is kept, and how large it is. */
export function UsageDialog({ opened, serverId, onClose }: UsageDialogProps): ReactNode {
  const { value, problem, loading, reload } = useAsked(historyUsage, opened ? { serverId } : null);
  const nowMs = useNow(60_000);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title="What is stored of this server"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {problem !== null && <FailureNotice problem={problem} onRetry={reload} />}
      {value === null && loading && <Skeleton height={140} aria-label="Loading what is stored" />}
      {value !== null && (
        <div className={dialogStyles.body}>
          <DataTable
            label="Stored history"
            columns={tierColumns(nowMs)}
            rows={value.tiers}
            rowKey={({ tier }) => tier}
            dense
          />
          <p>
            {formatCount(value.statements)} statements with {formatBytes(value.textBytes)} of text.{' '}
            {value.bytesPerDay === null
              ? 'How fast it grows can be said after an hour.'
              : `At the present rate it grows by ${formatBytes(value.bytesPerDay)} a day.`}{' '}
            The whole store on disk, all servers: {formatBytes(value.storeBytes)}.
          </p>
          <h3 className={styles.part}>Saved numbers of dashboards, of all servers</h3>
          <SavedNumbers />
        </div>
      )}
    </Modal>
  );
}

const tierColumns = (nowMs: number): readonly TableColumn<Tier>[] => [
  { id: 'tier', header: 'kept as', width: 'minmax(160px, 2fr)', cell: ({ tier }) => tierNames[tier] },
  { id: 'retention', header: 'for', width: '90px', cell: ({ retentionMs }) => retentionText(retentionMs) },
  {
    id: 'from',
    header: 'since',
    width: '130px',
    cell: ({ fromMs }) => (fromMs === null ? 'nothing yet' : momentText(fromMs, nowMs)),
  },
  { id: 'entries', header: 'entries', align: 'right', width: '90px', cell: ({ entries }) => formatCount(entries) },
  { id: 'size', header: 'size', align: 'right', width: '90px', cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
];
