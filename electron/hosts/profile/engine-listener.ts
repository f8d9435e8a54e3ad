import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Logger } from '../../core/ports.ts';
import { sameSecret } from '../http/guards.ts';
import { listenOnLoopback, sendJson, sendText } from '../http/loopback-server.ts';
import { rpcEndpoint, tokenHeader, type DoorRouter, type RpcEndpoint } from '../http/rpc-endpoint.ts';
import type { EngineRecord } from './engine-lock.ts';

export const engineSignSchema = z.object({
  instance: z.string(),
  state: z.enum(['starting', 'ready', 'stopping']),
});
export type EngineState = z.infer<typeof engineSignSchema>['state'];

/** Where other doors of the same profile reach this engine. It listens before the lock names it. */
export interface EngineListener {
  readonly record: EngineRecord;
  serve(router: DoorRouter): void;
  setState(state: EngineState): void;
  close(): Promise<void>;
}

export async function engineListener(logger: Logger): Promise<EngineListener> {
  const token = randomBytes(32).toString('base64url');
  const instance = randomUUID();
  let state: EngineState = 'starting';
  let rpc: RpcEndpoint | null = null;
  const accepts = (given: string) => sameSecret(given, token);

  const server = await listenOnLoopback({
    port: 0,
    logger,
    async handle(request, response, path) {
      const given = request.headers[tokenHeader];
      if (typeof given !== 'string' || !accepts(given)) return sendText(response, 401, 'This door has no key.');
      if (path === '/engine' && request.method === 'POST') {
        request.resume();
        return sendJson(response, 200, { instance, state });
      }
      if (rpc && (await rpc.handle(request, response, path))) return;
      sendText(response, rpc ? 404 : 503, rpc ? 'Not found' : 'The engine is starting.');
    },
  });
  return {
    record: { instance, pid: process.pid, address: server.origin, token },
    serve(router) {
      rpc = rpcEndpoint({ router: () => router, logger, accepts });
      state = 'ready';
    },
    setState: (next) => void (state = next),
    close: () => server.close(),
  };
}
