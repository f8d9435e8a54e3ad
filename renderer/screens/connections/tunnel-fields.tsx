import { Checkbox, PasswordInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import type { TunnelSettings } from '../../../shared/model/tunnel.ts';
import styles from './connections.module.css';
import { secretPlaceholder, type TunnelValues } from './tunnel-model.ts';

/** What of a Mantine form these fields need: its values have a `tunnel`. */
export interface TunnelForm {
  key(path: string): string;
  getInputProps(path: string, options?: { readonly type: 'checkbox' }): object;
}

interface SshServerFieldsProps {
  readonly form: TunnelForm;
  readonly tunnel: TunnelValues;
  /** Hosts of ~/.ssh/config, ready to be taken over. */
  readonly offers: readonly { readonly name: string; readonly tunnel: TunnelSettings }[];
  readonly onOffer: (tunnel: TunnelSettings) => void;
  /** Names of the SSH servers of which a secret is kept. */
  readonly kept: readonly string[];
  /** Where a passphrase or password stays. */
  readonly secretNote: string;
}

const authWords = { agent: 'SSH agent', key: 'Key file', password: 'Password' } as const;

/** The section "SSH tunnel" of a connection. */
export function TunnelFields(props: SshServerFieldsProps) {
  const { form, tunnel } = props;
  return (
    <fieldset className={styles.tunnel}>
      <legend>SSH tunnel</legend>
      <div className={styles.fields}>
        <Checkbox
          label="Go through an SSH server"
          description="For a database that this machine does not reach itself. Host and port above are then as that server sees them; the certificate is still checked against the host above."
          key={form.key('tunnel.on')}
          {...form.getInputProps('tunnel.on', { type: 'checkbox' })}
        />
        {tunnel.on && <SshServerFields {...props} />}
      </div>
    </fieldset>
  );
}

/** An SSH server, the jump hosts before it, and how to sign in there. */
export function SshServerFields({ form, tunnel, offers, onOffer, kept, secretNote }: SshServerFieldsProps) {
  return (
    <>
      {offers.length > 0 && (
        <Select
          label="From ~/.ssh/config"
          placeholder="Choose a host"
          value={null}
          data={offers.map(({ name }) => name)}
          onChange={(name) => {
            const offer = offers.find((one) => one.name === name);
            if (offer !== undefined) onOffer(offer.tunnel);
          }}
        />
      )}
      <TextInput
        className={styles.third}
        label="SSH server"
        placeholder="bastion.example"
        spellCheck={false}
        data-autofocus
        key={form.key('tunnel.host')}
        {...form.getInputProps('tunnel.host')}
      />
      <TextInput
        className={styles.third}
        label="SSH port"
        inputMode="numeric"
        key={form.key('tunnel.port')}
        {...form.getInputProps('tunnel.port')}
      />
      <TextInput
        className={styles.third}
        label="SSH user"
        spellCheck={false}
        autoComplete="off"
        key={form.key('tunnel.user')}
        {...form.getInputProps('tunnel.user')}
      />
      <div>
        <div className={styles.fieldLabel} aria-hidden>
          Sign in with
        </div>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label="Sign in at the SSH server with"
          data={Object.entries(authWords).map(([value, label]) => ({ value, label }))}
          key={form.key('tunnel.auth')}
          {...form.getInputProps('tunnel.auth')}
        />
        {tunnel.auth === 'agent' && (
          <p className={`db-dim ${styles.tunnelNote}`}>
            The keys of the SSH agent that runs for Daybreak’s engine (SSH_AUTH_SOCK). Nothing is kept.
          </p>
        )}
      </div>
      {tunnel.auth === 'key' && (
        <TextInput
          className={styles.half}
          label="Private key"
          description="A path on the machine of the engine; nobody else may read it"
          placeholder="~/.ssh/id_ed25519"
          spellCheck={false}
          key={form.key('tunnel.keyFile')}
          {...form.getInputProps('tunnel.keyFile')}
        />
      )}
      {tunnel.auth !== 'agent' && (
        <PasswordInput
          className={styles.half}
          label={tunnel.auth === 'key' ? 'Passphrase of the key' : 'SSH password'}
          description={tunnel.auth === 'key' ? `Empty for a key without one. ${secretNote}` : secretNote}
          placeholder={secretPlaceholder(tunnel, kept)}
          autoComplete="new-password"
          key={form.key('tunnel.secret')}
          {...form.getInputProps('tunnel.secret')}
        />
      )}
      <TextInput
        label="Jump hosts"
        description="SSH servers that are passed before it, in this order: user@host:port, with commas between. Empty: none"
        spellCheck={false}
        key={form.key('tunnel.jumps')}
        {...form.getInputProps('tunnel.jumps')}
      />
    </>
  );
}
