import { Button, Drawer, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { Channel, ChannelState, EmailTarget } from '../../../shared/model/alert-channel.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { isSound } from '../../app/first-error.ts';
import { localTimeZone } from '../../app/local-time-zone.ts';
import { Notice } from '../../app/notice.tsx';
import { useAction } from '../../app/use-action.ts';
import { useSecretNote } from '../../app/use-password-note.ts';
import { saveChannel, testDraft } from '../../stores/alerts.ts';
import styles from './alerts.module.css';
import {
  isDesktop,
  toDraft,
  toValues,
  usualPorts,
  validateFor,
  type ChannelFields,
  type ChannelValues,
} from './channel-form-model.ts';
import { QuietFields } from './quiet-fields.tsx';

interface ChannelDrawerProps {
  /** Null: closed. */
  readonly channel: Channel | ChannelState | null;
  readonly isNew: boolean;
  readonly onClose: () => void;
}

const titles = { desktop: 'This machine', email: 'E-mail', webhook: 'Webhook' } as const;

/** Adds a channel or edits one, and sends a test over it before it is saved. */
export function ChannelDrawer({ channel, isNew, onClose }: ChannelDrawerProps) {
  const title = channel === null ? '' : `${isNew ? 'Add: ' : ''}${titles[channel.target.kind]}`;
  return (
    <Drawer
      opened={channel !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={title}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {channel !== null && <ChannelForm channel={channel} onClose={onClose} />}
    </Drawer>
  );
}

function ChannelForm({ channel, onClose }: { readonly channel: Channel | ChannelState; readonly onClose: () => void }) {
  const { kind } = channel.target;
  const form = useForm<ChannelValues>({
    initialValues: toValues(channel, localTimeZone()),
    validate: validateFor(kind),
  });
  const [details, setDetails] = useState<readonly string[]>([]);
  const { busy, problem, run } = useAction();
  const values = form.getValues();
  const secret = values.secret === '' ? undefined : values.secret;

  const save = () =>
    void run('save', async () => {
      if (!isSound(form)) return;
      await saveChannel(toDraft(channel, form.getValues()), secret);
      onClose();
    });
  const test = () =>
    void run('test', async () => {
      setDetails([]);
      if (!isSound(form)) return;
      setDetails(await testDraft(toDraft(channel, form.getValues()), secret));
    });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className={styles.fields}>
        <TextInput
          className={styles.twoThirds}
          label="Name"
          placeholder={kind === 'email' ? 'DBAs on duty' : 'Operations room'}
          disabled={isDesktop(channel)}
          data-autofocus
          key={form.key('label')}
          {...form.getInputProps('label')}
        />
        <Switch
          className={styles.third}
          mt={28}
          label="Switched on"
          key={form.key('enabled')}
          {...form.getInputProps('enabled', { type: 'checkbox' })}
        />
        {kind === 'email' && <EmailFields form={form} hasSecret={'hasSecret' in channel && channel.hasSecret} />}
        {kind === 'webhook' && <WebhookFields form={form} hasSecret={'hasSecret' in channel && channel.hasSecret} />}
        <QuietFields form={form} />
        {problem !== null && <FailureNotice problem={problem} />}
        {details.length > 0 && (
          <Notice title="The test went out">
            <ul className={styles.answer}>
              {details.map((detail) => (
                <li key={detail}>{detail}</li>
              ))}
            </ul>
          </Notice>
        )}
        <div className={styles.formButtons}>
          <Button loading={busy === 'test'} onClick={test}>
            Send a test
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy === 'save'}>
            Save
          </Button>
        </div>
      </div>
    </form>
  );
}

const securityWords: Readonly<Record<EmailTarget['security'], { readonly label: string; readonly note: string }>> = {
  starttls: {
    label: 'STARTTLS',
    note: 'Encrypted before anything is said, or nothing is sent; the certificate is checked',
  },
  tls: { label: 'TLS', note: 'Encrypted from the first byte; the certificate is checked' },
  none: { label: 'Not encrypted', note: 'In the clear: only without a login, or on this machine' },
};

interface FieldsProps {
  readonly form: ChannelFields;
  readonly hasSecret: boolean;
}

function EmailFields({ form, hasSecret }: FieldsProps) {
  const note = useSecretNote();
  const { security, user } = form.getValues();
  return (
    <>
      <TextInput
        className={styles.twoThirds}
        label="Mail server"
        placeholder="smtp.example.com"
        spellCheck={false}
        key={form.key('host')}
        {...form.getInputProps('host')}
      />
      <TextInput
        className={styles.third}
        label="Port"
        inputMode="numeric"
        key={form.key('port')}
        {...form.getInputProps('port')}
      />
      <Select
        className={styles.half}
        label="Encryption"
        description={securityWords[security].note}
        allowDeselect={false}
        data={Object.entries(securityWords).map(([value, { label }]) => ({ value, label }))}
        key={form.key('security')}
        {...form.getInputProps('security')}
        onChange={(value: string | null) => {
          if (value !== 'tls' && value !== 'starttls' && value !== 'none') return;
          const usual = form.getValues().port === usualPorts[security];
          form.setFieldValue('security', value);
          if (usual) form.setFieldValue('port', usualPorts[value]);
        }}
      />
      <TextInput
        className={styles.half}
        label="Certificate authorities"
        description="Path of a PEM file. Empty: the system’s"
        disabled={security === 'none'}
        spellCheck={false}
        key={form.key('caFile')}
        {...form.getInputProps('caFile')}
      />
      <TextInput
        className={styles.half}
        label="User"
        description="Empty: without a login"
        autoComplete="off"
        spellCheck={false}
        key={form.key('user')}
        {...form.getInputProps('user')}
      />
      <PasswordInput
        className={styles.half}
        label="Password"
        description={note}
        placeholder={hasSecret ? 'stored; leave empty to keep it' : ''}
        disabled={user.trim() === ''}
        autoComplete="new-password"
        key={form.key('secret')}
        {...form.getInputProps('secret')}
      />
      <TextInput
        label="From"
        placeholder="daybreak@example.com"
        spellCheck={false}
        key={form.key('from')}
        {...form.getInputProps('from')}
      />
      <Textarea
        label="To"
        description="Each gets a mail of its own. Separate several with commas"
        autosize
        minRows={1}
        spellCheck={false}
        key={form.key('to')}
        {...form.getInputProps('to')}
      />
    </>
  );
}

function WebhookFields({ form, hasSecret }: FieldsProps) {
  const note = useSecretNote();
  return (
    <>
      <TextInput
        label="Address"
        description="Gets a POST with JSON; https, except on this machine. Redirects to other hosts are not followed"
        placeholder="https://example.com/hooks/daybreak"
        spellCheck={false}
        key={form.key('url')}
        {...form.getInputProps('url')}
      />
      <PasswordInput
        label="Key of the signature"
        description={`webhook-signature: “v1,” and the base64 HMAC-SHA256 of “webhook-id.webhook-timestamp.body” under it, as Standard Webhooks has it; whsec_ keys are base64. ${note}`}
        placeholder={hasSecret ? 'stored; leave empty to keep it' : ''}
        autoComplete="new-password"
        key={form.key('secret')}
        {...form.getInputProps('secret')}
      />
    </>
  );
}
