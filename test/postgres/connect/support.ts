import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { Clock, Logger } from '../../../electron/core/ports.ts';

export const clock: Clock = {
  nowMs: () => Date.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, delayMs);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};
const silent = () => undefined;
export const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

export const certificate = (name: string): string => fileURLToPath(new URL(`./certificates/${name}`, import.meta.url));

/** A listener of the test's own on 127.0.0.1. */
export interface Listener {
  readonly port: number;
  /** Stops listening and cuts every connection. */
  cut(): Promise<void>;
}

export async function listen(serve: (socket: Socket) => void): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', silent).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async cut() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A wire to a server that can be cut. `from` is the address that the server sees. */
export const wireTo = (target: { host: string; port: number }, from = '127.0.0.1'): Promise<Listener> =>
  listen((socket) => {
    const far = connect({ ...target, localAddress: from }).on('error', silent);
    socket.pipe(far).pipe(socket);
    socket.on('close', () => far.destroy());
    far.on('close', () => socket.destroy());
  });

/** PostgreSQL's TLS in front of a server that has it switched off: answers the SSLRequest, then decrypts. */
export const tlsWireTo = (target: { host: string; port: number }): Promise<Listener> =>
  listen((socket) => {
    socket.once('data', () => {
      socket.write('S');
      const secured = new TLSSocket(socket, {
        isServer: true,
        secureContext: createSecureContext({
          key: readFileSync(certificate('server.key')),
          cert: readFileSync(certificate('server.pem')),
        }),
      });
      const far = connect(target).on('error', silent);
      secured.on('error', silent).pipe(far).pipe(secured);
      secured.on('close', () => far.destroy());
      far.on('close', () => secured.destroy());
    });
  });
