import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ServerSummary } from '../../shared/model/connection.ts';
import { useConnections, useSelectedServer } from '../stores/connections.ts';
import { EmptyState } from './empty-state.tsx';
import { Page } from './page.tsx';
import { navigate } from './router.ts';

interface NeedsServerProps {
  /** The screen's title, for the page that is shown while there is no server. */
  readonly title: string;
  /** Gets the selected server, connected or not. */
  readonly children: (server: ServerSummary) => ReactNode;
}

/** Shows a screen of the selected server; before there is any, it leads to Connections. */
export function NeedsServer({ title, children }: NeedsServerProps) {
  const server = useSelectedServer();
  const loaded = useConnections((state) => state.servers.value !== null);
  if (server !== null) return children(server);
  return (
    <Page title={title}>
      {loaded ? (
        <EmptyState
          title="No server to look at"
          actions={
            <Button variant="filled" onClick={() => navigate('/connections')}>
              Go to Connections
            </Button>
          }
        >
          Connect your ERP’s PostgreSQL, or open the demo ERP: it needs nothing installed.
        </EmptyState>
      ) : (
        <p className="db-dim">Loading …</p>
      )}
    </Page>
  );
}
