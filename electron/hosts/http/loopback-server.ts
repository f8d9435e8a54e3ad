import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '../../../shared/model/failure.ts';
import type { Logger } from '../../core/ports.ts';
import { refuse } from './guards.ts';
import { BodyError } from './json-body.ts';

/** Imported by name, the module loads all that it exports: an HTTP client too, which takes longer than the rest. */
const { createServer } = process.getBuiltinModule('node:http');

export interface LoopbackServer {
  /** 'http://127.0.0.1:<port>' */
  readonly origin: string;
  /** Stops listening and cuts what is still open, event streams too. Safe to call twice. */
  close(): Promise<void>;
}

export interface LoopbackOptions {
  /** 0: any free one. */
  readonly port: number;
  /** What a person changes where the port is taken; left out: `--port`. */
  readonly portOption?: string;
  readonly logger: Logger;
  /** Sees only requests that passed the guards. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;
}

/** An HTTP server on 127.0.0.1 alone, with every guard of `guards.ts` in front. Throws `Failure('not_available')`. */
export async function listenOnLoopback(options: LoopbackOptions): Promise<LoopbackServer> {
  const { port, portOption = '--port', logger, handle } = options;
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      logger.error({ err: error, url: request.url }, 'a request failed');
      sendText(response, 500, 'Something went wrong here; see the log.');
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refuse({ method: request.method ?? '', headers: request.headers }, listeningPort());
    if (refusal) {
      logger.warn({ method: request.method, ...refusal }, 'refused a request');
      return sendText(response, refusal.status, refusal.reason);
    }
    try {
      await handle(request, response, (request.url ?? '/').split('?')[0] ?? '/');
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      // What is left of the body is not read: the connection ends here.
      response.setHeader('connection', 'close');
      sendText(response, error.status, error.message);
    }
  }
  const listeningPort = () => (server.address() as AddressInfo).port;

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(port, portOption, error)));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve);
  });

  let closing: Promise<void> | undefined;
  return {
    origin: `http://127.0.0.1:${listeningPort()}`,
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closing;
    },
  };
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  response.end(text);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(JSON.stringify(value));
}

function cannotListen(port: number, portOption: string, error: NodeJS.ErrnoException): Failure {
  const where = port === 0 ? '127.0.0.1' : `127.0.0.1:${port}`;
  const why = error.code === 'EADDRINUSE' ? 'something else listens there' : error.message;
  return new Failure(
    {
      code: 'not_available',
      message: `Daybreak cannot listen on ${where}: ${why}. Choose another port with ${portOption}.`,
    },
    { cause: error },
  );
}
