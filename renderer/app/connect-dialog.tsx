import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ServerSummary } from '../../shared/model/connection.ts';
import { FailureNotice } from './failure-notice.tsx';
import type { TunnelSecrets } from '../../shared/model/tunnel.ts';
import { connectServer, useConnections } from '../stores/connections.ts';
import { askedTunnelSecret } from '../stores/failure-error.ts';
import { usePasswordNote, useSecretNote } from './use-password-note.ts';

interface ConnectDialogProps {
  readonly server: ServerSummary;
  readonly onClose: () => void;
}

/** Connects one server, with a password when it wants one, and with what the SSH servers before it ask for. */
export function ConnectDialog({ server, onClose }: ConnectDialogProps) {
  const [password, setPassword] = useState('');
  // Kept while the dialog is open: behind the SSH server the database may still ask for its own.
  const [secrets, setSecrets] = useState<TunnelSecrets>({});
  const [busy, setBusy] = useState(false);
  const problem = useConnections((state) => state.connectProblems[server.serverId]);
  const asked = problem === undefined ? null : askedTunnelSecret(problem);
  const hops = [...new Set([...Object.keys(secrets), ...(asked === null ? [] : [asked.hop])])];
  const note = usePasswordNote();
  const secretNote = useSecretNote();

  const connect = async () => {
    setBusy(true);
    try {
      await connectServer(
        server.serverId,
        password === '' ? undefined : password,
        hops.length === 0 ? undefined : secrets,
      );
      onClose();
    } catch {
      // The store keeps why, for this dialog and for the list behind it.
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void connect();
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Connect ${server.settings.label}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          {problem !== undefined && !busy && (
            <FailureNotice
              problem={problem}
              {...(problem.code === 'host_key_unknown' ? { onRetry: () => void connect() } : {})}
            />
          )}
          {hops.map((hop) => (
            <PasswordInput
              key={hop}
              label={`${asked?.hop === hop && asked.asks === 'passphrase' ? 'Passphrase of the key' : 'SSH secret'} for ${hop}`}
              description={secretNote}
              value={secrets[hop] ?? ''}
              onChange={(event) => setSecrets({ ...secrets, [hop]: event.currentTarget.value })}
              autoComplete="off"
              {...(asked?.hop === hop ? { 'data-autofocus': true } : {})}
            />
          ))}
          <PasswordInput
            label={`Password of ${server.settings.user}`}
            description={note}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="off"
            {...(asked === null ? { 'data-autofocus': true } : {})}
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
