import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveBrowserDoor, type BrowserDoor } from '../../../../electron/hosts/browser/serve-browser-door.ts';
import type { EngineClient } from '../../../../electron/hosts/profile/engine-client.ts';
import { routerOf, send, silentLogger, someInfo, temporaryDir, type Question } from '../../../support/door.ts';

let door: BrowserDoor;
const dir = temporaryDir();
const secretBeside = 'belongs to nobody outside';

beforeAll(async () => {
  const rendererDir = join(dir.path, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(
    join(rendererDir, 'index.html'),
    '<meta name="csp-nonce" content="__CSP_NONCE__"><title>Daybreak</title>',
  );
  writeFileSync(join(rendererDir, 'assets', 'app-1a2b.js'), 'export {};');
  writeFileSync(join(dir.path, 'secret.json'), secretBeside);
  const router = routerOf({
    system: {
      info: () => ({ ok: true, value: someInfo() }),
      async *events() {
        for (let seq = 1; ; seq++) {
          yield { seq, topic: 'connections', serverId: null, subject: null };
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      },
    },
  });
  door = await serveBrowserDoor({ router, rendererDir, logger: silentLogger });
});
afterAll(async () => {
  await door.close();
  dir.remove();
});

const host = () => new URL(door.origin).host;
const port = () => new URL(door.origin).port;
const freshCode = () => new URL(door.launchUrl()).hash.replace('#code=', '');
const json = { 'content-type': 'application/json' };

function launch(code: string, headers: Record<string, string> = {}) {
  return send(door.origin, {
    method: 'POST',
    path: '/launch',
    headers: { ...json, origin: door.origin, ...headers },
    body: JSON.stringify({ code }),
  });
}

async function token(): Promise<string> {
  const answer = await launch(freshCode());
  return (JSON.parse(answer.body) as { token: string }).token;
}

async function callInfo(question: Partial<Question> & { headers?: Record<string, string> } = {}) {
  return send(door.origin, {
    method: 'POST',
    path: '/rpc/system/info',
    body: '{}',
    ...question,
    headers: { ...json, origin: door.origin, 'x-daybreak-token': await token(), ...question.headers },
  });
}

describe('a window of this door', () => {
  test('opens with its launch code, and calls procedures with the token that it got for it', async () => {
    const answer = await callInfo();
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ json: { ok: true, value: { profile: 'test' } } });
  });

  test('receives events as they happen, and its stream ends with the door', async () => {
    const other = await serveBrowserDoor({
      router: routerOf({
        system: {
          async *events() {
            yield { seq: 1, topic: 'connections', serverId: null, subject: null };
            await new Promise(() => {});
          },
        },
      }),
      rendererDir: join(dir.path, 'renderer'),
      logger: silentLogger,
    });
    const code = new URL(other.launchUrl()).hash.replace('#code=', '');
    const launched = await send(other.origin, {
      method: 'POST',
      path: '/launch',
      headers: { ...json, origin: other.origin },
      body: JSON.stringify({ code }),
    });
    const key = (JSON.parse(launched.body) as { token: string }).token;
    const client: EngineClient = createORPCClient(
      new RPCLink({ url: `${other.origin}/rpc`, headers: { origin: other.origin, 'x-daybreak-token': key } }),
    );
    const events = await client.system.events({});
    expect((await events.next()).value).toMatchObject({ seq: 1 });
    const rest = expect(events.next()).rejects.toThrow();
    await other.close();
    await rest;
  });
});

describe('the page', () => {
  test('comes with the policy, and with a nonce that differs each time and stands in both', async () => {
    const pages = await Promise.all([send(door.origin, {}), send(door.origin, {})]);
    const nonces = pages.map((page) => /'nonce-([^']+)'/.exec(String(page.headers['content-security-policy']))?.[1]);
    expect(new Set(nonces).size).toBe(2);
    pages.forEach((page, index) => expect(page.body).toContain(`content="${nonces[index]}"`));
    expect(pages[0]?.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(pages[0]?.headers['content-security-policy']).toContain("default-src 'none'");
    expect(pages[0]?.headers).not.toHaveProperty('set-cookie');
    expect(pages[0]?.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/%00',
    '/%',
  ])('never leads out of its folder: %s', async (path) => {
    const answer = await send(door.origin, { path });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain(secretBeside);
  });
});

describe('is refused', () => {
  test('a Host that is not this door (DNS rebinding)', async () => {
    for (const name of [`evil.example:${port()}`, '127.0.0.1', `127.0.0.1:${Number(port()) + 1}`, `[::1]:${port()}`])
      expect((await send(door.origin, { headers: { host: name } })).status).toBe(421);
    const rebound = { host: `evil.example:${port()}`, origin: `http://evil.example:${port()}` };
    expect((await callInfo({ headers: rebound })).status).toBe(421);
  });

  test('an Origin that is foreign, missing, or the same machine on another port', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${Number(port()) + 1}`,
      `https://${host()}`,
    ])
      expect((await callInfo({ headers: { origin } })).status).toBe(403);
    const missing = await send(door.origin, { method: 'POST', path: '/launch', headers: json, body: '{}' });
    expect(missing.status).toBe(403);
    const mixed = await callInfo({ headers: { origin: `http://localhost:${port()}` } });
    expect(mixed.status, 'Origin must be the very Host that was addressed').toBe(403);
  });

  test('a request that another site started, whatever its Origin says', async () => {
    for (const site of ['cross-site', 'same-site', 'none'])
      expect((await callInfo({ headers: { 'sec-fetch-site': site } })).status).toBe(403);
    expect((await send(door.origin, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect((await send(door.origin, { headers: { 'sec-fetch-site': 'none' } })).status).toBe(200);
  });

  test('a call without a token, and one with a wrong one', async () => {
    expect((await callInfo({ headers: { 'x-daybreak-token': 'x'.repeat(43) } })).status).toBe(401);
    const none = await send(door.origin, {
      method: 'POST',
      path: '/rpc/system/info',
      headers: { ...json, origin: door.origin },
      body: '{}',
    });
    expect(none.status).toBe(401);
  });

  test('a launch code that was used, or was never given', async () => {
    const code = freshCode();
    expect((await launch(code)).status).toBe(200);
    expect((await launch(code)).status).toBe(403);
    expect((await launch('guess')).status).toBe(403);
  });

  test('a procedure by GET, other methods, and an unknown procedure', async () => {
    expect((await callInfo({ method: 'GET', body: '' })).status).toBe(405);
    expect((await callInfo({ method: 'PUT' })).status).toBe(405);
    expect((await callInfo({ method: 'OPTIONS', body: '' })).status).toBe(405);
    expect((await callInfo({ path: '/rpc/system/nothing' })).status).toBe(404);
  });

  test('a body that is not JSON, is sent as a form, or is too large', async () => {
    expect((await callInfo({ body: '{"a":' })).status).toBe(400);
    expect((await callInfo({ headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    const large = JSON.stringify({ json: { text: 'x'.repeat(3 * 1024 * 1024) } });
    expect((await callInfo({ headers: { 'content-length': String(large.length) } })).status).toBe(413);
    const chunked = await callInfo({ body: Buffer.from(large), headers: { 'transfer-encoding': 'chunked' } });
    expect(chunked.status).toBe(413);
  });
});

test('a door without built screens says how to build them', async () => {
  const without = serveBrowserDoor({ router: routerOf({}), rendererDir: dir.path, logger: silentLogger });
  await expect(without).rejects.toMatchObject({ value: { code: 'not_available', action: 'npm run build' } });
});

test('a taken port is a clear failure', async () => {
  const taken = serveBrowserDoor({
    router: routerOf({}),
    rendererDir: join(dir.path, 'renderer'),
    port: Number(port()),
    logger: silentLogger,
  });
  await expect(taken).rejects.toMatchObject({ value: { code: 'not_available' } });
});
