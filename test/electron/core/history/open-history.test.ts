import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { migrate } from '../../../../electron/core/history/migrate.ts';
import { migrations } from '../../../../electron/core/history/migrations/index.ts';
import { requireNodeApi } from '../../../../electron/core/history/sqlite.ts';
import { activityRow, deltaSet, keyOf, openTestHistory, testFolder } from './store.ts';

const storageFailed = (message: RegExp) => ({
  value: { code: 'storage_failed', message: expect.stringMatching(message) },
});

describe('opening the local store', () => {
  test('makes it once, and goes on with what is there', async () => {
    const file = join(await testFolder(), 'daybreak.sqlite');
    const migrated: unknown[] = [];
    const first = await openTestHistory({ file, onMigrated: (step) => migrated.push(step) });
    await first.samples.setClassOverride('erp', 'f00d', 'batch');
    await first.close();

    const second = await openTestHistory({ file, onMigrated: (step) => migrated.push(step) });
    expect(await second.samples.classOverrides('erp')).toEqual(new Map([['f00d', 'batch']]));
    expect(migrated).toEqual([{ from: 0, to: migrations.at(-1)?.version }]);
  });

  test('a store of a newer Daybreak is refused and left as it is', async () => {
    const file = join(await testFolder(), 'daybreak.sqlite');
    await (await openTestHistory({ file })).close();
    const db = new Database(file);
    db.pragma('user_version = 99');
    db.close();
    const before = await readFile(file);

    await expect(openTestHistory({ file })).rejects.toMatchObject(storageFailed(/newer Daybreak \(store version 99/));
    expect(await readFile(file)).toEqual(before);
  });

  test('a store that was closed leaves no log, which would make the next start read all of it', async () => {
    const dir = await testFolder();
    const history = await openTestHistory({ file: join(dir, 'daybreak.sqlite') });
    await history.samples.setClassOverride('erp', 'f00d', 'batch');
    await history.samples.classOverrides('erp');
    await history.close();
    expect((await readdir(dir)).filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
  });

  test('an SQLite file of another program is refused', async () => {
    const file = join(await testFolder(), 'daybreak.sqlite');
    new Database(file).exec('create table theirs (a)').close();
    await expect(openTestHistory({ file })).rejects.toMatchObject(storageFailed(/another program/));
  });

  test('a folder that does not exist is said, not made', async () => {
    const file = join(await testFolder(), 'nowhere', 'daybreak.sqlite');
    await expect(openTestHistory({ file })).rejects.toMatchObject(storageFailed(/its folder exists/));
  });

  test('a file that is no database is put aside and reported, never deleted', async () => {
    const dir = await testFolder();
    const file = join(dir, 'daybreak.sqlite');
    await writeFile(file, 'not a database, but somebody may want it'.repeat(200));
    const notices: string[] = [];
    const history = await openTestHistory({ file, onNotice: (notice) => notices.push(notice) });

    expect(await history.connections.list()).toEqual([]);
    const aside = (await readdir(dir)).find((name) => /^daybreak\.sqlite\.corrupt-\d{8}T\d{6}Z$/.test(name));
    expect(await readFile(join(dir, aside ?? 'none'), 'utf8')).toMatch(/^not a database/);
    expect(notices).toEqual([expect.stringContaining(aside ?? 'none')]);
  });

  test('damage met while reading is said, and put aside at the next start', async () => {
    const dir = await testFolder();
    const file = join(dir, 'daybreak.sqlite');
    const first = await openTestHistory({ file });
    for (let at = 0; at < 2000; at++) {
      const rows = Array.from({ length: 40 }, (_, pid) =>
        activityRow({ pid, query: `select ${'x'.repeat(90)}${pid}` }),
      );
      await first.samples.saveSample('erp', { atMs: 1_795_000_000_000 + at, rows });
    }
    await first.close();
    await overwrite(file, 0.6, 0.95);

    const second = await openTestHistory({ file });
    await expect(second.samples.samples('erp', 0, 2e12)).rejects.toMatchObject(storageFailed(/Restart Daybreak/));
    await second.close();

    const third = await openTestHistory({ file });
    expect(await third.samples.samples('erp', 0, 2e12)).toEqual([]);
    expect((await readdir(dir)).some((name) => name.startsWith('daybreak.sqlite.corrupt-'))).toBe(true);
  });

  test('a packed interval that was damaged is said, and leaves the rest as it was', async () => {
    const file = join(await testFolder(), 'daybreak.sqlite');
    const first = await openTestHistory({ file });
    const [early, late] = [1_795_000_020_000, 1_795_000_080_000];
    for (const toMs of [early, late]) await first.samples.saveDeltas('erp', deltaSet(toMs, [keyOf('1')]));
    await first.close();
    const db = new Database(file);
    db.prepare("update interval set deltas = x'00ff' where to_us = ?").run(late * 1000);
    db.close();

    const history = await openTestHistory({ file });
    const [sound, damaged] = await history.samples.deltas('erp', 0, 2e12);
    expect(sound?.deltas).toHaveLength(1);
    const said = storageFailed(/^A part of .* is damaged: .* some hours away/);
    for (const read of [() => damaged?.deltas, () => damaged?.columns]) {
      await expect((async () => read())()).rejects.toMatchObject(said);
    }
  });

  test('a closed store says so', async () => {
    const history = await openTestHistory();
    await history.close();
    await expect(history.connections.list()).rejects.toMatchObject(storageFailed(/closed/));
    await expect(history.samples.setClassOverride('erp', 'f', null)).rejects.toMatchObject(storageFailed(/closed/));
  });
});

test('a Node that SQLite would crash is told apart before it is loaded', () => {
  expect(() => requireNodeApi('9')).toThrow(/Daybreak needs Node 22\.14 or newer/);
  expect(() => requireNodeApi('10')).not.toThrow();
});

describe('migrations', () => {
  test('are in the order of their numbers, each once', () => {
    const numbers = migrations.map((step) => step.version);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  });

  test('any released store goes on from where it stands', () => {
    const to = migrations.at(-1)?.version;
    for (const [index, released] of migrations.entries()) {
      const db = new Database(':memory:');
      migrate(db, migrations.slice(0, index + 1));
      expect(migrate(db)).toEqual(released.version === to ? null : { from: released.version, to });
      db.close();
    }
  });

  test('a step that fails leaves the step before it', () => {
    const db = new Database(':memory:');
    const broken = { version: 2, name: 'broken', sql: 'create table half (a); create table half (a);' };
    expect(() => migrate(db, [{ version: 1, name: 'one', sql: 'create table one (a)' }, broken])).toThrow(/half/);
    expect(db.pragma('user_version', { simple: true })).toBe(1);
    expect(db.prepare("select name from sqlite_schema where type = 'table'").all()).toEqual([{ name: 'one' }]);
    db.close();
  });
});

async function overwrite(file: string, from: number, to: number): Promise<void> {
  const { size } = await stat(file);
  const handle = await open(file, 'r+');
  const start = Math.floor(size * from);
  await handle.write(Buffer.alloc(Math.floor(size * to) - start, 0xa5), 0, undefined, start);
  await handle.close();
}
