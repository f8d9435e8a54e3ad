import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { connectServer } from '../../stores/connections.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { usePasswordNote } from './use-password-note.ts';

interface ConnectDialogProps {
  readonly server: ServerSummary;
  /** Why it is asked, when an attempt without a password failed. */
  readonly problem?: Problem | null;
  readonly onClose: () => void;
}

/** Connects one server, with a password when it wants one. */
export function ConnectDialog({ server, problem: first = null, onClose }: ConnectDialogProps) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(first);
  const note = usePasswordNote();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await connectServer(server.serverId, password === '' ? undefined : password);
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
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
          {problem !== null && <FailureNotice problem={problem} />}
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
