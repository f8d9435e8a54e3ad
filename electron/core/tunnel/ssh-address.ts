import { userInfo } from 'node:os';
import { Failure } from '../../../shared/model/failure.ts';
import {
  defaultKeepaliveSeconds,
  hostAndPort,
  tunnelSchema,
  type SshAuth,
  type SshHop,
  type TunnelSettings,
} from '../../../shared/model/tunnel.ts';
import type { SshConfig } from './ssh-config.ts';

/** A tunnel as it is written in a connection text and on the command line. */
export interface WrittenTunnel {
  /** `[user@]host[:port]`, or a host of ~/.ssh/config. */
  readonly ssh: string;
  /** Path of a private key. */
  readonly key?: string | null | undefined;
  /** Jump hosts as `ssh -J` takes them: `[user@]host[:port]`, several with commas between. */
  readonly jump?: string | null | undefined;
  /** 'agent', 'key' or 'password'; left out: the key where one is given or configured, else the agent. */
  readonly auth?: string | null | undefined;
}

const invalid = (message: string): Failure => new Failure({ code: 'invalid_input', message });

/**
 * Where a written tunnel leads, with what ~/.ssh/config says about its hosts; what is written wins. Throws
 * `invalid_input`.
 */
export function tunnelFrom(written: WrittenTunnel, config: SshConfig, user = userInfo().username): TunnelSettings {
  const resolve = (text: string, isLast: boolean): { hop: SshHop; proxyJump: string | null } => {
    const parts = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?\/?$/.exec(text.trim());
    const host = parts?.[2] ?? parts?.[3];
    if (host === undefined)
      throw invalid(`${JSON.stringify(text)} is no SSH server. Write user@host or user@host:port.`);
    const entry = config.entry(host);
    return {
      hop: {
        host: entry.hostName ?? host,
        port: Number(parts?.[4] ?? entry.port ?? 22),
        user: parts?.[1] ?? entry.user ?? user,
        auth: authOf(written, entry.identityFile, isLast),
      },
      proxyJump: entry.proxyJump,
    };
  };
  const last = resolve(written.ssh, true);
  const jumps = jumpsOf(written.jump ?? last.proxyJump).map((one) => resolve(one, false).hop);
  const tunnel = tunnelSchema.safeParse({ ...last.hop, jumps, keepaliveSeconds: defaultKeepaliveSeconds });
  if (tunnel.success) return tunnel.data;
  const [issue] = tunnel.error.issues;
  throw invalid(
    `The SSH tunnel to ${hostAndPort(last.hop)} cannot be used: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
  );
}

const jumpsOf = (text: string | null | undefined): string[] =>
  text == null || text.trim().toLowerCase() === 'none' ? [] : text.split(',').filter((one) => one.trim() !== '');

/** What was written holds for all servers of the way, except that a jump host keeps a key of its own. */
function authOf({ key, auth }: WrittenTunnel, identityFile: string | null, isLast: boolean): SshAuth {
  const file = isLast ? (key ?? identityFile) : (identityFile ?? key ?? null);
  switch (auth ?? null) {
    case 'agent':
      return { kind: 'agent' };
    case 'password':
      return { kind: 'password' };
    case 'key':
      if (file === null) throw invalid('Signing in with a key needs the path of its file (ssh_key, --ssh-key).');
      return { kind: 'key', file };
    case null:
      return file === null ? { kind: 'agent' } : { kind: 'key', file };
    default:
      throw invalid(`${JSON.stringify(auth)} is no way to sign in at an SSH server. Use agent, key or password.`);
  }
}
