import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { isSound } from '../../app/first-error.ts';
import { attachToAgent } from '../../stores/agent.ts';
import { connectionSources } from '../../stores/connections.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import styles from './connections.module.css';
import { SshServerFields } from './tunnel-fields.tsx';
import {
  emptyTunnel,
  toTunnel,
  toTunnelValues,
  typedSecrets,
  validateTunnel,
  type TunnelValues,
} from './tunnel-model.ts';

interface AttachValues {
  readonly tunnel: TunnelValues;
  readonly profile: string;
}

type Offers = Awaited<ReturnType<typeof connectionSources>>['sshHosts'];

/** Asks where the agent is, and makes the window work on it. */
export function AttachDialog({ onClose }: { readonly onClose: () => void }) {
  const form = useForm<AttachValues>({
    initialValues: { tunnel: { ...emptyTunnel, on: true }, profile: '' },
    validate: ({ tunnel }) => validateTunnel(tunnel),
  });
  const [offers, setOffers] = useState<Offers>([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    // Offered when they can be read; without them the form works all the same.
    connectionSources().then(
      ({ sshHosts }) => setOffers(sshHosts),
      () => setOffers([]),
    );
  }, []);

  const attach = async () => {
    if (!isSound(form)) return;
    const { tunnel: values, profile } = form.getValues();
    const tunnel = toTunnel(values);
    if (tunnel === undefined) return;
    const tunnelSecrets = typedSecrets(values);
    setBusy(true);
    setProblem(null);
    try {
      await attachToAgent({
        tunnel,
        profile: profile.trim() === '' ? null : profile.trim(),
        ...(tunnelSecrets === undefined ? {} : { tunnelSecrets }),
      });
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };

  return (
    <Modal opened onClose={onClose} size="lg" title="Attach to an agent" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void attach();
        }}
      >
        <p className={`db-dim ${styles.explain}`}>
          An agent samples and refreshes on a server that never sleeps. Attached, this window shows its connections and
          its history, through SSH and with nothing opened to others.
        </p>
        <div className={styles.fields}>
          <SshServerFields
            form={form}
            tunnel={form.getValues().tunnel}
            offers={offers}
            onOffer={(tunnel) => form.setFieldValue('tunnel', toTunnelValues(tunnel))}
            kept={[]}
            secretNote="It is not kept."
          />
          <TextInput
            label="Profile of the agent"
            description="Its folder on that machine. Empty: the data folder of the SSH user"
            placeholder="~/.local/share/daybreak"
            spellCheck={false}
            key={form.key('profile')}
            {...form.getInputProps('profile')}
          />
          {problem !== null && (
            <FailureNotice
              problem={problem}
              {...(problem.code === 'host_key_unknown' ? { onRetry: () => void attach() } : {})}
            />
          )}
          <Group justify="flex-end">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="filled" loading={busy}>
              Attach
            </Button>
          </Group>
        </div>
      </form>
    </Modal>
  );
}
