import { IconDatabase, IconFileExport, IconFileImport, IconTrash } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Dashboard } from '../../../shared/model/dashboard.ts';
import { SavedNumbersDialog } from '../../app/saved-numbers.tsx';
import { WhenIdle } from '../../app/when-idle.tsx';
import { isExecutive } from '../../stores/executive.ts';
import { OpenPackDialog } from './open-pack-dialog.tsx';
import { RemovedDashboardsDialog } from './removed-dashboards.tsx';
import { SendPackDialog } from './send-pack-dialog.tsx';
import { FilesMenu } from '../../app/files-menu.tsx';

interface DashboardsMenuProps {
  /** null: there is no server yet. */
  readonly server: ServerSummary | null;
  /** null: none is open. */
  readonly dashboard: Dashboard | null;
}

type Dialog = 'saved' | 'send' | 'open' | 'removed';

/** What is saved for offline reading, dashboards that leave or arrive as a file, and those that can be put back. */
export function DashboardsMenu({ server, dashboard }: DashboardsMenuProps): ReactNode {
  const [opened, setOpened] = useState<Dialog | null>(null);
  const close = () => setOpened(null);
  const changeable = server !== null && server.capture === null && !isExecutive(server);
  const entries = [
    { id: 'saved' as const, title: 'Saved numbers', icon: IconDatabase, disabled: false },
    { id: 'send' as const, title: 'Send these dashboards', icon: IconFileExport, disabled: dashboard === null },
    { id: 'open' as const, title: 'Open dashboards from a file', icon: IconFileImport, disabled: false },
    ...(changeable ? [{ id: 'removed' as const, title: 'Removed dashboards', icon: IconTrash, disabled: false }] : []),
  ];
  return (
    <>
      <FilesMenu
        label="Saved"
        icon={IconDatabase}
        group="Dashboards"
        widthPx={250}
        entries={entries.map((entry) => ({ ...entry, run: () => setOpened(entry.id) }))}
      />
      <WhenIdle>
        <SavedNumbersDialog opened={opened === 'saved'} onClose={close} />
        {server !== null && dashboard !== null && (
          <SendPackDialog opened={opened === 'send'} server={server} dashboard={dashboard} onClose={close} />
        )}
        {changeable && (
          <RemovedDashboardsDialog serverId={server.serverId} opened={opened === 'removed'} onClose={close} />
        )}
        <OpenPackDialog opened={opened === 'open'} onOpen={() => setOpened('open')} onClose={close} />
      </WhenIdle>
    </>
  );
}
