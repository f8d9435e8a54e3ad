import { lookup } from 'node:dns/promises';
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { hopName } from '../../../shared/model/tunnel.ts';
import type { ForwardTarget } from '../tunnel/hop.ts';
import type { Tunnel } from '../tunnel/open-tunnel.ts';
import { toFailure } from './server-failure.ts';
import { isSocketDir, requiresTls, tlsOptions, tlsProblem } from './tls.ts';

/** Long enough for a VPN that wakes up, short enough for a person who waits. */
const reachTimeoutMs = 8_000;

type Address = Pick<ConnectionSettings, 'host' | 'port'>;

const socketPath = ({ host, port }: Address): string => `${host}/.s.PGSQL.${port}`;

/** `host:port`, or the path of the socket, and through which SSH server. */
export const addressOf = ({ host, port, tunnel }: Address & Pick<ConnectionSettings, 'tunnel'>): string => {
  const far = isSocketDir(host) ? socketPath({ host, port }) : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return tunnel === undefined ? far : `${far} through ${hopName(tunnel)}`;
};

/** Where a tunnel leads to: the server's host and port, or its socket. */
export const forwardTarget = ({ host, port }: Address): ForwardTarget =>
  isSocketDir(host) ? socketPath({ host, port }) : { host, port };

/** Resolves the name. Returns what it resolves to, in words. Throws `host_unreachable`. */
export async function resolveName(settings: ConnectionSettings): Promise<string> {
  const subject = `Looking up ${settings.host}`;
  try {
    if (isSocketDir(settings.host)) {
      await stat(socketPath(settings));
      return `socket ${socketPath(settings)}`;
    }
    const addresses = await lookup(settings.host, { all: true });
    return `${settings.host} is ${addresses.map(({ address }) => address).join(', ')}`;
  } catch (error) {
    throw toFailure(error, subject);
  }
}

/** A plain connection to the server's address. Throws `host_unreachable`. */
export function dial(settings: ConnectionSettings): Promise<Duplex> {
  const address = addressOf(settings);
  return new Promise((resolve, reject) => {
    const socket = isSocketDir(settings.host)
      ? connect({ path: socketPath(settings) })
      : connect({ host: settings.host, port: settings.port });
    const fail = (error: unknown) => {
      socket.destroy();
      reject(toFailure(error, `Connecting to ${address}`));
    };
    socket.setTimeout(reachTimeoutMs, () => fail(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      socket.on('error', () => undefined); // whoever waits on it sees 'close'
      resolve(socket);
    });
  });
}

/** How to speak to the server: in plain text, or with these options of TLS. */
export interface Transport {
  readonly ssl: ConnectionOptions | false;
  /** What is encrypted and what was verified, in words. */
  readonly text: string;
  /** True where `prefer` could also do without: then a refused login is tried once more in plain text. */
  readonly mayFallBack: boolean;
}

/**
 * Asks the server whether it speaks TLS (which only PostgreSQL and its poolers answer) and makes the handshake that
 * the settings ask for. Uses the socket up. Throws `host_unreachable`, `unsupported_server` and `tls_failed`.
 */
export async function negotiate(settings: ConnectionSettings, socket: Duplex): Promise<Transport> {
  const address = addressOf(settings);
  try {
    const answer = await askForTls(socket, address);
    const options = await tlsOptions(settings);
    if (options === null) return { ssl: false, text: plainText(settings), mayFallBack: false };
    if (answer === 'N') {
      if (!requiresTls(settings))
        return { ssl: false, text: 'not encrypted: the server has TLS off', mayFallBack: false };
      throw new Failure({
        code: 'tls_failed',
        message: `${address} refuses TLS, and the TLS mode ${settings.tlsMode} insists on it. Turn TLS on at the server (ssl = on), or choose the mode "prefer" or "disable".`,
        action: 'alter system set ssl = on; select pg_reload_conf();',
      });
    }
    try {
      const secured = await handshake(socket, options);
      const text = `${secured.getProtocol() ?? 'TLS'}, ${verifiedText(settings)}`;
      secured.destroy();
      return { ssl: options, text, mayFallBack: !requiresTls(settings) };
    } catch (error) {
      if (!requiresTls(settings)) {
        return { ssl: false, text: 'not encrypted: the TLS handshake failed', mayFallBack: false };
      }
      throw tlsProblem(settings, address, error);
    }
  } finally {
    socket.destroy();
  }
}

/** All of it: name, TCP, TLS. Through a tunnel, its last SSH server resolves the name and dials. */
export async function reach(settings: ConnectionSettings, tunnel: Tunnel | null): Promise<Transport> {
  if (tunnel !== null) return negotiate(settings, await tunnel.forward(forwardTarget(settings)));
  await resolveName(settings);
  return negotiate(settings, await dial(settings));
}

/** https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** The answer to an SSLRequest is exactly one byte; SSH, HTTP, MySQL ... send something else. */
function askForTls(socket: Duplex, address: string): Promise<'S' | 'N'> {
  return new Promise((resolve, reject) => {
    // A server that hangs is silent, and whatever stands before one that is down: a balancer, the near end of a tunnel.
    const noAnswer = (how: string) =>
      reject(
        new Failure({
          code: 'host_unreachable',
          message: `${address} ${how}. Look whether PostgreSQL runs there; check the port, and behind a tunnel its far end.`,
          retryable: true,
        }),
      );
    const timer = setTimeout(() => noAnswer('accepts connections and says nothing'), reachTimeoutMs);
    const closed = () => {
      clearTimeout(timer);
      noAnswer('closed the connection without an answer');
    };
    socket.once('close', closed);
    socket.once('data', (chunk: Buffer) => {
      clearTimeout(timer);
      socket.off('close', closed);
      socket.pause();
      const answer = chunk.toString('latin1');
      // More than the one byte would be read as part of the encrypted stream: CVE-2021-23214 and CVE-2021-23222.
      if (answer === 'S' || answer === 'N') resolve(answer);
      else {
        reject(
          new Failure({
            code: 'unsupported_server',
            message: `${address} does not answer like PostgreSQL: it sent ${chunk.length} bytes that PostgreSQL would not send. Check the port; behind a tunnel, check its far end.`,
          }),
        );
      }
    });
    socket.write(sslRequest);
  });
}

function handshake(socket: Duplex, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({ ...options, socket });
    const timer = setTimeout(() => {
      reject(Object.assign(new Error('the handshake timed out'), { code: 'EPROTO' }));
      secured.destroy();
    }, reachTimeoutMs);
    secured.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    secured.once('secureConnect', () => {
      clearTimeout(timer);
      secured.on('error', () => undefined); // it is closed at once; the peer may still complain
      resolve(secured);
    });
  });
}

const plainText = (settings: ConnectionSettings): string =>
  isSocketDir(settings.host) ? 'not needed on a local socket' : 'not encrypted: TLS is switched off in the settings';

const verifiedText = (settings: ConnectionSettings): string => {
  if (settings.tlsMode === 'verify-full') return 'certificate and host name verified';
  if (settings.tlsMode === 'verify-ca' || (settings.tlsMode === 'require' && settings.tlsCaFile !== null)) {
    return 'certificate verified, host name not';
  }
  return 'encrypted, certificate not verified';
};
