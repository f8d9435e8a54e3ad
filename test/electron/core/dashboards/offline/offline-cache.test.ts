import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OfflineCache } from '../../../../../electron/core/dashboards/offline/offline-cache.ts';
import { createEvents } from '../../../../../electron/core/events.ts';
import type { History } from '../../../../../electron/core/history/history.ts';
import { openHistory } from '../../../../../electron/core/history/open-history.ts';
import { newCacheKeys } from '../../../../../electron/core/history/seal.ts';
import type { SecretStore } from '../../../../../electron/core/ports.ts';
import { packBody } from '../../../../../electron/core/history/result-body.ts';
import { memorySecrets, nodePorts } from '../../../../../electron/hosts/node-ports.ts';
import { at, dashboardOf, now, numberAt } from '../../history/saved-result.ts';
import { quiet, testFolder } from '../../history/store.ts';

/** A number that occurs nowhere else. */
const planted = '61731172.504099';

/** What the desktop window has: it outlives the engine. */
const systemSecrets = (): SecretStore => ({ ...memorySecrets(), kind: 'system' });

async function engine(profileDir: string, secrets: SecretStore = memorySecrets()) {
  const history = await openHistory({ file: join(profileDir, 'daybreak.sqlite'), logger: quiet });
  let closed = false;
  const close = async () => {
    if (!closed) await history.close();
    closed = true;
  };
  onTestFinished(close);
  const ports = nodePorts({ paths: { profileDir, resourcesDir: '' }, logger: quiet, door: 'test', secrets });
  const cache = new OfflineCache({ ports, history, events: createEvents() });
  await cache.start();
  return { history, cache, close };
}

async function withNumbers(history: History): Promise<void> {
  await history.dashboards.save(dashboardOf('d'));
  for (let minute = 1; minute <= 6; minute++)
    await history.dashboards.saveResult('d', 'live', numberAt(minute, planted), now + minute, `f${minute % 3}`);
  await history.dashboards.saveResult('d', 'live', numberAt(46, planted), now);
}

const last = (history: History) => history.dashboards.lastResult('d', 'w', 'live');
const failure = (code: string, message: RegExp) => ({ value: { code, message: expect.stringMatching(message) } });

test('turned on, it encrypts what is there; locked, numbers keep their age and none is lost; a passphrase opens them', async () => {
  const dir = await testFolder();
  const first = await engine(dir);
  await withNumbers(first.history);
  expect(await first.cache.status()).toMatchObject({ protection: 'none', locked: false, pending: 0 });
  const on = await first.cache.protect({ with: 'passphrase', passphrase: 'early morning' });
  expect(on).toMatchObject({ protection: 'passphrase', locked: false, pending: 0 });
  expect(await last(first.history)).toEqual(numberAt(46, planted));
  await first.close();

  const next = await engine(dir);
  expect(await next.cache.status()).toMatchObject({ protection: 'passphrase', locked: true });
  const locked = await last(next.history);
  expect(locked).toMatchObject({
    unreadable: 'locked',
    rows: [],
    freshness: { asOf: numberAt(46, '').freshness.asOf },
  });
  expect((await next.history.results.list(at())).map(({ readable }) => readable)).toEqual(['locked']);
  // A locked cache goes on saving.
  await next.history.dashboards.saveResult('d', 'live', numberAt(47, '47'), now);
  expect(await last(next.history)).toMatchObject({
    unreadable: 'locked',
    freshness: { asOf: numberAt(47, '').freshness.asOf },
  });

  await expect(next.cache.unlock('late evening')).rejects.toMatchObject(
    failure(
      'invalid_input',
      /^That passphrase does not open the saved numbers\. Nothing was changed or lost; try again\.$/,
    ),
  );
  await expect(next.cache.unlock(null)).rejects.toMatchObject(failure('invalid_input', /passphrase/));
  expect(await next.cache.unlock('early morning')).toMatchObject({ locked: false });
  expect((await last(next.history))?.rows).toEqual([['47']]);
  expect(await next.history.results.list(at())).toHaveLength(2);
  expect(await next.cache.lock()).toMatchObject({ locked: true });
});

test('no number that was saved is left readable in any file of the profile, and neither is the key', async () => {
  const dir = await testFolder();
  const { history, cache, close } = await engine(dir);
  // Stored as it stands, so that it can be searched for: what packs well would be found by nobody.
  await history.dashboards.save(dashboardOf('d'));
  for (let minute = 1; minute <= 25; minute++)
    await history.dashboards.saveResult('d', 'live', { ...numberAt(minute, planted), columns: [] }, now);
  const bodies = Array.from({ length: 25 }, (_, at) => packBody({ ...numberAt(at + 1, planted), columns: [] }));
  const readable = () => files().some((bytes) => bodies.some((body) => bytes.includes(body)));
  const files = () =>
    ['daybreak.sqlite', 'daybreak.sqlite-wal'].map((name) => {
      try {
        return readFileSync(join(dir, name));
      } catch {
        return Buffer.alloc(0);
      }
    });
  expect(readable()).toBe(true);
  await cache.protect({ with: 'passphrase', passphrase: 'early morning' });
  expect(readable()).toBe(false);
  await close();
  expect(readable()).toBe(false);
  expect(files().some((bytes) => bytes.includes('early morning'))).toBe(false);
});

test('turned off, all lies open again, and the passphrase is needed for it', async () => {
  const dir = await testFolder();
  const first = await engine(dir);
  await withNumbers(first.history);
  await first.cache.protect({ with: 'passphrase', passphrase: 'early morning' });
  await first.cache.lock();
  await expect(first.cache.protect({ with: 'none' })).rejects.toMatchObject(failure('permission_denied', /locked/));
  await expect(first.cache.protect({ with: 'passphrase', passphrase: 'another one' })).rejects.toMatchObject(
    failure('permission_denied', /Unlock them first/),
  );
  await first.cache.unlock('early morning');
  expect(await first.cache.protect({ with: 'none' })).toMatchObject({ protection: 'none', locked: false, pending: 0 });
  await first.close();
  const next = await engine(dir);
  expect(await last(next.history)).toEqual(numberAt(46, planted));
});

test('another passphrase takes the place of the first without touching the numbers', async () => {
  const { history, cache } = await engine(await testFolder());
  await withNumbers(history);
  await cache.protect({ with: 'passphrase', passphrase: 'early morning' });
  await cache.protect({ with: 'passphrase', passphrase: 'later morning' });
  await cache.lock();
  await expect(cache.unlock('early morning')).rejects.toMatchObject(failure('invalid_input', /does not open/));
  await cache.unlock('later morning');
  expect(await last(history)).toEqual(numberAt(46, planted));
});

test('a lost passphrase costs the saved numbers and nothing else, and only when somebody says so', async () => {
  const { history, cache } = await engine(await testFolder());
  await withNumbers(history);
  await cache.protect({ with: 'passphrase', passphrase: 'early morning' });
  await cache.lock();
  expect(await cache.protect({ with: 'none', discard: true })).toMatchObject({ protection: 'none', locked: false });
  expect(await last(history)).toBeNull();
  expect(await history.dashboards.get('d')).toMatchObject({ title: 'Dashboard d' });
  await history.dashboards.saveResult('d', 'live', numberAt(50, '50'), now);
  expect((await last(history))?.rows).toEqual([['50']]);
});

test('a door without a safe store says so and encrypts nothing', async () => {
  const { history, cache } = await engine(await testFolder());
  await withNumbers(history);
  await expect(cache.protect({ with: 'system' })).rejects.toMatchObject(
    failure('not_available', /no safe store of the operating system.*Choose a passphrase.*Nothing was changed/),
  );
  const { protection, words } = await cache.status();
  expect([protection, words]).toEqual(['none', expect.stringContaining('only a passphrase can protect them')]);
});

test('a file is no safe store: a key in it would lie beside the numbers', async () => {
  const secrets: SecretStore = { ...memorySecrets(), kind: 'file' };
  const { history, cache } = await engine(await testFolder(), secrets);
  await withNumbers(history);
  await expect(cache.protect({ with: 'system' })).rejects.toMatchObject(
    failure('not_available', /a key in a file would lie beside the numbers.*Choose a passphrase/),
  );
  expect(await cache.status()).toMatchObject({
    protection: 'none',
    secretStore: 'file',
    words: expect.stringContaining('only a passphrase can protect them'),
  });
});

test('the key of the operating system opens them at the next start; another door sees them locked, and saves on', async () => {
  const dir = await testFolder();
  const secrets = systemSecrets();
  const first = await engine(dir, secrets);
  await withNumbers(first.history);
  await first.cache.protect({ with: 'system' });
  await first.close();

  const door = await engine(dir);
  expect(await door.cache.status()).toMatchObject({
    protection: 'system',
    locked: true,
    words: expect.stringContaining('this door cannot have it'),
  });
  await door.history.dashboards.saveResult('d', 'live', numberAt(47, '47'), now);
  await door.close();

  const next = await engine(dir, secrets);
  expect(await next.cache.status()).toMatchObject({ protection: 'system', locked: false });
  expect((await last(next.history))?.rows).toEqual([['47']]);
  // From the system's key to a passphrase: the old key is of no use to anybody afterwards.
  await next.cache.protect({ with: 'passphrase', passphrase: 'early morning' });
  await next.close();
  expect(await (await engine(dir, secrets)).cache.status()).toMatchObject({ protection: 'passphrase', locked: true });
});

test('a change that was cut off is finished by the next engine', async () => {
  const dir = await testFolder();
  const secrets = systemSecrets();
  const first = await engine(dir, secrets);
  await withNumbers(first.history);
  await first.cache.protect({ with: 'system' });
  // Half of it open again, as after a kill in the middle of turning it off.
  const { offlineCache } = first.history;
  const settings = await offlineCache.settings();
  if (settings.seal.kind === 'none') throw new Error('it is on');
  await offlineCache.saveSettings({ ...settings, seal: { ...settings.seal, leaving: true } });
  await first.history.dashboards.saveResult('d', 'live', numberAt(48, '48'), now);
  expect(await first.cache.status()).toMatchObject({ pending: expect.any(Number) });
  await first.close();
  const next = await engine(dir, secrets);
  expect(await next.cache.status()).toMatchObject({ protection: 'none', pending: 0 });
  expect((await last(next.history))?.rows).toEqual([['48']]);
  expect(await next.history.results.list(at())).toHaveLength(2);
});

test('killed in the middle of encrypting, nothing is lost, and the next engine encrypts the rest', async () => {
  const dir = await testFolder();
  const file = join(dir, 'daybreak.sqlite');
  const before = await openHistory({ file, logger: quiet });
  await before.dashboards.save(dashboardOf('d'));
  await before.close();
  const { keyId, publicKey, privateKey } = newCacheKeys();
  const child = fork(new URL('./killed-sealer.ts', import.meta.url), [file, JSON.stringify({ keyId, publicKey })], {
    execArgv: [],
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  const secrets = systemSecrets();
  await secrets.set(`offline-cache:${keyId}`, privateKey);
  const { history, cache } = await engine(dir, secrets);
  expect(await cache.status()).toMatchObject({ protection: 'system', locked: false, pending: 0, results: 50 });
  expect(await history.offlineCache.usage()).toMatchObject({ sealed: 50, open: 0 });
  for (let filter = 0; filter < 10; filter += 1) {
    const place = at('w', 'live', `f${filter}`);
    for (const { resultId, asOf } of await history.results.list(place)) {
      const minute = new Date(asOf ?? '').getUTCMinutes();
      expect((await history.results.get(place, resultId))?.rows).toEqual([[String(minute)]]);
    }
  }
});
