import { IconDatabase, IconFileExport, IconFileImport } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { ServerSummary } from '../../../../shared/model/connection.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { OpenCaptureDialog } from './open-capture-dialog.tsx';
import { SendDialog } from './send-dialog.tsx';
import { UsageDialog } from './usage-dialog.tsx';
import { FilesMenu } from '../../../app/files-menu.tsx';

interface HistoryMenuProps {
  readonly server: ServerSummary;
  /** What is sent: the window, else what the timeline shows. null: nothing is stored. */
  readonly toSend: TimeWindow | null;
  /** First and last moment of what is stored; null: nothing is. */
  readonly stored: TimeWindow | null;
}

type Dialog = 'usage' | 'send' | 'open';

/** What is stored, and mornings that leave or arrive as a file. */
export function HistoryMenu({ server, toSend, stored }: HistoryMenuProps): ReactNode {
  const [opened, setOpened] = useState<Dialog | null>(null);
  const close = () => setOpened(null);
  const isCapture = server.capture !== null;
  const entries = [
    { id: 'usage' as const, title: 'Retention and size', icon: IconDatabase, disabled: false },
    {
      id: 'send' as const,
      title: 'Send this morning',
      icon: IconFileExport,
      disabled: toSend === null || stored === null || isCapture,
    },
    { id: 'open' as const, title: 'Open a morning', icon: IconFileImport, disabled: false },
  ];
  return (
    <>
      <FilesMenu
        label="History"
        group="History"
        widthPx={220}
        entries={entries.map((entry) => ({ ...entry, run: () => setOpened(entry.id) }))}
      />
      <UsageDialog opened={opened === 'usage'} serverId={server.serverId} onClose={close} />
      {toSend !== null && stored !== null && (
        <SendDialog
          opened={opened === 'send'}
          serverId={server.serverId}
          window={toSend}
          stored={stored}
          onClose={close}
        />
      )}
      <OpenCaptureDialog opened={opened === 'open'} onOpen={() => setOpened('open')} onClose={close} />
    </>
  );
}
