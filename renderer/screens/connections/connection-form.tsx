import { Checkbox, Button, PasswordInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import type { ConnectionSettings, ServerSummary } from '../../../shared/model/connection.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { isSound } from '../../app/first-error.ts';
import { usePasswordNote, useSecretNote } from '../../app/use-password-note.ts';
import { Card, Page } from '../../app/page.tsx';
import { navigate } from '../../app/router.ts';
import { environmentWords, tlsModesStrongestFirst, tlsModeWords } from '../../i18n/words.ts';
import { connectionSources, connectServer, saveConnection } from '../../stores/connections.ts';
import { type Problem, problemOf } from '../../stores/failure-error.ts';
import { useServerSelection } from '../../stores/server-selection.ts';
import { ConnectionSources } from './connection-sources.tsx';
import styles from './connections.module.css';
import {
  draftToSave,
  draftToTest,
  emptyValues,
  isSocket,
  passwordPlaceholder,
  toValues,
  validate,
} from './form-model.ts';
import { TestCard } from './test-card.tsx';
import { TunnelFields } from './tunnel-fields.tsx';
import { toTunnelValues } from './tunnel-model.ts';

/** Adds a connection (server null) or edits one. Nothing is created on the server by testing or saving. */
export function ConnectionForm({ server }: { readonly server: ServerSummary | null }) {
  const form = useForm({
    initialValues: server === null ? emptyValues : toValues(server.settings),
    validate,
  });
  const [secretId, setSecretId] = useState<string | undefined>(undefined);
  const [saved, setSaved] = useState<ServerSummary | null>(null);
  const [busy, setBusy] = useState<'save' | 'connect' | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sources, setSources] = useState<Awaited<ReturnType<typeof connectionSources>> | null>(null);
  const passwordNote = usePasswordNote();
  const secretNote = useSecretNote();
  useEffect(() => {
    // Offered when they can be read; without them the form works all the same.
    connectionSources().then(setSources, () => setSources(null));
  }, []);
  const values = form.getValues();
  const socket = isSocket(values.host);
  // Saving works where connecting fails: from then on the form edits what is stored instead of adding another.
  const known = saved ?? server;

  const fill = (settings: ConnectionSettings, secret: string | null) => {
    form.setValues({ ...toValues(settings), label: values.label === '' ? settings.label : values.label });
    form.clearErrors();
    setSecretId(secret ?? undefined);
  };

  const save = async (then: 'save' | 'connect') => {
    if (!isSound(form)) return;
    setBusy(then);
    setProblem(null);
    try {
      const stored = await saveConnection(draftToSave(form.getValues(), secretId, known));
      setSaved(stored);
      setSecretId(undefined);
      useServerSelection.getState().select(stored.serverId);
      if (then === 'connect') await connectServer(stored.serverId);
      navigate('/connections');
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(null);
    }
  };

  return (
    <Page title={known === null ? 'Add a connection' : `Edit ${known.settings.label}`}>
      <div className={styles.columns}>
        <Card title="Connection">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void save('connect');
            }}
          >
            <div className={styles.fields}>
              <ConnectionSources sources={sources} onFill={fill} />
              <TextInput
                className={styles.third}
                label="Name"
                placeholder="erp-prod"
                key={form.key('label')}
                {...form.getInputProps('label')}
              />
              <div className={styles.twoThirds}>
                <FieldLabel>Environment</FieldLabel>
                <SegmentedControl
                  fullWidth
                  size="xs"
                  aria-label="Environment"
                  data={Object.entries(environmentWords).map(([value, label]) => ({ value, label }))}
                  key={form.key('environment')}
                  {...form.getInputProps('environment')}
                />
              </div>
              <TextInput
                className={styles.twoThirds}
                label="Host or socket"
                description={
                  socket
                    ? `A Unix socket ${values.tunnel.on ? 'on the SSH server' : 'on this machine'}`
                    : 'Host name, address, or a directory that starts with /'
                }
                key={form.key('host')}
                spellCheck={false}
                {...form.getInputProps('host')}
              />
              <TextInput
                className={styles.third}
                label="Port"
                description="5432 unless moved"
                inputMode="numeric"
                key={form.key('port')}
                {...form.getInputProps('port')}
              />
              <TextInput
                className={styles.half}
                label="Database"
                spellCheck={false}
                key={form.key('database')}
                {...form.getInputProps('database')}
              />
              <TextInput
                className={styles.half}
                label="Role"
                spellCheck={false}
                autoComplete="off"
                key={form.key('user')}
                {...form.getInputProps('user')}
              />
              <PasswordInput
                className={styles.half}
                label="Password"
                description={passwordNote}
                placeholder={passwordPlaceholder(known, secretId)}
                autoComplete="new-password"
                key={form.key('password')}
                {...form.getInputProps('password')}
              />
              <TextInput
                className={styles.half}
                label="Passfile"
                description="Empty: PGPASSFILE or ~/.pgpass of the engine’s user"
                placeholder="~/.pgpass"
                spellCheck={false}
                key={form.key('passfile')}
                {...form.getInputProps('passfile')}
              />
              <Select
                className={styles.twoThirds}
                label="Encryption"
                description={
                  socket ? 'A socket never leaves its machine: TLS is not used' : tlsModeWords[values.tlsMode].verified
                }
                disabled={socket}
                allowDeselect={false}
                data={tlsModesStrongestFirst.map((mode) => ({
                  value: mode,
                  label: `${tlsModeWords[mode].title} (${mode})`,
                }))}
                key={form.key('tlsMode')}
                {...form.getInputProps('tlsMode')}
              />
              <TextInput
                className={styles.third}
                label="Certificate authorities"
                description="Path of a PEM file. Empty: the system’s"
                disabled={socket}
                spellCheck={false}
                key={form.key('tlsCaFile')}
                {...form.getInputProps('tlsCaFile')}
              />
              <TunnelFields
                form={form}
                tunnel={values.tunnel}
                offers={sources?.sshHosts ?? []}
                onOffer={(tunnel) => form.setFieldValue('tunnel', toTunnelValues(tunnel))}
                kept={known?.tunnelSecretsKept ?? []}
                secretNote={secretNote}
              />
              <TextInput
                className={styles.half}
                label="Processor cores of the server"
                description="PostgreSQL does not tell. Empty: estimated, and marked so"
                inputMode="numeric"
                key={form.key('cores')}
                {...form.getInputProps('cores')}
              />
              <TextInput
                className={styles.half}
                label="Schema for read models"
                description="Created by the first plan, not by connecting"
                spellCheck={false}
                key={form.key('readModelSchema')}
                {...form.getInputProps('readModelSchema')}
              />
              <Checkbox
                label="Read-only: change nothing there"
                description="Daybreak looks and diagnoses; plans can only be copied as scripts"
                key={form.key('readOnly')}
                {...form.getInputProps('readOnly', { type: 'checkbox' })}
              />
              {problem !== null && (
                <FailureNotice
                  problem={problem}
                  {...(problem.code === 'host_key_unknown' ? { onRetry: () => void save('connect') } : {})}
                />
              )}
              <div className={styles.formButtons}>
                <Button onClick={() => navigate('/connections')}>Cancel</Button>
                <Button loading={busy === 'save'} onClick={() => void save('save')}>
                  Save
                </Button>
                <Button type="submit" variant="filled" loading={busy === 'connect'}>
                  Save and connect
                </Button>
              </div>
            </div>
          </form>
        </Card>
        <TestCard isReady={() => isSound(form)} draft={() => draftToTest(form.getValues(), secretId, known)} />
      </div>
    </Page>
  );
}

function FieldLabel({ children }: { readonly children: string }) {
  return (
    <div className={styles.fieldLabel} aria-hidden>
      {children}
    </div>
  );
}
