import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { connectServer, useConnections } from '../../stores/connections.ts';
import { usePasswordNote } from './use-password-note.ts';

interface ConnectDialogProps {
  readonly server: ServerSummary;
  readonly onClose: () => void;
}

/** Connects one server, with a password when it wants one. */
export function ConnectDialog({ server, onClose }: ConnectDialogProps) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const problem = useConnections((state) => state.connectProblems[server.serverId]);
  const note = usePasswordNote();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await connectServer(server.serverId, password === '' ? undefined : password);
      onClose();
    } catch {
      // The store keeps why, for this dialog and for the list behind it.
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Connect ${server.settings.label}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          {problem !== undefined && !busy && <FailureNotice problem={problem} />}
          <PasswordInput
            label={`Password of ${server.settings.user}`}
            description={note}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          <Group justify="flex-end">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="filled" loading={busy}>
              Connect
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
