import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedCall {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What it was answered; null: nothing. */
  readonly answered: number | null;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** It goes on saying a word every few milliseconds, until it is cut off. */
  readonly drips?: boolean;
}

export interface WebhookServer {
  readonly url: string;
  readonly calls: readonly ReceivedCall[];
  /** What it says from now on; 'hang': nothing, for ever. */
  answer(next: Answer | 'hang'): void;
  close(): Promise<void>;
}

/** A receiver of webhooks on this machine. */
export async function startWebhookServer(first: Answer | 'hang' = { status: 200 }): Promise<WebhookServer> {
  const calls: ReceivedCall[] = [];
  let answer = first;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calls.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        answered: answer === 'hang' ? null : answer.status,
      });
      if (answer === 'hang') return;
      response.writeHead(answer.status, answer.headers);
      if (answer.drips === true) {
        const dripping = setInterval(() => response.write('drip '), 20);
        response.on('close', () => clearInterval(dripping));
        return;
      }
      response.end(answer.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/alerts`,
    calls,
    answer: (next) => void (answer = next),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
