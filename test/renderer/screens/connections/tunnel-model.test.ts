import { describe, expect, it } from 'vitest';
import {
  draftToSave,
  draftToTest,
  emptyValues,
  toSettings,
  toValues,
} from '../../../../renderer/screens/connections/form-model.ts';
import {
  emptyTunnel,
  secretPlaceholder,
  toTunnel,
  toTunnelValues,
  typedSecrets,
  validateTunnel,
} from '../../../../renderer/screens/connections/tunnel-model.ts';
import { tunnelSchema } from '../../../../shared/model/tunnel.ts';

const filled = {
  ...emptyTunnel,
  on: true,
  host: ' gate.example ',
  user: 'anna',
  auth: 'key' as const,
  keyFile: '~/.ssh/id',
};

describe('the section for the SSH tunnel', () => {
  it('sends what the contract accepts once it has no errors, and nothing while it is off', () => {
    expect(validateTunnel(filled)).toEqual({});
    expect(tunnelSchema.parse(toTunnel(filled))).toEqual({
      host: 'gate.example',
      port: 22,
      user: 'anna',
      auth: { kind: 'key', file: '~/.ssh/id' },
      jumps: [],
      keepaliveSeconds: 15,
    });
    expect(toTunnel({ ...filled, on: false })).toBeUndefined();
    expect(validateTunnel(emptyTunnel)).toEqual({});
  });

  it('names each field that has to be mended', () => {
    const broken = { ...filled, host: 'a b', port: '0', user: '', keyFile: ' ', jumps: 'x' };
    expect(Object.keys(validateTunnel(broken)).sort()).toEqual([
      'tunnel.host',
      'tunnel.keyFile',
      'tunnel.port',
      'tunnel.user',
    ]);
    expect(Object.keys(validateTunnel({ ...filled, jumps: 'gate:99999' }))).toEqual(['tunnel.jumps']);
    expect(Object.keys(validateTunnel({ ...filled, jumps: "gate';id" }))).toEqual(['tunnel.jumps']);
  });

  it('shows a stored tunnel as it is, with nothing for a secret, and leaves it alone', () => {
    const stored = tunnelSchema.parse({
      ...toTunnel(filled),
      keepaliveSeconds: 60,
      jumps: [{ host: 'fe80::1', port: 2200, user: 'ops', auth: { kind: 'agent' } }],
    });
    const shown = toTunnelValues(stored);
    expect(shown).toMatchObject({ jumps: 'ops@[fe80::1]:2200', secret: '' });
    expect(toTunnel(shown)).toEqual(stored);
    // A jump host beside it signs in as the server behind it does; the stored one keeps its own way.
    expect(toTunnel({ ...shown, jumps: `${shown.jumps}, inner` })?.jumps).toEqual([
      ...stored.jumps,
      { host: 'inner', port: 22, user: 'anna', auth: { kind: 'key', file: '~/.ssh/id' } },
    ]);
  });

  it('gives a passphrase to the servers that take the same key, and to no other', () => {
    expect(typedSecrets(filled)).toBeUndefined();
    const typed = { ...filled, secret: 'words', jumps: 'ops@inner:2200' };
    expect(typedSecrets(typed)).toEqual({ 'ops@inner:2200': 'words', 'anna@gate.example:22': 'words' });
    const stored = toTunnelValues(
      tunnelSchema.parse({
        ...toTunnel(filled),
        jumps: [{ host: 'inner', port: 2200, user: 'ops', auth: { kind: 'password' } }],
      }),
    );
    expect(typedSecrets({ ...stored, secret: 'words' })).toEqual({ 'anna@gate.example:22': 'words' });
    expect(typedSecrets({ ...typed, auth: 'agent' })).toBeUndefined();
  });

  it('says where a secret is kept for just this server', () => {
    expect(secretPlaceholder(filled, ['anna@gate.example:22'])).toBe('kept; type to replace it');
    expect(secretPlaceholder({ ...filled, host: 'other.example' }, ['anna@gate.example:22'])).toBe('');
  });
});

describe('the connection form with a tunnel', () => {
  const values = { ...emptyValues, label: 'erp', host: 'db', database: 'erp', user: 'daybreak', tunnel: filled };

  it('keeps the tunnel in the settings and the secret out of them', () => {
    const typed = { ...values, tunnel: { ...filled, secret: 'words' } };
    const draft = draftToSave(typed, undefined, null);
    expect(draft.tunnelSecrets).toEqual({ 'anna@gate.example:22': 'words' });
    expect(JSON.stringify(draft.settings)).not.toContain('words');
    expect(toSettings(toValues(draft.settings))).toEqual(draft.settings);
  });

  it('another way is another target: a stored password is not tried on it', () => {
    const known = { serverId: 's1', settings: toSettings(values), hasPassword: true };
    expect(draftToTest(values, undefined, known)).toMatchObject({ serverId: 's1' });
    const elsewhere = { ...values, tunnel: { ...filled, host: 'other.example' } };
    expect(draftToTest(elsewhere, undefined, known)).not.toHaveProperty('serverId');
    // An SSH secret is kept under its server's name, so it may be: no other server is sent it.
    expect(draftToTest(elsewhere, undefined, known)).toMatchObject({ tunnelSecretsOf: 's1' });
  });
});
