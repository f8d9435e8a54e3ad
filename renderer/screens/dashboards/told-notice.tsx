import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { Notice } from '../../app/notice.tsx';
import { useAction } from '../../app/use-action.ts';
import { dismissTold, restoreWidget, useDashboardTold, type Told } from '../../stores/dashboard-editing.ts';
import { restoreDashboard } from '../../stores/dashboard-removals.ts';
import { openDashboard } from './address.ts';
import styles from './dashboards.module.css';

interface ToldNoticeProps {
  readonly serverId: string;
  /** null: there is none. */
  readonly dashboardId: string | null;
}

/** What the last change has to say: what was removed and can come back, or what could not be done beside it. */
export function ToldNotice({ serverId, dashboardId }: ToldNoticeProps): ReactNode {
  const told = useDashboardTold((state) => state.told);
  const { busy, problem, run } = useAction();
  if (told === null || told.serverId !== serverId) return null;
  if (told.dashboardId !== null && told.dashboardId !== dashboardId) return null;
  return (
    <>
      <Notice
        title={told.text}
        tone={told.note === null ? 'neutral' : 'warning'}
        buttons={
          <>
            {told.removed !== null && (
              <Button
                size="compact-sm"
                variant="filled"
                loading={busy !== null}
                onClick={() => void run('undo', () => putBack(told))}
              >
                Undo
              </Button>
            )}
            <Button size="compact-sm" onClick={dismissTold}>
              Dismiss
            </Button>
          </>
        }
      >
        {told.note !== null && <p className={styles.bannerText}>{told.note}</p>}
      </Notice>
      {problem !== null && <FailureNotice problem={problem} />}
    </>
  );
}

async function putBack({ serverId, dashboardId, removed }: Told): Promise<void> {
  if (removed?.kind === 'dashboard') {
    await restoreDashboard(serverId, removed.id);
    openDashboard(removed.id);
  } else if (removed !== null && dashboardId !== null) {
    await restoreWidget(serverId, dashboardId, removed.id);
  }
}
