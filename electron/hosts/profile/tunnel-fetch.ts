import { Readable } from 'node:stream';
import type { ForwardTarget } from '../../core/tunnel/hop.ts';
import type { Tunnel } from '../../core/tunnel/open-tunnel.ts';
import { TunnelSocket } from '../../core/tunnel/tunnel-socket.ts';

/** As in loopback-server.ts: imported by name, the module loads an HTTP client that is not used. */
const { request: httpRequest } = process.getBuiltinModule('node:http');

export type Fetch = (input: Request | string, init?: RequestInit) => Promise<Response>;

/**
 * `fetch` through a tunnel. The address stays the one that the far engine listens on, so its guards see what they
 * expect; no port is opened on this machine, where others could reach the engine through it.
 */
export function tunnelFetch(tunnel: Tunnel): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    const target: ForwardTarget = { host: url.hostname, port: Number(url.port || 80) };
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        {
          method: request.method,
          path: `${url.pathname}${url.search}`,
          headers: {
            ...Object.fromEntries(request.headers),
            host: url.host,
            ...(body === null ? {} : { 'content-length': body.length }),
          },
          signal: request.signal,
          createConnection: () => new TunnelSocket(() => tunnel.forward(target)).connect(),
        },
        (incoming) => {
          const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
            (Array.isArray(value) ? value : [value ?? '']).map((one): [string, string] => [name, one]),
          );
          resolve(
            new Response(Readable.toWeb(incoming) as unknown as BodyInit, {
              status: incoming.statusCode ?? 500,
              headers,
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
}
