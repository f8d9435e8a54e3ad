import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { EmptyState } from '../../app/empty-state.tsx';
import { navigate } from '../../app/router.ts';
import { useCommands } from '../../commands/use-commands.ts';
import { OpenCaptureDialog } from './history/open-capture-dialog.tsx';

/** A fresh machine: whoever was sent a morning needs no server to look at it. */
export function NoServer(): ReactNode {
  const [opening, setOpening] = useState(false);
  const open = () => setOpening(true);
  useCommands('mornings-history', [
    { id: 'history-open', title: 'Open a received morning', icon: IconFileImport, group: 'History', run: open },
  ]);
  return (
    <>
      <EmptyState
        title="No server to look at"
        actions={
          <>
            <Button variant="filled" onClick={() => navigate('/connections')}>
              Go to Connections
            </Button>
            <Button leftSection={<IconFileImport size={15} aria-hidden />} onClick={open}>
              Open a received morning
            </Button>
          </>
        }
      >
        Connect your ERP’s PostgreSQL, open the demo ERP, which needs nothing installed, or open a morning that somebody
        sent you.
      </EmptyState>
      <OpenCaptureDialog opened={opening} onOpen={open} onClose={() => setOpening(false)} />
    </>
  );
}
