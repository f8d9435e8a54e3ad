import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ServerHostKeyAlgorithm } from 'ssh2';
import { Failure } from '../../../shared/model/failure.ts';
import { hostAndPort, hopName, type SshHop } from '../../../shared/model/tunnel.ts';
import type { HostKeys } from './host-keys.ts';
import { signIn } from './sign-in.ts';
import { forwardFailure, sshFailure } from './ssh-failure.ts';

/** Long enough for a VPN that wakes up, short enough for a person who waits. */
const dialTimeoutMs = 8_000;
const handshakeTimeoutMs = 15_000;
const unansweredKeepalives = 3;

/** What the hop's name resolves to, in words. Throws `host_unreachable`. */
export async function resolveHop(hop: SshHop): Promise<string> {
  try {
    const addresses = await lookup(hop.host, { all: true });
    return `${hop.host} is ${addresses.map(({ address }) => address).join(', ')}`;
  } catch (error) {
    throw sshFailure(error, hop);
  }
}

/** A plain connection to the first hop. Throws `host_unreachable`. */
export function dialHop(hop: SshHop): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hop.host, port: hop.port, noDelay: true });
    const fail = (error: unknown) => {
      socket.destroy();
      reject(sshFailure(error, hop));
    };
    socket.setTimeout(dialTimeoutMs, () => fail(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      socket.on('error', () => undefined); // ssh2 hears it too; between the two nobody may be listening
      resolve(socket);
    });
  });
}

export interface ShakeHandsOptions {
  readonly hop: SshHop;
  /** Used up, also where it fails. */
  readonly socket: Duplex;
  readonly hostKeys: HostKeys;
  readonly secret: () => Promise<string | null>;
  readonly agent: string | null;
  readonly keepaliveSeconds: number;
}

/** Two steps of one handshake; where the first one fails, so does the second, with the same failure. */
export interface Handshake {
  /** What vouches for the server's key, in words. Throws as `HostKeys.verify`. */
  readonly hostKey: Promise<string>;
  /** Throws `ssh_login_failed`. */
  readonly signedIn: Promise<Client>;
}

export function shakeHands(options: ShakeHandsOptions): Handshake {
  const { hop, socket, hostKeys, secret, agent, keepaliveSeconds } = options;
  const client = new ssh2.Client();
  const hostKey = Promise.withResolvers<string>();
  const signedIn = Promise.withResolvers<Client>();
  hostKey.promise.catch(() => undefined);
  signedIn.promise.catch(() => undefined);
  /** Ours is more exact than what ssh2 says after it. */
  let known: Failure | null = null;
  const fail = (error: unknown) => {
    const failure = known ?? sshFailure(error, hop);
    hostKey.reject(failure);
    signedIn.reject(failure);
    socket.destroy();
  };
  const failWith = (failure: Failure) => {
    known ??= failure;
  };
  client.on('error', (error) => {
    // The agent is asked for one key after the other; what stops it is said when none is left.
    if ('level' in error && error.level === 'agent') failWith(agentFailure(hop, error));
    else fail(error);
  });
  client.once('close', () => fail(new Error('closed during the handshake')));
  client.once('ready', () => signedIn.resolve(client));

  hostKeys.knownTypes(hop).then((types) => {
    client.connect({
      sock: socket,
      username: hop.user,
      readyTimeout: handshakeTimeoutMs,
      keepaliveInterval: keepaliveSeconds * 1000,
      keepaliveCountMax: unansweredKeepalives,
      algorithms: { serverHostKey: preferred(types) },
      hostVerifier: (key: Buffer, verify: (trusted: boolean) => void) => {
        hostKeys.verify(hop, key).then(
          (text) => {
            hostKey.resolve(text);
            verify(true);
          },
          (error: unknown) => {
            failWith(sshFailure(error, hop));
            verify(false);
          },
        );
      },
      authHandler: signIn({ hop, secret, agent, onFailed: failWith }),
    });
  }, fail);
  return { hostKey: hostKey.promise, signedIn: signedIn.promise };
}

const agentFailure = (hop: SshHop, cause: Error): Failure =>
  new Failure(
    {
      code: 'ssh_login_failed',
      message: `The SSH agent does not give a key for ${hopName(hop)}: ${cause.message}. Check that it runs (ssh-add -l), or sign in with a key file.`,
      detail: { hop: hopName(hop) },
    },
    { cause },
  );

/** Without SHA-1 (`ssh-rsa`), which current servers do not offer either. */
const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** The kinds of keys that are known of a server first: it may have several, and one that is known is enough. */
function preferred(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string) => knownTypes.includes(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  return [...hostKeyAlgorithms.filter(isKnown), ...hostKeyAlgorithms.filter((one) => !isKnown(one))];
}

/** A stream from the SSH server to a host and port, or to a Unix socket, as that server sees them. */
export function forwardFrom(client: Client, hop: SshHop, to: ForwardTarget): Promise<Duplex> {
  const target = typeof to === 'string' ? to : hostAndPort(to);
  return new Promise((resolve, reject) => {
    const opened = (error: Error | undefined, channel: Duplex) => {
      if (error) return reject(forwardFailure(error, hop, target));
      channel.on('error', () => undefined); // whoever waits on it sees 'close'
      resolve(channel);
    };
    try {
      if (typeof to === 'string') client.openssh_forwardOutStreamLocal(to, opened);
      else client.forwardOut('127.0.0.1', 0, to.host, to.port, opened);
    } catch (error) {
      reject(forwardFailure(error, hop, target)); // ssh2 throws where its socket is closed
    }
  });
}

/** A host and port, or the path of a Unix socket. */
export type ForwardTarget = string | { readonly host: string; readonly port: number };
