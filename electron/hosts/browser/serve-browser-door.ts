import type { IncomingMessage, ServerResponse } from 'node:http';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../../shared/model/failure.ts';
import type { Logger } from '../../core/ports.ts';
import { BodyError, readJsonBody } from '../http/json-body.ts';
import { listenOnLoopback, sendJson, sendText } from '../http/loopback-server.ts';
import { rpcEndpoint, type DoorRouter } from '../http/rpc-endpoint.ts';
import { rendererFile } from '../renderer-files.ts';
import { launchCodes } from './launch-codes.ts';

export interface BrowserDoor {
  /** 'http://127.0.0.1:<port>' */
  readonly origin: string;
  /** The address that opens one window; each call gives a new one, good for one use. */
  launchUrl(): string;
  /** Stops listening and ends every stream. The engine behind it goes on. */
  close(): Promise<void>;
}

export interface BrowserDoorOptions {
  /** One that is asked for every call, where what the windows work on may change. */
  readonly router: DoorRouter | (() => DoorRouter);
  /** The built renderer. */
  readonly rendererDir: string;
  /** 0 or left out: any free port. */
  readonly port?: number;
  readonly logger: Logger;
}

const launchSchema = z.object({ code: z.string().max(200) });

/** The product in a browser, on this machine alone. Throws `Failure('not_available')`: port taken, nothing built. */
export async function serveBrowserDoor(options: BrowserDoorOptions): Promise<BrowserDoor> {
  const { router, rendererDir, port = 0, logger } = options;
  if (!existsSync(join(rendererDir, 'index.html')))
    throw new Failure({
      code: 'not_available',
      message: `The screens are not built: ${rendererDir} holds no index.html. Build them with npm run build.`,
      action: 'npm run build',
    });
  const codes = launchCodes();
  const current = typeof router === 'function' ? router : () => router;
  const rpc = rpcEndpoint({ router: current, logger, accepts: codes.accepts });

  async function handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (await rpc.handle(request, response, path)) return;
    if (request.method === 'POST') {
      if (path !== '/launch') return sendText(response, 404, 'Not found');
      const parsed = launchSchema.safeParse(await readJsonBody(request));
      if (!parsed.success) throw new BodyError(400, 'A launch needs {"code": "..."}.');
      const token = codes.redeem(parsed.data.code);
      return token === null
        ? sendText(response, 403, 'This code is unknown or was used already.')
        : sendJson(response, 200, { token });
    }
    const answer = rendererFile(rendererDir, path);
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  const server = await listenOnLoopback({ port, logger, handle });
  return {
    origin: server.origin,
    launchUrl: () => `${server.origin}/#code=${codes.issue()}`,
    close: () => server.close(),
  };
}
