import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createEngine, type RunningEngine } from '../../../../electron/core/create-engine.ts';
import type { StoredSample } from '../../../../electron/core/history/history.ts';
import { gatherInput } from '../../../../electron/core/mornings/gather-input.ts';
import { nodePorts } from '../../../../electron/hosts/node-ports.ts';
import type { Widget } from '../../../../shared/model/dashboard.ts';
import type { Finding, Verdict } from '../../../../shared/model/diagnosis.ts';
import { generateHistory } from '../../../support/generated-history.ts';
import { quiet, testFolder } from '../history/store.ts';

/** 09:00 UTC; the reports of the generated history run from 07:50 to 08:20. */
const nine = Date.UTC(2026, 10, 20, 9);
const hourMs = 3_600_000;
const morning = { fromMs: nine - 70 * 60_000, toMs: nine - 40 * 60_000 };
const host = 'erp-db-17.internal.example';

async function engineWith(minutes: number | null): Promise<RunningEngine> {
  const profileDir = await testFolder();
  if (minutes !== null) {
    generateHistory({
      file: join(profileDir, 'daybreak.sqlite'),
      serverId: 'erp',
      settings: {
        label: 'Invoices',
        environment: 'production',
        host,
        port: 5432,
        database: 'erp',
        user: 'planted_user',
        tlsMode: 'verify-full',
        tlsCaFile: '/etc/planted-ca.pem',
        passfile: '/home/planted/.pgpass',
        cores: 2,
        readModelSchema: 'reporting',
      },
      fromMs: nine - minutes * 60_000,
      minutes,
      statements: 60,
      changing: 25,
      seed: 11,
    });
  }
  const ports = nodePorts({ paths: { profileDir, resourcesDir: '' }, logger: quiet, door: 'test' });
  const engine = await createEngine(ports, { background: false });
  onTestFinished(() => engine.stop());
  return engine;
}

/** Statement ids are those of a store. */
const withoutIds = (verdict: Verdict): unknown =>
  JSON.parse(JSON.stringify(verdict, (key, value: unknown) => (/^(statementId|findingId)$/.test(key) ? '' : value)));

const widgetOver = (liveSql: string): Widget => ({
  widgetId: 'w1',
  title: 'Monthly sales',
  question: 'What was sold a month?',
  kind: 'table',
  source: { kind: 'live', sql: liveSql },
  liveSql,
  budget: 'live',
  x: null,
  series: null,
  values: ['amount'],
  formats: {},
  currency: null,
  layout: { x: 0, y: 0, w: 6, h: 4 },
});

const failure = (code: string, message: RegExp) => ({ value: { code, message: expect.stringMatching(message) } });

describe('a morning in a file', () => {
  test('gives the same verdict on another machine, and names no host, user or password file', async () => {
    const here = await engineWith(180);
    await here.history.samples.setClassOverride(
      'erp',
      (await here.history.samples.statements('erp'))[3]!.fingerprint,
      'batch',
    );
    const before = await here.mornings.diagnose('erp', morning.fromMs, morning.toMs);
    const capture = await here.captures.export('erp', morning);
    expect(capture).toMatchObject({ label: 'Invoices', ...morning, statements: 60 });
    expect((await here.captures.list()).captures).toEqual([capture]);
    const bytes = await readFile(capture.file);
    const inside = gunzipSync(bytes.subarray(bytes.indexOf('\n') + 1)).toString('latin1');
    expect(inside).toContain('select ');
    for (const secret of [host, 'planted']) expect(inside).not.toContain(secret);

    const there = await engineWith(null);
    const opened = await there.captures.open(capture.file);
    expect(
      (await there.servers.list()).map(({ serverId, state, capture: of }) => [serverId, state, of?.label]),
    ).toEqual([[opened.serverId, 'disconnected', 'Invoices']]);
    const after = await there.mornings.diagnose(opened.serverId, morning.fromMs, morning.toMs);
    expect(before.verdict.findings.length + before.verdict.victims.length).toBeGreaterThan(0);
    expect(withoutIds(after.verdict)).toEqual(withoutIds(before.verdict));
    const [mine, theirs] = await Promise.all([
      here.history.samples.rollups('erp', 'minute', morning.fromMs, morning.toMs),
      there.history.samples.rollups(opened.serverId, 'minute', morning.fromMs, morning.toMs),
    ]);
    expect(theirs.map(({ calls }) => calls)).toEqual(mine.map(({ calls }) => calls));
    expect(theirs.length).toBeGreaterThanOrEqual(29);
  });

  test('has the time zone, the ended experiments and the names of widgets of where it was taken', async () => {
    const here = await engineWith(150);
    const zone = vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions');
    onTestFinished(() => zone.mockRestore());
    zone.mockReturnValue({ timeZone: 'Asia/Tokyo' } as Intl.ResolvedDateTimeFormatOptions);
    const asked = [morning.fromMs, morning.toMs] as const;
    const { findings } = (await here.mornings.diagnose('erp', ...asked)).verdict;
    const [{ statement }] = findings as [Finding];
    const at = { fromMs: morning.fromMs, toMs: morning.toMs, problem: null, decision: null };
    await here.history.experiments.save({
      experimentId: 'dropped-reports',
      serverId: 'erp',
      statement,
      fromMinute: 470,
      toMinute: 500,
      timeZone: 'Asia/Tokyo',
      state: 'ended',
      createdAtMs: morning.fromMs,
      seed: 1,
      days: Array.from({ length: 8 }, (_, day) => ({
        ...at,
        day: `2026-11-${10 + day}`,
        arm: day % 2 === 0 ? 'live' : 'without',
        measured: { damagePerSaveMs: day % 2 === 0 ? 40 : 2, saves: 900, exposure: day % 2 === 0 ? 2 : 0 },
      })),
      result: { effectMs: 38, interval: [30, 46], p: 0.01, smallestP: 0.01, text: 'It follows the report.' },
    });
    await here.history.dashboards.save({
      dashboardId: 'd1',
      serverId: 'erp',
      title: 'Sales',
      widgets: [widgetOver(statement.text ?? '')],
    });
    const before = await here.mornings.diagnose('erp', ...asked);
    expect(before.verdict.sentence).toContain('16:50');
    const { file } = await here.captures.export('erp', morning);
    zone.mockRestore();

    const there = await engineWith(null);
    const { serverId } = await there.captures.open(file);
    const after = await there.mornings.diagnose(serverId, ...asked);
    expect(withoutIds(after.verdict)).toEqual(withoutIds(before.verdict));
    const { experiments } = await gatherInput(there, serverId, morning);
    expect(experiments).toMatchObject([{ fingerprint: statement.fingerprint, effectMs: 38, liveDays: 4 }]);
    const named = after.verdict.findings.find((finding) => finding.statement.fingerprint === statement.fingerprint);
    expect(named?.statement).toMatchObject({ widgetId: 'w1', widgetTitle: 'Monthly sales' });
  });

  test('opens once, cannot be connected, outlives retention, and goes like a connection', async () => {
    const here = await engineWith(150);
    const capture = await here.captures.export('erp', { fromMs: nine - hourMs, toMs: nine });
    const there = await engineWith(null);
    const [first, second] = await Promise.all([there.captures.open(capture.file), there.captures.open(capture.file)]);
    expect(second).toEqual(first);
    const { serverId } = first;
    await expect(there.servers.connect(serverId, null)).rejects.toMatchObject(failure('not_available', /is a capture/));
    await expect(there.servers.server(serverId)).rejects.toMatchObject(failure('not_available', /is a capture/));

    const { samples } = there.history;
    // Texts are read from the store when they are asked for.
    const kept = JSON.parse(JSON.stringify(await samples.samples(serverId, 0, 2e12))) as StoredSample[];
    await there.history.applyRetention(nine + 400 * 24 * hourMs);
    const { samples: again } = (await reopened(there)).history;
    expect(JSON.parse(JSON.stringify(await again.samples(serverId, 0, 2e12)))).toEqual(kept);
    expect(kept.some(({ rows }) => rows.some(({ row }) => /\d{4}/.test(row.query)))).toBe(true);
  });

  test('a capture that was removed can be opened again', async () => {
    const here = await engineWith(60);
    const capture = await here.captures.export('erp', { fromMs: nine - hourMs, toMs: nine });
    const { serverId } = await here.captures.open(capture.file);
    const [label] = (await here.servers.list()).flatMap((one) => (one.capture ? [one.settings.label] : []));
    await here.servers.remove(serverId, label ?? '');
    expect(await here.servers.list()).toHaveLength(1);
    expect(await here.history.samples.statementCount(serverId)).toBe(0);
    await here.captures.open(capture.file);
    expect(await here.history.samples.statementCount(serverId)).toBe(60);
  });

  test('minutes and hours come along where raw history is gone', async () => {
    const here = await engineWith(300);
    await here.history.applyRetention(nine + 47 * hourMs);
    const window = { fromMs: nine - 3 * hourMs, toMs: nine - 2 * hourMs };
    expect(await here.history.samples.samples('erp', window.fromMs, window.toMs - 1)).toEqual([]);
    const capture = await here.captures.export('erp', window);
    const there = await engineWith(null);
    const { serverId } = await there.captures.open(capture.file);
    const [mine, theirs] = await Promise.all(
      [[here, 'erp'] as const, [there, serverId] as const].map(async ([engine, id]) => {
        const { timeline } = await engine.mornings.timeline(id, window.fromMs - hourMs, window.toMs);
        return timeline.buckets;
      }),
    );
    expect(theirs).toEqual(mine);
    expect(theirs?.length).toBeGreaterThan(50);
  });

  test('opens from the bytes that a window sends in parts', async () => {
    const here = await engineWith(90);
    const { file } = await here.captures.export('erp', morning);
    const bytes = await readFile(file);
    const there = await engineWith(null);
    const uploadId = crypto.randomUUID();
    const half = Math.floor(bytes.length / 2);
    const part = (offset: number, end: number) =>
      there.captures.receive({ uploadId, offset, bytes: bytes.subarray(offset, end), last: end === bytes.length });
    expect(await part(0, half)).toEqual({ file: null });
    expect((await there.captures.list()).captures).toEqual([]);
    const received = await part(half, bytes.length);
    const { capture } = await there.captures.open(received.file ?? '');
    expect(capture).toMatchObject({ label: 'Invoices', ...morning });
    expect((await there.captures.list()).captures.map((one) => one.file)).toEqual([received.file]);
  });
});

describe('a file that cannot be opened', () => {
  test('is said in one sentence, and leaves nothing behind', async () => {
    const here = await engineWith(60);
    const capture = await here.captures.export('erp', { fromMs: nine - hourMs, toMs: nine });
    const dir = await testFolder();
    const whole = await readFile(capture.file);
    const line = whole.indexOf('\n') + 1;
    const inside = gunzipSync(whole.subarray(line));
    const file = async (name: string, bytes: Buffer | string): Promise<string> => {
      await writeFile(join(dir, name), bytes);
      return join(dir, name);
    };
    const cut = Buffer.concat([whole.subarray(0, line), gzipSync(inside.subarray(0, inside.length - 60_000))]);
    const changed = Buffer.from(inside);
    changed.fill(0xa5, Math.floor(inside.length / 2), Math.floor(inside.length / 2) + 400);
    const there = await engineWith(null);
    for (const [path, code, message] of [
      [join(dir, 'nowhere.daybreak'), 'not_found', /cannot be read/],
      [await file('foreign.daybreak', 'PNG or so'), 'invalid_input', /is no capture/],
      [await file('empty.daybreak', ''), 'invalid_input', /is no capture/],
      [await file('newer.daybreak', 'Daybreak capture 99\nx'), 'invalid_input', /newer Daybreak \(format 99/],
      [await file('short.daybreak', whole.subarray(0, whole.length - 5)), 'invalid_input', /is damaged/],
      [await file('cut.daybreak', cut), 'invalid_input', /is damaged/],
      [
        await file('changed.daybreak', Buffer.concat([whole.subarray(0, line), gzipSync(changed)])),
        'invalid_input',
        /is damaged/,
      ],
    ] as const) {
      await expect(there.captures.open(path), path).rejects.toMatchObject(failure(code, message));
      expect(await there.servers.list()).toEqual([]);
    }
    expect(await there.history.usage('anything')).toMatchObject({ statements: 0 });
    await there.captures.open(capture.file);
    expect(await there.servers.list()).toHaveLength(1);
  });

  test('an export goes nowhere else, over nothing, and not of nothing', async () => {
    const here = await engineWith(60);
    const dir = await testFolder();
    const window = { fromMs: nine - hourMs, toMs: nine };
    await writeFile(join(dir, 'mine.daybreak'), 'mine');
    await mkdir(join(dir, 'full'));
    for (const [file, code, message] of [
      ['relative.daybreak', 'invalid_input', /no absolute path/],
      [join(dir, 'mine.daybreak'), 'invalid_input', /exists already/],
      [join(dir, 'nowhere', 'a.daybreak'), 'invalid_input', /folder .* does not exist/],
      ['/proc/daybreak.daybreak', 'storage_failed', /cannot be written/],
    ] as const) {
      await expect(here.captures.export('erp', window, file)).rejects.toMatchObject(failure(code, message));
    }
    const before = { fromMs: nine - 900 * hourMs, toMs: nine - 899 * hourMs };
    await expect(here.captures.export('erp', before, join(dir, 'none.daybreak'))).rejects.toMatchObject(
      failure('not_found', /Nothing is stored/),
    );
    expect(await readdir(dir)).toEqual(['full', 'mine.daybreak']);
    const given = await here.captures.export('erp', window, join(dir, 'given.daybreak'));
    expect((await stat(given.file)).size).toBe(given.sizeBytes);
  });
});

test('usage tells what each tier holds, and how fast it grows', async () => {
  const here = await engineWith(180);
  const usage = await here.history.usage('erp');
  expect(usage.tiers.map(({ tier, entries }) => [tier, entries])).toEqual([
    ['raw', 180 + 180 * 12],
    ['minute', 181],
    ['hour', 4],
  ]);
  for (const { sizeBytes, fromMs, toMs } of usage.tiers) {
    expect(sizeBytes).toBeGreaterThan(1000);
    expect((toMs ?? 0) - (fromMs ?? 0)).toBeGreaterThan(2.9 * hourMs);
  }
  const tiers = usage.tiers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  expect(usage.storeBytes).toBeGreaterThan(tiers);
  expect((usage.bytesPerDay ?? 0) / (tiers * 8)).toBeCloseTo(1, 0);
  expect(await here.history.usage('unknown')).toMatchObject({ statements: 0, bytesPerDay: null });
});

/** The same profile in another engine: nothing of it is in memory any more. */
async function reopened(engine: RunningEngine): Promise<RunningEngine> {
  const { ports } = engine;
  await engine.stop();
  const next = await createEngine(ports, { background: false });
  onTestFinished(() => next.stop());
  return next;
}
