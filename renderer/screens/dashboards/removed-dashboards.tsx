import { Button, Group, Modal, Skeleton } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { RemovedDashboard } from '../../../shared/model/dashboard.ts';
import { Confirm } from '../../app/confirm.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { momentExact, momentShort } from '../../app/moments.ts';
import { useAction } from '../../app/use-action.ts';
import { useNow } from '../../app/use-now.ts';
import { useAsked } from '../../stores/asked.ts';
import { forgetDashboard, removedDashboards, restoreDashboard } from '../../stores/dashboard-removals.ts';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';
import { openDashboard } from './address.ts';
import styles from '../../app/file-dialogs.module.css';

interface RemovedDashboardsProps {
  readonly serverId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** What was removed in the last days, to be put back or to go for good. */
export function RemovedDashboardsDialog({ serverId, opened, onClose }: RemovedDashboardsProps): ReactNode {
  const [going, setGoing] = useState<RemovedDashboard | null>(null);
  return (
    <>
      <Modal
        opened={opened && going === null}
        onClose={onClose}
        size="xl"
        title="Removed dashboards"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <RemovedDashboards serverId={serverId} onForget={setGoing} onClose={onClose} />
      </Modal>
      <Confirm
        opened={opened && going !== null}
        title={`Remove ${going?.title ?? ''} for good?`}
        typed={going?.title ?? ''}
        action="Remove for good"
        danger
        onClose={() => setGoing(null)}
        onConfirm={async (typed) => {
          if (going !== null) await forgetDashboard(serverId, going.dashboardId, typed);
        }}
      >
        The dashboard and the saved numbers of its widgets are deleted now. It cannot be put back after that.
      </Confirm>
    </>
  );
}

interface RemovedListProps {
  readonly serverId: string;
  readonly onForget: (dashboard: RemovedDashboard) => void;
  readonly onClose: () => void;
}

function RemovedDashboards({ serverId, onForget, onClose }: RemovedListProps): ReactNode {
  const { value, problem: unread, loading, reload } = useAsked(removedDashboards, { serverId });
  const { busy, problem, run } = useAction();
  const nowMs = useNow(60_000);
  if (value === null) {
    return unread === null ? (
      <Skeleton height={120} visible={loading} aria-label="Loading what was removed" />
    ) : (
      <FailureNotice problem={unread} onRetry={reload} />
    );
  }
  const putBack = ({ dashboardId }: RemovedDashboard) =>
    void run(dashboardId, async () => {
      await restoreDashboard(serverId, dashboardId);
      onClose();
      openDashboard(dashboardId);
    });
  const columns: readonly TableColumn<RemovedDashboard>[] = [
    { id: 'title', header: 'Dashboard', width: 'minmax(140px, 1fr)', wrap: true, cell: ({ title }) => title },
    { id: 'widgets', header: 'Widgets', align: 'right', width: '80px', cell: ({ widgets }) => widgets },
    {
      id: 'removed',
      header: 'Removed',
      width: '112px',
      cell: ({ removedAtMs }) => <Moment atMs={removedAtMs} nowMs={nowMs} />,
    },
    {
      id: 'until',
      header: 'Kept until',
      width: '112px',
      cell: ({ keptUntilMs }) => <Moment atMs={keptUntilMs} nowMs={nowMs} />,
    },
    {
      id: 'actions',
      header: '',
      width: '266px',
      cell: (dashboard) => (
        <Group gap={8} wrap="nowrap" justify="flex-end">
          <Button
            size="compact-sm"
            loading={busy === dashboard.dashboardId}
            aria-label={`Put back: ${dashboard.title}`}
            onClick={() => putBack(dashboard)}
          >
            Put back
          </Button>
          <Button
            size="compact-sm"
            aria-label={`Remove for good: ${dashboard.title}`}
            onClick={() => onForget(dashboard)}
          >
            Remove for good …
          </Button>
        </Group>
      ),
    },
  ];
  return (
    <div className={styles.body}>
      {problem !== null && <FailureNotice problem={problem} />}
      <DataTable
        label="Removed dashboards"
        columns={columns}
        rows={value}
        rowKey={({ dashboardId }) => dashboardId}
        empty="Nothing was removed in the last seven days."
      />
    </div>
  );
}

function Moment({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }): ReactNode {
  return <span title={momentExact(atMs)}>{momentShort(atMs, nowMs)}</span>;
}
