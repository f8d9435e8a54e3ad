import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { Failure } from '../../../shared/model/failure.ts';
import { hopsOf, hostAndPort, type SshHop, type TunnelSettings } from '../../../shared/model/tunnel.ts';
import type { ForwardTarget } from './hop.ts';
import type { HostKeys } from './host-keys.ts';

/** Loaded with the first tunnel: most servers are reached without one, and ssh2 is a tenth of a start. */
const hops = () => import('./hop.ts');

/** A signed-in way through one or more SSH servers. */
export interface Tunnel {
  readonly settings: TunnelSettings;
  /**
   * A stream to where the last server leads. Throws `permission_denied` (it may not forward there), `host_unreachable`
   * (nobody answers there) and `connection_lost` (the tunnel itself is gone).
   */
  forward(to: ForwardTarget): Promise<Duplex>;
  /** The last server's session, for reading its files. */
  readonly client: Client;
  onLost(listener: () => void): void;
  /** Ends every stream in it. */
  close(): void;
}

export interface TunnelContext {
  readonly hostKeys: HostKeys;
  /** A hop's passphrase or password; null where none is known. */
  readonly secretOf: (hop: SshHop) => Promise<string | null>;
  /** Path of the SSH agent's socket; null where none runs. */
  readonly agent: string | null;
}

export type TunnelStep = 'ssh_name' | 'ssh_tcp' | 'ssh_host_key' | 'ssh_login';

/** Runs one step of the way, and may note how it went; the step says in words what it found. */
export type RunStep = <T>(step: TunnelStep, hop: SshHop, work: () => Promise<readonly [T, string]>) => Promise<T>;

const unobserved: RunStep = async (_step, _hop, work) => (await work())[0];

/**
 * Signs in at one server after the other, each through the one before it. Throws `host_unreachable`,
 * `host_key_unknown`, `host_key_changed`, `ssh_login_failed`, `permission_denied`, `unsupported_server` and
 * `connection_lost`, each naming the server that it happened at.
 */
export async function openTunnel(
  settings: TunnelSettings,
  context: TunnelContext,
  run: RunStep = unobserved,
): Promise<Tunnel> {
  const open: Client[] = [];
  const closeAll = () => {
    // The last one first: its connection runs through the others.
    for (const client of open.toReversed()) client.end();
  };
  let before: { readonly client: Client; readonly hop: SshHop } | null = null;
  try {
    for (const hop of hopsOf(settings)) {
      const client = await openHop(hop, before, settings, context, run);
      open.push(client);
      before = { client, hop };
    }
  } catch (error) {
    closeAll();
    throw error;
  }
  if (before === null) throw new Error('a tunnel has at least one server');
  return tunnelOf(settings, before.client, before.hop, open, closeAll);
}

async function openHop(
  hop: SshHop,
  before: { readonly client: Client; readonly hop: SshHop } | null,
  { keepaliveSeconds }: TunnelSettings,
  { hostKeys, secretOf, agent }: TunnelContext,
  run: RunStep,
): Promise<Client> {
  const { dialHop, forwardFrom, resolveHop, shakeHands } = await hops();
  // The name of a server behind a jump host is that host's to resolve.
  if (before === null) await run('ssh_name', hop, async () => [null, await resolveHop(hop)]);
  const socket = await run('ssh_tcp', hop, async () => {
    if (before === null) return [await dialHop(hop), `${hostAndPort(hop)} answers`];
    const through = `${hostAndPort(hop)} answers, through ${hostAndPort(before.hop)}`;
    return [await forwardFrom(before.client, before.hop, hop), through];
  });
  const secret = () => secretOf(hop);
  const { hostKey, signedIn } = shakeHands({ hop, socket, hostKeys, secret, agent, keepaliveSeconds });
  await run('ssh_host_key', hop, async () => [null, await hostKey]);
  return run('ssh_login', hop, async () => [await signedIn, `${hop.user} with ${authText(hop)}`]);
}

function authText({ auth }: SshHop): string {
  return auth.kind === 'key' ? `the key ${auth.file}` : auth.kind === 'agent' ? 'the SSH agent' : 'a password';
}

function tunnelOf(
  settings: TunnelSettings,
  client: Client,
  hop: SshHop,
  all: readonly Client[],
  closeAll: () => void,
): Tunnel {
  const listeners = new Set<() => void>();
  let gone = false;
  let closed = false;
  const lost = () => {
    if (gone) return;
    gone = true;
    // What is left of the chain leads nowhere any more.
    closeAll();
    if (!closed) for (const listener of listeners) listener();
  };
  for (const one of all) one.once('close', lost);
  return {
    settings,
    client,
    async forward(to) {
      const { forwardFrom } = await hops();
      if (!gone && !closed) return forwardFrom(client, hop, to);
      throw new Failure({
        code: 'connection_lost',
        message: `The SSH tunnel through ${hostAndPort(hop)} is gone.`,
        retryable: true,
      });
    },
    onLost: (listener) => void listeners.add(listener),
    close() {
      closed = true;
      closeAll();
    },
  };
}
