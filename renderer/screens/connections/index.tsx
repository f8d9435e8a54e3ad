import { Button } from '@mantine/core';
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { ConnectDialog } from '../../app/connect-dialog.tsx';
import { EmptyState } from '../../app/empty-state.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { href, navigate, setParams, useRoute } from '../../app/router.ts';
import { Notice } from '../../app/notice.tsx';
import { Page } from '../../app/page.tsx';
import { refreshConnections, useConnections } from '../../stores/connections.ts';
import { useDemo } from '../../stores/demo.ts';
import { AttachDialog } from './attach-dialog.tsx';
import { ConnectionForm } from './connection-form.tsx';
import styles from './connections.module.css';
import { DemoCard } from './demo-card.tsx';
import { ExecutivePage } from './executive-page.tsx';
import { ServerItem } from './server-item.tsx';

export default function Connections() {
  const { path } = useRoute();
  const servers = useConnections((state) => state.servers);
  const id = path[1];
  if (id === undefined) return <ConnectionList />;
  if (id === 'new') return <ConnectionForm key="new" server={null} />;
  const server = servers.value?.find((one) => one.serverId === id);
  if (server !== undefined && path[2] === 'executive') return <ExecutivePage key={id} server={server} />;
  if (server !== undefined) return <ConnectionForm key={id} server={server} />;
  return (
    <Page title="Connections">
      {servers.value === null ? (
        <p className="db-dim">Loading …</p>
      ) : (
        <EmptyState title="This connection is gone" actions={<a href={href('/connections')}>All connections</a>}>
          It was removed, perhaps in another window.
        </EmptyState>
      )}
    </Page>
  );
}

function ConnectionList() {
  const { params } = useRoute();
  const { servers, info } = useConnections();
  const demo = useDemo((state) => state.status);
  const asked = servers.value?.find((server) => server.serverId === params.get('connect'));
  const [attaching, setAttaching] = useState(false);
  const add = (
    <>
      {info !== null && info.attached === undefined && (
        <Button leftSection={<IconPlugConnected size={16} aria-hidden />} onClick={() => setAttaching(true)}>
          Attach to an agent
        </Button>
      )}
      <Button
        variant="filled"
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => navigate('/connections/new')}
      >
        Add a connection
      </Button>
    </>
  );
  const list = servers.value ?? [];
  const firstRun = servers.value !== null && list.length === 0 && (demo === null || demo.state === 'closed');
  return (
    <Page
      title="Connections"
      actions={add}
      {...(firstRun && info?.attached === undefined
        ? { lede: 'Start with the demo ERP, which needs nothing installed, or connect the PostgreSQL of your own ERP.' }
        : {})}
    >
      {info?.notices.map((notice) => (
        <Notice key={notice} tone="warning" title="Found at start">
          {notice}
        </Notice>
      ))}
      {servers.problem !== null && (
        <FailureNotice problem={servers.problem} onRetry={() => void refreshConnections()} />
      )}
      {/* Opened from here it would run on the machine of the agent. */}
      {info?.attached === undefined && <DemoCard />}
      {servers.value === null && servers.problem === null && <p className="db-dim">Loading the connections …</p>}
      {firstRun && (
        <EmptyState title="No connection yet">
          A connection is a database, a role and how they are reached. Daybreak installs nothing on the server, and
          changes nothing before a plan was shown.
        </EmptyState>
      )}
      <ul className={styles.list} aria-label="Servers">
        {list.map((server) => (
          <ServerItem key={server.serverId} server={server} />
        ))}
      </ul>
      {attaching && <AttachDialog onClose={() => setAttaching(false)} />}
      {asked !== undefined && asked.state !== 'connected' && (
        <ConnectDialog server={asked} onClose={() => setParams({ connect: null })} />
      )}
    </Page>
  );
}
