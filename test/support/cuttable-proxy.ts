import { createServer, connect, type Server, type Socket } from 'node:net';

/** A TCP way to a server that can be cut and mended: what a network does to a laptop. */
export interface CuttableProxy {
  readonly port: number;
  /** Connections that were made to it, also while there was nobody behind it. */
  readonly accepted: number;
  /** Ends every connection; new ones are refused. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function cuttableProxy(target: { readonly host: string; readonly port: number }): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let accepted = 0;
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const listening = createServer((near) => {
        accepted += 1;
        const far = connect(target.port, target.host);
        for (const socket of [near, far]) {
          sockets.add(socket);
          socket.on('error', () => undefined);
          socket.on('close', () => {
            sockets.delete(socket);
            near.destroy();
            far.destroy();
          });
        }
        near.pipe(far).pipe(near);
      });
      listening.once('error', reject);
      listening.listen(port, '127.0.0.1', () => {
        server = listening;
        const address = listening.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  const cut = async () => {
    const closing = server;
    server = null;
    const closed = new Promise<void>((resolve) => (closing === null ? resolve() : closing.close(() => resolve())));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await listen(0);
  return {
    port,
    get accepted() {
      return accepted;
    },
    cut,
    mend: async () => void (await listen(port)),
    close: cut,
  };
}
