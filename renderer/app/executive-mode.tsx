import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { setExecutive, useConnections, useSelectedServer } from '../stores/connections.ts';
import {
  askToLeaveExecutive,
  closeLeaveExecutive,
  closePasswordDialog,
  useExecutive,
  useLeaveExecutive,
  usePasswordDialog,
} from '../stores/executive.ts';
import { Confirm } from './confirm.tsx';
import { ConnectDialog } from './connect-dialog.tsx';
import { EmptyState } from './empty-state.tsx';
import { Page } from './page.tsx';
import { navigate } from './router.ts';

/** What stands at an address that executive mode hides: why nothing is here, and the two ways on. */
export function HiddenScreen({ title }: { readonly title: string }): ReactNode {
  const server = useSelectedServer();
  return (
    <Page title={title}>
      <EmptyState
        title="This screen is hidden in executive mode"
        actions={
          <>
            <Button variant="filled" onClick={() => navigate('/dashboards')}>
              Go to the dashboards
            </Button>
            <Button onClick={askToLeaveExecutive}>Leave executive mode</Button>
          </>
        }
      >
        {server === null ? 'This connection' : server.settings.label} is shown as an executive sees it: the dashboards,
        and nothing that needs a database administrator. Leave the mode to see everything again.
      </EmptyState>
    </Page>
  );
}

/** The way out, always in sight while the mode is on. */
export function LeaveExecutiveButton(): ReactNode {
  if (!useExecutive()) return null;
  return (
    <Button size="compact-sm" variant="default" fullWidth onClick={askToLeaveExecutive}>
      Leave executive mode
    </Button>
  );
}

/** What executive mode asks, wherever the person is: whether to leave it, and a password where one is needed. */
export function ExecutiveDialogs(): ReactNode {
  const server = useSelectedServer();
  const leaving = useLeaveExecutive((state) => state.opened);
  const asked = usePasswordDialog((state) => state.serverId);
  const toConnect = useConnections((state) => state.servers.value?.find((one) => one.serverId === asked) ?? null);
  return (
    <>
      <Confirm
        opened={leaving && server !== null}
        title="Leave executive mode?"
        action="Leave executive mode"
        onClose={closeLeaveExecutive}
        onConfirm={async () => {
          if (server !== null) await setExecutive(server.serverId, false);
        }}
      >
        All screens come back for {server?.settings.label}: Mornings, Read models, the Activity log and Connections.
        What they may do is decided by the role that this connection logs in as
        {server === null ? '' : ` (${server.settings.user})`}, as before.
      </Confirm>
      {toConnect !== null && toConnect.state !== 'connected' && (
        <ConnectDialog server={toConnect} onClose={closePasswordDialog} />
      )}
    </>
  );
}
