import { Button, Group, Modal, Radio, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatCount } from '../../../shared/format/count.ts';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Dashboard } from '../../../shared/model/dashboard.ts';
import type { DashboardPack } from '../../../shared/model/dashboard-pack.ts';
import { CopyButton } from '../../app/copy-button.tsx';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { useAction } from '../../app/use-action.ts';
import { exportPack } from '../../stores/packs.ts';
import styles from '../../app/file-dialogs.module.css';

interface SendPackDialogProps {
  readonly opened: boolean;
  readonly server: ServerSummary;
  readonly dashboard: Dashboard;
  readonly onClose: () => void;
}

/** Dashboards with their saved numbers in one file, which opens on another machine without the server. */
export function SendPackDialog({ opened, onClose, ...rest }: SendPackDialogProps): ReactNode {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title="Send these dashboards"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <SendForm onClose={onClose} {...rest} />
    </Modal>
  );
}

/** A component of its own: the modal unmounts it, so each opening starts anew. */
function SendForm({ server, dashboard, onClose }: Omit<SendPackDialogProps, 'opened'>): ReactNode {
  const [which, setWhich] = useState('all');
  const [written, setWritten] = useState<DashboardPack | null>(null);
  const { busy, problem, run } = useAction();
  const write = () =>
    void run('write', async () =>
      setWritten(await exportPack(server.serverId, which === 'all' ? null : [dashboard.dashboardId])),
    );
  return (
    <div className={styles.body}>
      <p>
        Writes the definitions and the saved numbers, earlier ones too, to one file. Daybreak opens it on another
        machine without the server, and every number says how old it is.
      </p>
      <p>
        In it: titles, queries and numbers, readable for whoever has the file; it is not encrypted. Not in it:
        passwords, and names of hosts and users.
      </p>
      <Radio.Group label="Which" value={which} onChange={setWhich}>
        <Stack gap={6} mt={4}>
          <Radio value="all" label={`All dashboards of ${server.settings.label}`} />
          <Radio value="one" label={`Only ${dashboard.title}`} />
        </Stack>
      </Radio.Group>
      {problem !== null && <FailureNotice problem={problem} onRetry={write} />}
      {written !== null && (
        <div className={styles.written} role="status">
          <strong>Written:</strong> {formatBytes(written.sizeBytes)}, {formatCount(written.dashboards)}{' '}
          {written.dashboards === 1 ? 'dashboard' : 'dashboards'} with {formatCount(written.results)} saved results
          <div className={styles.path}>
            <code>{written.file}</code>
            <CopyButton text={written.file} what="the path" />
          </div>
        </div>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>{written === null ? 'Never mind' : 'Close'}</Button>
        {written === null && (
          <Button variant="filled" loading={busy !== null} onClick={write} data-autofocus>
            Write the file
          </Button>
        )}
      </Group>
    </div>
  );
}
