import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../../../electron/core/history/migrate.ts';
import { migrations } from '../../../../electron/core/history/migrations/index.ts';
import { openWriter } from '../../../../electron/core/history/sqlite.ts';
import { createCommandRunner } from '../../../../electron/core/history/writer-commands.ts';
import { activityRow, deltaSet, keyOf, openTestHistory, testFolder } from './store.ts';

const minuteMs = 60_000;
/** The beginning of an hour. */
const ten = Math.floor(1_795_000_000_000 / 3_600_000) * 3_600_000;

test('rows of a store of version 5 are read as before, rolled up, and go with retention', async () => {
  const file = join(await testFolder(), 'daybreak.sqlite');
  const old = new Database(file);
  old.pragma('auto_vacuum = incremental');
  migrate(
    old,
    migrations.filter(({ version }) => version <= 5),
  );
  old.exec(`
    insert into server (server_key, server_id) values (1, 'erp');
    insert into text values (1, x'01', 'select 1', 'f1', 400000), (2, x'02', 'select 7', 'f1', 400000);
    insert into statement (statement_id, server_key, database_oid, role_oid, queryid, toplevel, text_id, normalized,
      fingerprint, last_seen_hour) values (7, 1, '16384', '16390', '11', 1, 1, 1, 'f1', 400000);
    insert into origin values (1, x'01', 'erp', '16384', 'erp_app', '16390', 'till', 'client backend', 400000);
    insert into wait values (1, 'active', null, null);
  `);
  for (let minute = 1; minute <= 3; minute += 1) {
    const toUs = (ten + minute * minuteMs) * 1000;
    old.prepare('insert into interval values (?, 1, ?, ?, 0, 0, 1, null)').run(minute, toUs - 60e6, toUs);
    old
      .prepare(
        `insert into delta values (?, 7, 0, 5, 6, 2000000, 400000.0, 0, 0, 30, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 10)`,
      )
      .run(minute);
    old.prepare('insert into sample values (?, 1, ?)').run(minute, toUs - 1e6);
    old.prepare('insert into sample_row values (?, 0, 42, null, 1, 1, 7, 2, 1000, null, 3)').run(minute);
    old.prepare('insert into sample_blocker values (?, 0, 99)').run(minute);
  }
  old.close();

  const { samples, applyRetention } = await openTestHistory({ file });
  const [interval] = await samples.deltas('erp', ten, ten + minuteMs);
  expect(interval?.deltas).toMatchObject([
    { statementId: '7', counters: { calls: 5, rows: 6, totalExecMs: 2, sharedBlksHit: 30, walBytes: 10 } },
  ]);
  const [sample] = await samples.samples('erp', ten, ten + minuteMs);
  expect(sample?.rows).toMatchObject([
    { statementId: '7', row: { pid: 42, query: 'select 7', applicationName: 'till', blockedByPids: [99] } },
  ]);
  await expect
    .poll(async () => (await samples.rollups('erp', 'minute', ten, ten + 3 * minuteMs)).map(({ calls }) => [...calls]))
    .toEqual([[5], [5], [5]]);
  const year = 400 * 24 * 3_600_000;
  await applyRetention(ten + year);
  expect(await samples.extent('erp')).toBeNull();
  const left = new Database(file, { readonly: true });
  expect(left.prepare('select (select count(*) from delta) + (select count(*) from sample_row) as n').get()).toEqual({
    n: 0,
  });
  left.close();
});

test('each tier goes at its own time', async () => {
  const { samples, applyRetention } = await openTestHistory();
  const day = 24 * 3_600_000;
  for (const ago of [366, 364, 15, 13, 3, 1]) {
    for (let minute = 0; minute <= 62; minute += 1) {
      await samples.saveDeltas('erp', deltaSet(ten - ago * day + minute * minuteMs, [keyOf('11')]));
    }
  }
  await applyRetention(ten + 5 * minuteMs);
  const daysAgo = (moments: readonly { readonly fromMs: number }[]): number[] => [
    ...new Set(moments.map(({ fromMs }) => Math.round((ten - fromMs) / day))),
  ];
  expect(daysAgo(await samples.deltas('erp', 0, 2e12))).toEqual([1]);
  expect(daysAgo(await samples.rollups('erp', 'minute', 0, 2e12))).toEqual([13, 3, 1]);
  expect(daysAgo(await samples.rollups('erp', 'hour', 0, 2e12))).toEqual([364, 15, 13, 3, 1]);
  expect(daysAgo([(await samples.extent('erp')) ?? { fromMs: 0 }])).toEqual([364]);
  expect(await samples.statementCount('erp')).toBe(1);
});

test('statements that were found to be one stay one in packed history', async () => {
  const { samples } = await openTestHistory();
  const row = activityRow({ queryid: null, query: 'select a from t where b = 7' });
  for (let at = 0; at < 4; at += 1) await samples.saveSample('erp', { atMs: ten + at * minuteMs, rows: [row] });
  await samples.saveTexts('erp', [
    { key: keyOf('11'), text: 'select a from t where b = $1', databaseName: 'erp', roleName: 'erp_app' },
  ]);
  const statements = await samples.statements('erp');
  expect(statements).toHaveLength(1);
  const [minute] = await samples.rollups('erp', 'minute', ten, ten + minuteMs);
  expect([...(minute?.statementIds ?? [])].map(String)).toEqual([statements[0]?.statementId]);
  const [packed] = await samples.packedRollups('erp', 'minute', ten, ten + minuteMs);
  expect(packed?.idOf).not.toBeNull();
});

test('an engine that is killed while it rolls up loses no minute and counts none twice', async () => {
  const file = join(await testFolder(), 'daybreak.sqlite');
  const child = fork(new URL('./killed-roll-up.ts', import.meta.url), [file, String(ten)], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let written = 0;
  child.on('message', (minutes: number) => {
    written = minutes;
    if (written >= 130) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  const { samples } = await openTestHistory({ file });
  const stored = await samples.deltas('erp', ten, 2e12);
  expect(stored.length).toBeGreaterThanOrEqual(written);
  const calls = (rollups: readonly { readonly calls: Float64Array }[]): number =>
    rollups.reduce((sum, { calls: each }) => sum + each.reduce((a, b) => a + b, 0), 0);
  await expect
    .poll(async () => calls(await samples.rollups('erp', 'minute', ten, 2e12)), { timeout: 5000 })
    .toBe(stored.length * 10);
  const hours = await samples.rollups('erp', 'hour', ten, 2e12);
  expect(hours.map((hour) => calls([hour]))).toEqual([600, 600]);
});

test('a full disk is a failure, and what was stored before stays', async () => {
  const file = join(await testFolder(), 'daybreak.sqlite');
  const { db } = openWriter(file, ten);
  const run = createCommandRunner(db);
  const keys = Array.from({ length: 300 }, (_, index) => keyOf(String(index)));
  const minute = (at: number) => run('saveDeltas', ['erp', deltaSet(ten + at * minuteMs, keys)]);
  for (let at = 0; at < 10; at += 1) minute(at);
  db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 2}`);
  let full = 10;
  expect(() => {
    for (; full < 60; full += 1) minute(full);
  }).toThrow(/full/);
  // Space is freed: the same minute is written, once.
  db.pragma('max_page_count = 1000000');
  minute(full);
  expect(db.prepare('select count(*) as n from interval').get()).toEqual({ n: full + 1 });
  db.close();
  const { samples } = await openTestHistory({ file });
  expect(await samples.deltas('erp', 0, 2e12)).toHaveLength(full + 1);
  await expect.poll(async () => (await samples.rollups('erp', 'minute', 0, 2e12)).length).toBe(full + 1);
});
