import { expect, test } from 'vitest';
import { noCounters } from '../../../../electron/core/diagnosis/no-counters.ts';
import type { TimeWindow } from '../../../../electron/core/diagnosis/input.ts';
import type { StoredStatement } from '../../../../electron/core/history/history.ts';
import { setClass } from '../../../../electron/core/mornings/classes.ts';
import { classReach, gatherInput } from '../../../../electron/core/mornings/gather-input.ts';
import { gatherTimeline } from '../../../../electron/core/mornings/gather-timeline.ts';
import { compareWindows } from '../../../../electron/core/mornings/compare.ts';
import type { ServerFacts } from '../../../../shared/model/connection.ts';
import { engineWithHistory, nine } from '../../../support/engine-with-history.ts';
import { deltaSet, keyOf } from '../history/store.ts';

const hourMs = 3_600_000;

test('the statements of a window are those that ran in it, with their texts cut; each is there whole by its id', async () => {
  const engine = await engineWithHistory(1);
  const long = `select ${'x, '.repeat(2_000)}1`;
  const late = { text: long, databaseName: 'erp', roleName: 'erp_app' };
  await engine.history.samples.saveTexts('erp', [
    { key: keyOf('9001'), ...late },
    { key: keyOf('9002'), ...late, text: 'select nobody_ran_this()' },
  ]);
  await engine.history.samples.saveDeltas('erp', {
    fromMs: nine + hourMs,
    toMs: nine + hourMs + 60_000,
    deallocs: 0,
    resets: 0,
    coverage: 1,
    idleInTransactionMs: 0,
    deltas: [{ key: keyOf('9001'), discontinuity: false, counters: { ...noCounters, calls: 3, totalExecMs: 30 } }],
  });
  const stored = await engine.history.samples.statements('erp');
  expect(stored).toHaveLength(42);
  const morning = (await engine.mornings.statements('erp', nine - hourMs, nine)).statements;
  expect(morning.length).toBeGreaterThan(20);
  expect(morning.some(({ queryid }) => queryid === '9001' || queryid === '9002')).toBe(false);
  const [only, ...others] = (await engine.mornings.statements('erp', nine + hourMs, nine + 2 * hourMs)).statements;
  expect(others).toEqual([]);
  expect(only?.queryid).toBe('9001');
  expect(only?.text).toHaveLength(1_001);
  const unseen = stored.find(({ text }) => text === 'select nobody_ran_this()')?.statementId ?? '';
  const window = { fromMs: nine - hourMs, toMs: nine };
  expect(await engine.mornings.statement('erp', only?.statementId ?? '', window)).toMatchObject({ text: long });
  expect(await engine.mornings.statement('erp', unseen, window)).toMatchObject({ queryid: '9002' });
});

test('a question loads no statement that was last seen before what it reads, but the one that is asked about', async () => {
  const engine = await engineWithHistory(1);
  const { samples } = engine.history;
  await samples.saveDeltas('erp', deltaSet(nine - (10 * 24 + 5) * hourMs, [keyOf('9003')]));
  await samples.saveDeltas('erp', deltaSet(nine - 10 * 24 * hourMs, [keyOf('9004')]));
  const window = { fromMs: nine - hourMs, toMs: nine };
  const loaded = ({ statements }: { statements: readonly StoredStatement[] }) =>
    statements.flatMap(({ key }) => (key !== null && key.queryid.startsWith('900') ? [key.queryid] : []));
  expect(loaded({ statements: await samples.statements('erp') })).toEqual(['9003', '9004']);
  // A verdict reads the same hours of a fortnight of earlier days, everything else what lies around the window.
  expect(loaded(await gatherInput(engine, 'erp', window))).toEqual(['9004']);
  expect(loaded(await gatherInput(engine, 'erp', window, { around: classReach }))).toEqual([]);
  const drawn = await gatherTimeline(engine, 'erp', window, 'minute');
  expect(drawn?.rollups.length).toBeGreaterThan(50);
  expect(drawn === null ? null : loaded(drawn)).toEqual([]);
  const old = (await samples.statements('erp')).find(({ key }) => key?.queryid === '9003');
  expect(await engine.mornings.statement('erp', old?.statementId ?? '', window)).toMatchObject({ queryid: '9003' });
  const classed = await setClass(engine, 'erp', old?.statementId ?? '', 'batch');
  expect(classed).toMatchObject({ queryid: '9003', class: 'batch' });
  const advice = await engine.indexAdvice.advise({ serverId: 'erp', statementId: classed.statementId });
  expect(advice).toMatchObject({ kind: 'none', instead: 'reschedule' });
});

test('earlier days end before the window begins, however long it is, and only a verdict asks for them', async () => {
  const engine = await engineWithHistory(1);
  const window = { fromMs: nine - hourMs / 2, toMs: nine + 26 * hourMs };
  const { days } = await gatherInput(engine, 'erp', window);
  expect(days?.length).toBeGreaterThan(29);
  expect(days?.at(-1)?.toMs).toBe(window.fromMs);
  const asked: number[] = [];
  const { rollups } = engine.history.samples;
  engine.history.samples.rollups = async (...args) => {
    asked.push(args[2]);
    return rollups(...args);
  };
  await engine.mornings.statements('erp', nine - hourMs, nine);
  expect(asked).toEqual([]);
  await engine.mornings.diagnose('erp', nine - hourMs, nine);
  expect(asked.length).toBeGreaterThan(0);
});

test('a verdict over more than a day is refused in one sentence', async () => {
  const engine = await engineWithHistory(1);
  const refused = {
    value: { code: 'invalid_input', message: expect.stringMatching(/has 26 hours: choose at most 24/) },
  };
  const long = { fromMs: nine - 26 * hourMs, toMs: nine };
  const day = { fromMs: nine - 24 * hourMs, toMs: nine };
  await expect(engine.mornings.diagnose('erp', long.fromMs, long.toMs)).rejects.toMatchObject(refused);
  await expect(engine.mornings.finding('erp', long.fromMs, long.toMs, '1')).rejects.toMatchObject(refused);
  await expect(compareWindows(engine, 'erp', day, long)).rejects.toMatchObject(refused);
  expect((await engine.mornings.diagnose('erp', day.fromMs, day.toMs)).verdict.toMs).toBe(nine);
});

test('whether statistics are there is what was counted in the window, not what the server can do today', async () => {
  const engine = await engineWithHistory(1);
  const stored = await engine.servers.stored('erp');
  const facts = { present: false, name: 'statement_statistics', text: 'Was dropped.', action: null } as const;
  const today = (present: boolean): ServerFacts => ({
    versionNumber: 180_000,
    versionText: 'PostgreSQL 18.0',
    systemIdentifier: null,
    inRecovery: false,
    databaseName: 'erp',
    roleName: 'nobody',
    superuser: false,
    timeZone: 'UTC',
    clockSkewMs: 0,
    statementStatisticsVersion: present ? '1.12' : null,
    capabilities: [{ ...facts, present }],
  });
  const available = async (window: TimeWindow) => (await gatherInput(engine, 'erp', window)).statisticsAvailable;
  await engine.history.connections.save({ ...stored, lastFacts: today(false) });
  expect(await available({ fromMs: nine - hourMs / 2, toMs: nine - hourMs / 3 })).toBe(true);
  await engine.history.connections.save({ ...stored, lastFacts: today(true) });
  expect(await available({ fromMs: nine, toMs: nine + hourMs })).toBe(false);
});

test('a short window whose raw history is gone is drawn from minutes, and its verdict says what is left', async () => {
  const engine = await engineWithHistory(2);
  const window = { fromMs: nine - 75 * 60_000, toMs: nine - 45 * 60_000 };
  const draw = async () => (await engine.mornings.timeline('erp', window.fromMs, window.toMs)).timeline;
  const before = await draw();
  const edge = await gatherInput(engine, 'erp', window);
  expect(edge.rawIsGone).toBe(false);
  // Raw history of the first half of the window is gone, then all of it.
  for (const hours of [47, 49]) {
    await engine.history.applyRetention(nine + hours * hourMs);
    const { buckets, bucketMs } = await draw();
    expect(bucketMs).toBe(60_000);
    expect(buckets.length).toBeGreaterThan(28);
    expect(buckets.slice(0, 10).some(({ oltpCalls }) => oltpCalls > 0)).toBe(true);
    const calls = (all: typeof buckets) => all.reduce((sum, bucket) => sum + bucket.oltpCalls, 0);
    expect(calls(buckets) / calls(before.buckets)).toBeCloseTo(1, 1);
  }
  const { verdict } = await engine.mornings.diagnose('erp', window.fromMs, window.toMs);
  expect(verdict.conclusion).toBe('not_enough_data');
  expect(verdict.sentence).toMatch(
    /raw samples are kept for 48 hours and of this window only minutes or hours are left/,
  );
  const never = await engine.mornings.diagnose('erp', nine + hourMs, nine + 2 * hourMs);
  expect(never.verdict.sentence).toMatch(/nothing was sampled in this window/);
});
