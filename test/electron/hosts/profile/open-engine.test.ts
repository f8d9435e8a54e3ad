import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { engineListener } from '../../../../electron/hosts/profile/engine-listener.ts';
import { lockProfile } from '../../../../electron/hosts/profile/engine-lock.ts';
import { openProfileEngine, type ProfileEngine } from '../../../../electron/hosts/profile/open-engine.ts';
import { prepareProfileDir, profileDir } from '../../../../electron/hosts/profile/profile-dir.ts';
import { routerOf, send, silentLogger, someInfo, temporaryDir } from '../../../support/door.ts';

let dir: ReturnType<typeof temporaryDir>;
let started: string[];
const opened: ProfileEngine[] = [];

beforeEach(() => {
  dir = temporaryDir();
  started = [];
});
afterEach(async () => {
  for (const engine of opened.splice(0).reverse()) await engine.close();
  dir.remove();
});

/** An engine that only says who it is, and counts that it was started. */
async function open(name: string): Promise<ProfileEngine> {
  const engine = await openProfileEngine({
    profileDir: dir.path,
    logger: silentLogger,
    async startCore() {
      started.push(name);
      return {
        router: routerOf({ system: { info: () => ({ ok: true, value: someInfo({ profile: name }) }) } }),
        stop: async () => void started.push(`${name} stopped`),
      };
    },
  });
  opened.push(engine);
  return engine;
}
const answeredBy = async (engine: ProfileEngine) => {
  const reply = await engine.client.system.info({});
  return reply.ok ? reply.value.profile : reply.error.code;
};

const lockFile = () => join(dir.path, 'engine.lock');
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;
const writeLock = (record: object) => writeFileSync(lockFile(), JSON.stringify(record), { mode: 0o600 });
const record = (changes: object) => ({
  instance: 'earlier',
  pid: 1,
  address: 'http://127.0.0.1:1',
  token: 't',
  ...changes,
});

describe('one engine per profile', () => {
  test('a second door attaches to the engine of the first, and leaves it running', async () => {
    const first = await open('first');
    const second = await open('second');
    expect([first.kind(), second.kind()]).toEqual(['own', 'attached']);
    expect(await answeredBy(second)).toBe('first');
    await second.close();
    expect(await answeredBy(first)).toBe('first');
    expect(started).toEqual(['first']);
  });

  test('of many that start at once on a stale lock exactly one runs an engine', async () => {
    writeLock(record({ pid: deadPid() }));
    const engines = await Promise.all(Array.from({ length: 8 }, (_, index) => open(`engine ${index}`)));
    expect(engines.filter((engine) => engine.kind() === 'own')).toHaveLength(1);
    expect(started).toHaveLength(1);
    expect(readdirSync(dir.path)).toEqual(['engine.lock']);
  });

  test('of many processes that start at once on a stale lock exactly one wins', async () => {
    writeLock(record({ pid: deadPid() }));
    const contender = `
      import { lockProfile } from ${JSON.stringify(new URL('../../../../electron/hosts/profile/engine-lock.ts', import.meta.url).href)};
      const mine = { instance: String(process.pid), pid: process.pid, address: 'http://127.0.0.1:1', token: 't' };
      await new Promise((resolve) => process.stdin.once('data', resolve));
      const outcome = await lockProfile({ dir: process.argv[1], mine, probe: async () => 'alive' });
      process.stdout.write(outcome.kind + '\\n');
      process.stdin.once('data', () => process.exit(0));`;
    const children = Array.from({ length: 5 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', contender, dir.path], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const kinds = Promise.all(children.map(async (child) => String((await once(child.stdout, 'data'))[0]).trim()));
    children.forEach((child) => child.stdin.write('go'));
    expect((await kinds).toSorted()).toEqual(['held', 'running', 'running', 'running', 'running']);
    children.forEach((child) => child.stdin.end('done'));
    await Promise.all(children.map((child) => once(child, 'exit')));
  });

  test('the lock is private, goes away with its engine, and the next door starts its own', async () => {
    const first = await open('first');
    if (process.platform !== 'win32') expect(statSync(lockFile()).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid });
    await first.close();
    expect(existsSync(lockFile())).toBe(false);
    expect(await answeredBy(await open('second'))).toBe('second');
    expect(started).toEqual(['first', 'first stopped', 'second']);
  });

  test('a door whose engine went away says so once, and becomes the engine', async () => {
    const first = await open('first');
    const second = await open('second');
    await first.close();
    expect(await answeredBy(second)).toBe('not_available');
    await expect.poll(() => second.kind()).toBe('own');
    expect(await answeredBy(second)).toBe('second');
  });

  test('an engine that fails to start frees the profile', async () => {
    const failing = openProfileEngine({
      profileDir: dir.path,
      logger: silentLogger,
      startCore: () => Promise.reject(new Error('the store is newer')),
    });
    await expect(failing).rejects.toThrow('the store is newer');
    expect(existsSync(lockFile())).toBe(false);
  });
});

describe('a stale lock is taken over', () => {
  test('when its process lives but its address refuses', async () => {
    writeLock(record({ pid: process.pid }));
    expect((await open('new')).kind()).toBe('own');
  });

  test('when another program answers at its address', async () => {
    const stranger = createServer((_, response) => response.end('{"instance":"somebody else","state":"ready"}'));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const address = stranger.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    writeLock(record({ pid: process.pid, address: `http://127.0.0.1:${port}` }));
    expect((await open('new')).kind()).toBe('own');
    stranger.close();
  });

  test('when it is not a lock of ours at all', async () => {
    writeFileSync(lockFile(), 'garbage');
    expect((await open('new')).kind()).toBe('own');
  });

  test('when the one who was about to remove it died in the middle', async () => {
    writeLock(record({ pid: deadPid() }));
    const probe = async () => 'alive' as const;
    const identity = createHash('sha256').update(readFileSync(lockFile(), 'utf8')).digest('hex').slice(0, 32);
    writeFileSync(join(dir.path, `.engine.lock.claim-${identity}-0`), String(deadPid()));
    const mine = record({ instance: 'mine', pid: process.pid });
    expect((await lockProfile({ dir: dir.path, mine, probe })).kind).toBe('held');
    expect(readdirSync(dir.path)).toEqual(['engine.lock']);
  });
});

test('an engine that hangs is not taken over: the failure names its process', async () => {
  writeLock(record({ pid: process.pid }));
  const outcome = lockProfile({ dir: dir.path, mine: record({ instance: 'mine' }), probe: async () => 'silent' });
  await expect(outcome).rejects.toMatchObject({
    value: { code: 'busy', message: expect.stringContaining(String(process.pid)) },
  });
});

test('the engine for attaching doors keeps the guards: no token, no foreign Host or Origin', async () => {
  const listener = await engineListener(silentLogger);
  listener.serve(routerOf({ system: { info: () => ({ ok: true, value: someInfo() }) } }));
  const { address, token } = listener.record;
  const call = (headers: Record<string, string>) =>
    send(address, {
      method: 'POST',
      path: '/rpc/system/info',
      headers: { 'content-type': 'application/json', origin: address, 'x-daybreak-token': token, ...headers },
      body: '{}',
    });
  expect((await call({})).status).toBe(200);
  expect((await call({ 'x-daybreak-token': 'wrong' })).status).toBe(401);
  expect((await call({ host: 'evil.example' })).status).toBe(421);
  expect((await call({ origin: 'http://evil.example' })).status).toBe(403);
  await listener.close();
});

describe('the profile folder', () => {
  test('is the option, then DAYBREAK_PROFILE, then where the operating system wants it', () => {
    const base = { platform: 'linux', home: '/home/anna', env: {} } as const;
    expect(profileDir({ ...base, option: '/p', env: { DAYBREAK_PROFILE: '/q' } })).toBe('/p');
    expect(profileDir({ ...base, env: { DAYBREAK_PROFILE: '/q' } })).toBe('/q');
    expect(profileDir({ ...base, env: { XDG_DATA_HOME: '/data' } })).toBe('/data/daybreak');
    expect(profileDir({ ...base, env: { XDG_DATA_HOME: 'relative' } })).toBe('/home/anna/.local/share/daybreak');
  });

  test.skipIf(process.platform === 'win32')('is made private, and never narrows a folder that is not a profile', () => {
    const fresh = join(dir.path, 'a', 'b');
    prepareProfileDir(fresh);
    expect(statSync(fresh).mode & 0o777).toBe(0o700);
    const shared = join(dir.path, 'shared');
    mkdirSync(shared);
    writeFileSync(join(shared, 'letter.txt'), '');
    chmodSync(shared, 0o777);
    expect(() => prepareProfileDir(shared)).toThrow(/others can look into it/);
    expect(statSync(shared).mode & 0o777).toBe(0o777);
  });
});
