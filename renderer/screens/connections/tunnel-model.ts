import { hopName, hopsOf } from '../../../shared/model/hops.ts';
import {
  defaultKeepaliveSeconds,
  sshHopSchema,
  type SshAuth,
  type SshHop,
  type TunnelSecrets,
  type TunnelSettings,
} from '../../../shared/model/tunnel.ts';

/** The section "SSH tunnel" as a person edits it. */
export interface TunnelValues {
  readonly on: boolean;
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly auth: SshAuth['kind'];
  readonly keyFile: string;
  /** Passphrase of the key, or password. Empty: the one that is kept. */
  readonly secret: string;
  /** Jump hosts, `user@host:port`, with commas between. */
  readonly jumps: string;
  /** Jump hosts as they are stored: one that is still named keeps its own way to sign in. */
  readonly storedJumps: readonly SshHop[];
  readonly keepaliveSeconds: number;
}

export const emptyTunnel: TunnelValues = {
  on: false,
  host: '',
  port: '22',
  user: '',
  auth: 'agent',
  keyFile: '',
  secret: '',
  jumps: '',
  storedJumps: [],
  keepaliveSeconds: defaultKeepaliveSeconds,
};

export function toTunnelValues(tunnel: TunnelSettings | undefined): TunnelValues {
  if (tunnel === undefined) return emptyTunnel;
  return {
    on: true,
    host: tunnel.host,
    port: String(tunnel.port),
    user: tunnel.user,
    auth: tunnel.auth.kind,
    keyFile: tunnel.auth.kind === 'key' ? tunnel.auth.file : '',
    secret: '',
    jumps: tunnel.jumps.map(hopName).join(', '),
    storedJumps: tunnel.jumps,
    keepaliveSeconds: tunnel.keepaliveSeconds,
  };
}

/** Undefined where the section is off, or cannot be sent yet (`validateTunnel` says why). */
export function toTunnel(values: TunnelValues): TunnelSettings | undefined {
  const jumps = jumpsOf(values);
  if (!values.on || jumps === null) return undefined;
  return {
    host: values.host.trim(),
    port: Number(values.port),
    user: values.user.trim(),
    auth: authOf(values),
    jumps,
    keepaliveSeconds: values.keepaliveSeconds,
  };
}

const authOf = ({ auth, keyFile }: TunnelValues): SshAuth =>
  auth === 'key' ? { kind: 'key', file: keyFile.trim() } : { kind: auth };

/** Null where one of them cannot be read. A new one signs in as the server behind it does. */
function jumpsOf(values: TunnelValues): SshHop[] | null {
  const texts = values.jumps.split(',').map((text) => text.trim());
  const hops = texts
    .filter((text) => text !== '')
    .map((text): SshHop | null => {
      const parts = /^(?:([^@\s]+)@)?(?:\[([^\]]+)\]|([^:[\]@]+))(?::(\d+))?$/.exec(text);
      const host = parts?.[2] ?? parts?.[3];
      if (host === undefined) return null;
      const address = { host, port: Number(parts?.[4] ?? 22), user: parts?.[1] ?? values.user.trim() };
      const stored = values.storedJumps.find((hop) => hopName(hop) === hopName(address));
      const parsed = sshHopSchema.safeParse(stored ?? { ...address, auth: authOf(values) });
      return parsed.success ? parsed.data : null;
    });
  return hops.every((hop) => hop !== null) ? hops : null;
}

/** What was typed, for every server of the way that signs in with the same key, or with a password. */
export function typedSecrets(values: TunnelValues): TunnelSecrets | undefined {
  const tunnel = toTunnel(values);
  if (tunnel === undefined || values.secret === '' || values.auth === 'agent') return undefined;
  const same = hopsOf(tunnel).filter((hop) => JSON.stringify(hop.auth) === JSON.stringify(tunnel.auth));
  return Object.fromEntries(same.map((hop) => [hopName(hop), values.secret]));
}

/** What has to be mended, by field of the form. */
export function validateTunnel(values: TunnelValues): Record<string, string> {
  if (!values.on) return {};
  const errors: Record<string, string> = {};
  const fits = (shape: Partial<SshHop>) =>
    sshHopSchema.safeParse({ host: 'host', port: 22, user: 'user', auth: { kind: 'agent' }, ...shape }).success;
  if (!fits({ host: values.host.trim() })) errors['tunnel.host'] = 'A host name or an address';
  if (!/^\d+$/.test(values.port.trim()) || !fits({ port: Number(values.port) })) {
    errors['tunnel.port'] = 'A number from 1 to 65535';
  }
  if (!fits({ user: values.user.trim() })) errors['tunnel.user'] = 'The user to sign in as';
  if (values.auth === 'key' && values.keyFile.trim() === '') errors['tunnel.keyFile'] = 'The path of a private key';
  if (errors['tunnel.user'] === undefined && jumpsOf(values) === null) {
    errors['tunnel.jumps'] = 'user@host or user@host:port, with commas between';
  }
  return errors;
}

/** What the empty field of the passphrase or password says. */
export function secretPlaceholder(values: TunnelValues, kept: readonly string[]): string {
  const tunnel = toTunnel(values);
  return tunnel !== undefined && kept.includes(hopName(tunnel)) ? 'kept; type to replace it' : '';
}
