import type { IncomingMessage } from 'node:http';

/** A request's body that is not what we take. */
export class BodyError extends Error {
  readonly status: 400 | 413 | 415;
  constructor(status: 400 | 413 | 415, message: string) {
    super(message);
    this.name = 'BodyError';
    this.status = status;
  }
}

export const bodyLimitBytes = 2 * 1024 * 1024;

/** The JSON of a request, or undefined when it has no body. Throws `BodyError`. */
export async function readJsonBody(request: IncomingMessage, limitBytes = bodyLimitBytes): Promise<unknown> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  if (sizeBytes === 0) return undefined;
  // Only JSON: a form or text/plain is what a foreign page can send without asking first.
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new BodyError(415, 'Only application/json is taken.');
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new BodyError(400, 'The body is not JSON.');
  }
}

const tooLarge = (limitBytes: number) => new BodyError(413, `The body is larger than ${limitBytes} bytes.`);
