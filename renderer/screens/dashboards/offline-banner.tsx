import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { Notice } from '../../app/notice.tsx';
import { navigate } from '../../app/router.ts';
import { secondsLeft } from '../../app/server-facts.ts';
import { useNow } from '../../app/use-now.ts';
import { closedDemo } from '../../stores/closed-demo.ts';
import { connectServer } from '../../stores/connections.ts';
import { useDemo } from '../../stores/demo.ts';
import { askPassword, isExecutive } from '../../stores/executive.ts';
import { problemOf } from '../../stores/failure-error.ts';
import { ClosedDemoBanner } from './closed-demo-banner.tsx';
import styles from './dashboards.module.css';

/** Why nobody answers: the demo is closed, or the server is out of reach. */
export function OfflineBanner({ server }: { readonly server: ServerSummary }): ReactNode {
  const demo = useDemo(({ status }) => closedDemo(status, server.serverId));
  if (demo !== null && server.state !== 'connected') {
    return <ClosedDemoBanner demo={demo} executive={isExecutive(server)} />;
  }
  return <OutOfReach server={server} />;
}

/** One calm banner: the numbers are saved ones, when the next attempt runs, and a way to try now. */
function OutOfReach({ server }: { readonly server: ServerSummary }): ReactNode {
  const nowMs = useNow(1000);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const { serverId, nextAttemptAtMs, settings } = server;

  const retry = () => {
    setBusy(true);
    setFailed(null);
    connectServer(serverId)
      .catch((error: unknown) => {
        const problem = problemOf(error);
        if (problem.code === 'login_failed') {
          if (isExecutive(server)) askPassword(serverId);
          else navigate('/connections', { connect: serverId });
        }
        setFailed(problem.message);
      })
      .finally(() => setBusy(false));
  };

  return (
    <Notice
      tone="warning"
      title="Showing saved numbers."
      buttons={
        <Button size="compact-sm" onClick={retry} loading={busy || server.state === 'connecting'}>
          {server.state === 'disconnected' ? 'Connect' : 'Try now'}
        </Button>
      }
    >
      <p className={styles.bannerText}>
        {settings.label} is {server.state === 'disconnected' ? 'not connected' : 'out of reach'}; every widget says how
        old it is. {/* A timer is not read out each second. */}
        <span role="timer">{whatNext(server, nextAttemptAtMs, nowMs)}</span>
        {failed !== null && <span className={styles.bannerReason}>{failed}</span>}
        {failed === null && server.notice !== null && <span className={styles.bannerReason}>{server.notice}</span>}
      </p>
    </Notice>
  );
}

function whatNext(server: ServerSummary, nextAttemptAtMs: number | null, nowMs: number): string {
  if (server.state === 'connecting') return 'Trying to reach it …';
  if (nextAttemptAtMs !== null) return `Next try in ${secondsLeft(nextAttemptAtMs - nowMs)}.`;
  return '';
}
