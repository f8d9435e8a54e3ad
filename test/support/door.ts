import { request } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardingRouter } from '../../electron/hosts/profile/forwarding-router.ts';
import type { EngineClient } from '../../electron/hosts/profile/engine-client.ts';
import type { DoorRouter } from '../../electron/hosts/http/rpc-endpoint.ts';
import type { Logger } from '../../electron/core/ports.ts';
import type { EngineInfo } from '../../shared/model/engine.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** A request as any program could send it: nothing is added or forbidden as a browser would. */
export function send(origin: string, { method = 'GET', path = '/', headers = {}, body }: Question): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A logger that keeps what it was told, for tests which expect something to be said. */
export function listeningLogger(): Logger & { readonly lines: { level: string; data: object; message: string }[] } {
  const lines: { level: string; data: object; message: string }[] = [];
  const keep = (level: string) => (data: object, message: string) => void lines.push({ level, data, message });
  return { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}

export const someInfo = (changes: Partial<EngineInfo> = {}): EngineInfo => ({
  version: '0.0.0',
  profile: 'test',
  pid: process.pid,
  startedAtMs: 0,
  secretStore: 'memory',
  notices: [],
  store: { kept: true, notice: null },
  ...changes,
});

/** What stands in for the engine behind a door: only the procedures that a test hands in answer. */
export function routerOf(procedures: Record<string, Record<string, (input: never) => unknown>>): DoorRouter {
  return forwardingRouter({
    client: () => procedures as unknown as EngineClient,
    onGone: (cause) => {
      throw cause;
    },
  });
}

export function temporaryDir(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'daybreak-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
