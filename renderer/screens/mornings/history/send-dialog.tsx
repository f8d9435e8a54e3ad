import { Button, Group, Modal } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { formatBytes } from '../../../../shared/format/bytes.ts';
import { formatCount } from '../../../../shared/format/count.ts';
import type { Capture } from '../../../../shared/model/history-usage.ts';
import { CopyButton } from '../../../app/copy-button.tsx';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { momentExact } from '../../../app/moments.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { exportCapture } from '../../../stores/captures.ts';
import { useAction } from '../../../app/use-action.ts';
import { sentSpan } from './sent-span.ts';
import styles from '../../../app/file-dialogs.module.css';

interface SendDialogProps {
  readonly opened: boolean;
  readonly serverId: string;
  readonly window: TimeWindow;
  /** All that there is of the server. */
  readonly stored: TimeWindow;
  readonly onClose: () => void;
}

/** "Send me your morning": one file that opens on another machine without the server. */
export function SendDialog({ opened, onClose, ...rest }: SendDialogProps): ReactNode {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title="Send this morning"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <SendForm onClose={onClose} {...rest} />
    </Modal>
  );
}

/** A component of its own: the modal unmounts it, so each opening starts anew. */
function SendForm({ serverId, window, stored, onClose }: Omit<SendDialogProps, 'opened'>): ReactNode {
  const [written, setWritten] = useState<Capture | null>(null);
  const { busy, problem, run } = useAction();
  const { fromMs, toMs } = sentSpan(window, stored);
  const write = () => void run('write', async () => setWritten(await exportCapture({ serverId, fromMs, toMs })));
  return (
    <div className={styles.body}>
      <p>
        Writes the history from {momentExact(fromMs)} to {momentExact(toMs)} (the window, and quiet time around it to
        compare with) to one file. Daybreak opens it on another machine without the server.
      </p>
      <p>
        In it: statement texts, those that were sampled with their constants in them, and names of roles, databases and
        applications. Not in it: passwords, and the rows of any table.
      </p>
      {problem !== null && <FailureNotice problem={problem} onRetry={write} />}
      {written !== null && (
        <div className={styles.written} role="status">
          <strong>Written:</strong> {formatBytes(written.sizeBytes)}, {formatCount(written.statements)} statements,{' '}
          {formatCount(written.samples)} samples
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
