import type { IncomingMessage, ServerResponse } from 'node:http';
import { ORPCError, onError, type Router } from '@orpc/server';
import { RPCHandler } from '@orpc/server/node';
import type { Contract } from '../../../shared/contract/index.ts';
import type { Logger } from '../../core/ports.ts';
import { readJsonBody } from './json-body.ts';
import { sendText } from './loopback-server.ts';

/** A router of the whole contract that needs nothing but the call: what every door serves. */
export type DoorRouter = Router<Contract, Record<never, never>>;

export const tokenHeader = 'x-daybreak-token';

export interface RpcEndpoint {
  /** Answers `/rpc/...`; false when the path is another one. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean>;
}

/** The contract over HTTP: POST with JSON and the header token only; event iterators stream as they come. */
export function rpcEndpoint(options: {
  /** Asked for every call: what a window works on may change. */
  readonly router: () => DoorRouter;
  readonly logger: Logger;
  readonly accepts: (token: string) => boolean;
}): RpcEndpoint {
  const { router, logger, accepts } = options;
  const handlers = new WeakMap<object, RPCHandler<Record<never, never>>>();
  const handlerOf = (current: DoorRouter) => {
    const handler =
      handlers.get(current) ?? new RPCHandler(current, { interceptors: [onError((error) => logBug(logger, error))] });
    handlers.set(current, handler);
    return handler;
  };
  return {
    async handle(request, response, path) {
      if (path !== '/rpc' && !path.startsWith('/rpc/')) return false;
      if (request.method !== 'POST') {
        sendText(response, 405, 'Procedures are called with POST.');
        return true;
      }
      const token = request.headers[tokenHeader];
      if (typeof token !== 'string' || !accepts(token)) {
        sendText(response, 401, 'This window has no key. Open Daybreak again with the address that it printed.');
        return true;
      }
      // Read here, with the cap, and handed on parsed: oRPC takes `body` when it is there.
      const body = await readJsonBody(request);
      const { matched } = await handlerOf(router()).handle(Object.assign(request, { body: body ?? {} }), response, {
        prefix: '/rpc',
        context: {},
      });
      if (!matched) sendText(response, 404, 'There is no such procedure.');
      return true;
    },
  };
}

/** What the caller did wrong is the caller's to read; everything else is a bug and belongs into the log. */
export function logBug(logger: Logger, error: unknown): void {
  // 503: the engine behind a door has gone, which the door says itself.
  if (error instanceof ORPCError && (error.status < 500 || error.status === 503)) return;
  if (error instanceof Error && error.name === 'AbortError') return;
  logger.error({ err: error }, 'a procedure failed with a bug');
}
