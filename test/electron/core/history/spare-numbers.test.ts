import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { History } from '../../../../electron/core/history/history.ts';
import { openHistory } from '../../../../electron/core/history/open-history.ts';
import { newCacheKeys } from '../../../../electron/core/history/seal.ts';
import { spareOf, writeSpare } from '../../../../electron/core/history/spare-numbers.ts';
import { defaultCacheLimits } from '../../../../shared/model/offline-cache.ts';
import { connectionOf, dashboardOf, heavyAt, now, numberAt, widgetOf } from './saved-result.ts';
import { openTestHistory, quiet, testFolder } from './store.ts';

let template: string;

/** A store with a dashboard of two widgets, and the copy beside it: made once. */
beforeAll(async () => {
  template = join(await mkdtemp(join(tmpdir(), 'daybreak-template-')), 'daybreak.sqlite');
  const history = await openHistory({ file: template, logger: quiet });
  await history.connections.save(connectionOf('erp'));
  await history.dashboards.save(dashboardOf('d', 'erp', [widgetOf('w'), widgetOf('late')]));
  for (let minute = 1; minute <= 3; minute++) {
    await history.dashboards.saveResult('d', 'live', numberAt(minute, `${minute}`), now + minute);
    await history.dashboards.saveResult('d', 'live', heavyAt(minute, 20_000, 'late'), now + minute);
  }
  await history.dashboards.saveResult('d', 'live', numberAt(4, 'north'), now, 'region=north');
  await history.close();
});

afterAll(() => rm(dirname(template), { recursive: true, force: true }));

async function savedStore(): Promise<string> {
  const file = join(await testFolder(), 'daybreak.sqlite');
  await copyFile(template, file);
  await copyFile(spareOf(template), spareOf(file));
  return file;
}

async function cutTheFront(file: string, bytes: number): Promise<void> {
  const whole = await readFile(file);
  await writeFile(file, whole.subarray(bytes));
}

async function openAgain(file: string): Promise<{ readonly history: History; readonly notices: readonly string[] }> {
  const notices: string[] = [];
  const history = await openTestHistory({ file, onNotice: (notice) => notices.push(notice) });
  return { history, notices };
}

async function expectLastGood(history: History): Promise<void> {
  expect((await history.connections.list()).map(({ serverId }) => serverId)).toEqual(['erp']);
  expect(await history.dashboards.get('d')).toMatchObject({ title: 'Dashboard d' });
  expect(await history.dashboards.lastResult('d', 'w', 'live')).toEqual(numberAt(3, '3'));
  expect((await history.dashboards.lastResult('d', 'w', 'live', 'region=north'))?.rows).toEqual([['north']]);
  expect((await history.dashboards.lastResult('d', 'late', 'live'))?.unreadable).toBeUndefined();
}

describe('the last good numbers are still there', () => {
  test.each([
    ['lost its first page', (file: string) => cutTheFront(file, 4096)],
    ['lost its first half', async (file: string) => cutTheFront(file, Math.floor((await stat(file)).size / 2))],
    ['lost its end', async (file: string) => truncate(file, Math.floor((await stat(file)).size / 4))],
    ['lost all but a page', (file: string) => truncate(file, 4096)],
  ])('of a store that %s', async (_, damage) => {
    const file = await savedStore();
    await damage(file);
    const { history, notices } = await openAgain(file);
    expect(notices).toEqual([expect.stringMatching(/was damaged.*1 connection, 1 dashboard and \d+ saved numbers/)]);
    expect(history.state).toEqual({ kept: true, notice: notices[0] });
    await expectLastGood(history);
    // And it works on as a store, with a copy of its own.
    await history.dashboards.saveResult('d', 'live', numberAt(9, '9'), now + 9);
    await history.close();
    await cutTheFront(file, 4096);
    const third = await openAgain(file);
    expect((await third.history.dashboards.lastResult('d', 'w', 'live'))?.rows).toEqual([['9']]);
  });

  test.each([
    ['emptied', (file: string) => truncate(file, 0)],
    ['deleted', (file: string) => rm(file)],
  ])('of a store that was %s', async (_, lose) => {
    const file = await savedStore();
    await lose(file);
    const { history, notices } = await openAgain(file);
    expect(notices).toEqual([expect.stringContaining('was gone or empty')]);
    await expectLastGood(history);
  });

  test('while a sound store is opened as ever, without a word', async () => {
    const { history, notices } = await openAgain(await savedStore());
    expect(notices).toEqual([]);
    expect(history.state).toEqual({ kept: true, notice: null });
    await expectLastGood(history);
  });

  test('when the copy is what is damaged: it is not needed, and made anew', async () => {
    const file = await savedStore();
    await writeFile(spareOf(file), 'not a database, either'.repeat(400));
    const { history, notices } = await openAgain(file);
    expect(notices).toEqual([]);
    await expectLastGood(history);
    await history.dashboards.saveResult('d', 'live', numberAt(3, '3'), now + 9);
    await history.close();
    await cutTheFront(file, 4096);
    await expectLastGood((await openAgain(file)).history);
  });

  test('but of a store and a copy that are both gone, which is said', async () => {
    const file = await savedStore();
    await cutTheFront(file, 4096);
    await cutTheFront(spareOf(file), 4096);
    const { history, notices } = await openAgain(file);
    expect(notices).toEqual([expect.stringContaining('connections have to be entered again')]);
    expect(await history.connections.list()).toEqual([]);
  });
});

describe('a store of a newer Daybreak', () => {
  const makeNewer = (file: string): void => {
    const db = new Database(file);
    db.exec(`alter table widget_result add column colour text; alter table dashboard rename column body to definition;
      alter table dashboard add column body text; update dashboard set body = definition; drop table watched_minute`);
    db.pragma('user_version = 999');
    db.pragma('journal_mode = delete');
    db.close();
  };

  test('is left as it is, its numbers are shown, and nothing is kept', async () => {
    const file = await savedStore();
    makeNewer(file);
    const before = await readFile(file);
    const { history, notices } = await openAgain(file);
    expect(notices).toEqual([
      expect.stringMatching(/newer Daybreak \(store version 999.*nothing that is done now is kept/),
    ]);
    expect(history.state).toEqual({ kept: false, notice: notices[0] });
    await expectLastGood(history);
    await history.dashboards.saveResult('d', 'live', numberAt(9, '9'), now + 9);
    expect((await history.dashboards.lastResult('d', 'w', 'live'))?.rows).toEqual([['9']]);
    const spare = await readFile(spareOf(file));
    await history.close();
    expect(await readFile(file)).toEqual(before);
    expect(await readFile(spareOf(file))).toEqual(spare);
    expect((await readdir(join(file, '..'))).toSorted()).toEqual(['daybreak.sqlite', 'daybreak.sqlite.numbers']);
    await expectLastGood((await openAgain(file)).history);
  });

  test('runs no plan, which needs a journal that is kept', async () => {
    const file = await savedStore();
    makeNewer(file);
    const { history } = await openAgain(file);
    await expect(history.plans.save({ planId: 'p', serverId: 'erp' } as never)).rejects.toMatchObject({
      value: { code: 'storage_failed', message: expect.stringContaining('Start the newer Daybreak') },
    });
  });

  test('whose results cannot be read is answered out of the copy', async () => {
    const file = await savedStore();
    const db = new Database(file);
    db.exec('drop table widget_result; drop table dashboard');
    db.pragma('user_version = 999');
    db.close();
    await expectLastGood((await openAgain(file)).history);
  });
});

describe('the copy', () => {
  test('has the newest number of each widget and filters, within a quarter of the cap', async () => {
    const file = join(await testFolder(), 'daybreak.sqlite');
    const history = await openTestHistory({ file });
    await history.offlineCache.saveSettings({
      limits: { ...defaultCacheLimits, capBytes: 10 * 1024 ** 2 },
      seal: { kind: 'none' },
    });
    await history.dashboards.save(
      dashboardOf(
        'd',
        'erp',
        ['a', 'b', 'c', 'e'].map((id) => widgetOf(id)),
      ),
    );
    for (const [place, id] of ['a', 'b', 'c', 'e'].entries()) {
      await history.dashboards.saveResult('d', 'live', heavyAt(1, 900_000, id), now + place);
      await history.dashboards.saveResult('d', 'live', heavyAt(2, 900_000, id), now + 10 + place);
    }
    await history.close();
    const copy = new Database(spareOf(file), { readonly: true });
    const kept = copy.prepare('select widget_id, as_of from widget_result order by widget_id').all();
    copy.close();
    expect(kept).toEqual(['c', 'e'].map((widget_id) => ({ widget_id, as_of: heavyAt(2, 1).freshness.asOf })));
    expect((await stat(spareOf(file))).size).toBeLessThan(2.6 * 1024 ** 2);
  });

  test('is made of a store from before there was one', async () => {
    const file = await savedStore();
    await rm(spareOf(file));
    await (await openTestHistory({ file })).close();
    await cutTheFront(file, 4096);
    await expectLastGood((await openAgain(file)).history);
  });

  test('follows while the store is open', async () => {
    const file = join(await testFolder(), 'daybreak.sqlite');
    const history = await openTestHistory({ file });
    await history.connections.save(connectionOf('erp'));
    await expect.poll(() => existsSync(spareOf(file)), { timeout: 10_000 }).toBe(true);
  });

  test('of a killed process is the one before, or the whole new one', async () => {
    const file = await savedStore();
    for (let round = 1; round <= 4; round++) {
      const child = fork(join(import.meta.dirname, 'killed-spare.ts'), [file], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      await once(child, 'message');
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const copy = new Database(spareOf(file), { readonly: true });
      expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(copy.prepare('select count(*) as n from widget_result').get()).toEqual({ n: 3 });
      copy.close();
    }
    await cutTheFront(file, 4096);
    await expectLastGood((await openAgain(file)).history);
    expect((await readdir(join(file, '..'))).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('that cannot be made leaves the one before', async () => {
    const file = await savedStore();
    const before = await readFile(spareOf(file));
    const db = new Database(file);
    db.exec('drop table model_rows');
    expect(() => writeSpare(db, file)).toThrow(/model_rows/);
    db.close();
    expect(await readFile(spareOf(file))).toEqual(before);
    expect(existsSync(`${spareOf(file)}.new`)).toBe(false);
  });

  test('is sealed with the store, and what lay open is not found in it', async () => {
    const file = await savedStore();
    const secret = 'SECRET-4711-OF-THE-BOARD';
    const history = await openTestHistory({ file });
    const limits = defaultCacheLimits;
    const blob = heavyAt(7, 9_000, 'late');
    await history.dashboards.saveResult('d', 'live', { ...blob, rows: [[secret]] }, now + 7);
    const { keyId, publicKey, privateKey } = newCacheKeys();
    await history.offlineCache.saveSettings({ limits, seal: { kind: 'system', leaving: false, keyId, publicKey } });
    await history.offlineCache.seal();
    await history.close();
    const copy = new Database(spareOf(file), { readonly: true });
    expect(copy.prepare('select distinct sealed_with from widget_result').all()).toEqual([{ sealed_with: keyId }]);
    copy.close();

    await cutTheFront(file, 4096);
    const { history: again } = await openAgain(file);
    expect((await again.dashboards.lastResult('d', 'w', 'live'))?.unreadable).toBe('locked');
    again.offlineCache.useKey({ keyId, privateKey });
    expect((await again.dashboards.lastResult('d', 'late', 'live'))?.rows).toEqual([[secret]]);
  });

  test('has nothing of a connection that was removed', async () => {
    const file = await savedStore();
    const history = await openTestHistory({ file });
    await history.connections.save(connectionOf('other'));
    await history.connections.remove('erp');
    expect(existsSync(spareOf(file)) && readFileSync(spareOf(file)).includes('Dashboard d')).toBe(false);
    await history.close();
    await cutTheFront(file, 4096);
    const { history: again } = await openAgain(file);
    expect((await again.connections.list()).map(({ serverId }) => serverId)).toEqual(['other']);
  });
});

test('a dashboard that was removed is in no copy, although it can be put back', async () => {
  const file = await savedStore();
  const history = await openTestHistory({ file });
  await history.dashboards.save(dashboardOf('other', 'erp', [widgetOf('x')]));
  await history.dashboards.setAside('d', now);
  expect(existsSync(spareOf(file)) && readFileSync(spareOf(file)).includes('Dashboard d')).toBe(false);
  await history.close();
  const copy = new Database(spareOf(file), { readonly: true });
  expect(copy.prepare('select dashboard_id from dashboard').all()).toEqual([{ dashboard_id: 'other' }]);
  expect(copy.prepare('select * from widget_result').all()).toEqual([]);
  copy.close();
  const again = await openTestHistory({ file });
  const [removed] = await again.dashboards.removed('erp', 0);
  if (removed === undefined) throw new Error('it was set aside');
  await again.dashboards.putBack(removed.dashboard);
  expect(await again.dashboards.lastResult('d', 'w', 'live')).toEqual(numberAt(3, '3'));
});

/** Keeps a descriptor open, so that what a file was can be looked at after it is gone. */
test('a copy that is taken away is overwritten first', async () => {
  const file = await savedStore();
  const held = await open(spareOf(file), 'r');
  try {
    const history = await openTestHistory({ file });
    await history.dashboards.remove('d');
    const left = await held.readFile();
    expect(left.length).toBeGreaterThan(0);
    expect(left.every((byte) => byte === 0)).toBe(true);
  } finally {
    await held.close();
  }
});
