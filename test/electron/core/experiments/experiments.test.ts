import { mkdtemp, rm } from 'node:fs/promises';
import { noCounters } from '../../../../electron/core/diagnosis/no-counters.ts';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { KnownServers } from '../../../../electron/core/connections/known-servers.ts';
import { endedExperiments } from '../../../../electron/core/experiments/described.ts';
import { Experiments } from '../../../../electron/core/experiments/experiments.ts';
import type { History } from '../../../../electron/core/history/history.ts';
import { openHistory } from '../../../../electron/core/history/open-history.ts';
import type { TimeWindow } from '../../../../electron/core/diagnosis/input.ts';
import { describeStatements } from '../../../../electron/core/diagnosis/statements.ts';
import type { Experiment } from '../../../../shared/model/experiment.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import type { StatementCounters } from '../../../../shared/model/sampling.ts';
import { activityRow, keyOf, openTestHistory, quiet } from '../history/store.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
/** A Sunday in winter; the experiment watches 08:00 to 08:20 in Berlin, which is 07:00 to 07:20 UTC. */
const sunday = Date.UTC(2026, 10, 22);
const fromMinute = 8 * 60;
const toMinute = fromMinute + 20;
const saved = keyOf('1');
const reported = keyOf('2');
const saves = 300;

interface Morning {
  /** Average sessions of the report, and how much longer it makes a save, ms. */
  readonly sessions: number;
  readonly slowerMs: number;
}

function experimentsOver(history: History, nowMs: () => number): Experiments {
  const servers = { stored: async () => ({}) } as unknown as KnownServers;
  const clock = { nowMs, sleep: async () => undefined } as never;
  const statement = async (serverId: string, statementId: string, { fromMs, toMs }: TimeWindow) => {
    const described = describeStatements({
      statements: await history.samples.statements(serverId),
      deltas: await history.samples.deltas(serverId, fromMs, toMs),
      samples: await history.samples.samples(serverId, fromMs, toMs),
      overrides: new Map(),
      widgets: [],
      ownApplicationNames: [],
    }).find((one) => one.statementId === statementId);
    if (described === undefined) throw new Failure({ code: 'not_found', message: `no statement ${statementId}` });
    return described;
  };
  return new Experiments({ ports: { clock }, history, servers, mornings: { statement } });
}

/** From 07:30 to 08:40 Berlin time: a snapshot a minute and two samples; the report runs in the watched part only. */
async function live(history: History, day: number, { sessions, slowerMs }: Morning): Promise<void> {
  const first = sunday + day * dayMs + 6.5 * 60 * minuteMs;
  const counters = (some: Partial<StatementCounters>): StatementCounters => ({ ...noCounters, ...some });
  for (let minute = 0; minute < 70; minute += 1) {
    const fromMs = first + minute * minuteMs;
    const watched = minute >= 30 && minute < 50;
    const meanMs = 2 + (minute % 3) * 0.1 + (watched ? slowerMs : 0);
    const running = watched ? sessions : 0;
    for (const second of [10, 40]) {
      const rows = Array.from({ length: running }, (_, index) =>
        activityRow({
          pid: 100 + index,
          queryid: '2',
          query: 'select sum(amount) from erp.gl',
          applicationName: 'metabase',
        }),
      );
      await history.samples.saveSample('erp', { atMs: fromMs + second * 1000, rows });
    }
    const save = { calls: saves, rows: saves, totalExecMs: saves * meanMs, sharedBlksHit: saves * 12 };
    const report = { calls: 1, rows: 9, totalExecMs: 40_000, sharedBlksHit: 50_000 };
    await history.samples.saveDeltas('erp', {
      fromMs,
      toMs: fromMs + minuteMs,
      deallocs: 0,
      resets: 0,
      coverage: 1,
      idleInTransactionMs: null,
      deltas: [
        { key: saved, counters: counters(save), discontinuity: false },
        ...(running > 0 ? [{ key: reported, counters: counters(report), discontinuity: false }] : []),
      ],
    });
  }
  await history.samples.saveTexts('erp', [
    { key: saved, text: 'insert into erp.ar_invoice (id) values ($1)', databaseName: 'erp', roleName: 'erp' },
    { key: reported, text: 'select sum(amount) from erp.gl', databaseName: 'erp', roleName: 'bi' },
  ]);
}

const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ value: expect.objectContaining({ code, message: expect.stringMatching(message) }) });

describe('eight randomised mornings', () => {
  let folder = '';
  let nowMs = 0;
  let started: Experiment;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daybreak-experiments-'));
    const history = await openHistory({ file: `${folder}/daybreak.sqlite`, logger: quiet });
    await live(history, 0, { sessions: 2, slowerMs: 6 });
    nowMs = sunday + 12 * 60 * minuteMs;
    const experiments = experimentsOver(history, () => nowMs);
    const statementId = await idOf(history, 'select sum(amount)');
    started = await experiments.start({
      serverId: 'erp',
      statementId,
      days: 8,
      fromMinute,
      toMinute,
      timeZone: 'Europe/Berlin',
    });
    await history.close();
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('are drawn half and half over the next working days, and survive a restart', async () => {
    const history = await reopened(folder);
    const { experiments: found } = await experimentsOver(history, () => nowMs).list('erp');
    expect(found).toEqual([started]);
    expect(started.days.map(({ day }) => day)).toEqual(
      ['23', '24', '25', '26', '27', '30'].map((day) => `2026-11-${day}`).concat('2026-12-01', '2026-12-02'),
    );
    expect(started.days.filter(({ arm }) => arm === 'live')).toHaveLength(4);
    expect(started).toMatchObject({ state: 'running', result: null, statement: { class: 'reporting' } });
  });

  test('are measured from stored minutes, judged exactly at the end, and make the diagnosis sure', async () => {
    const history = await reopened(folder);
    const experiments = experimentsOver(history, () => nowMs);
    const offsets = started.days.map(({ day }) => (Date.parse(`${day}T00:00:00Z`) - sunday) / dayMs);
    const waited: number[] = [];
    for (const [index, { arm }] of started.days.entries()) {
      const usual = arm === 'live' ? { sessions: 2, slowerMs: 6 + index * 0.2 } : { sessions: 0, slowerMs: 0.2 };
      await live(history, offsets[index] ?? 0, usual);
      nowMs = sunday + (offsets[index] ?? 0) * dayMs + 9 * 60 * minuteMs;
      await experiments.measureAll();
      const [found] = (await experiments.list('erp')).experiments;
      const day = found?.days[index];
      expect(day).toMatchObject({ saves: 20 * saves, excluded: null });
      waited.push(usual.slowerMs);
      expect(day?.exposure).toBeCloseTo(usual.sessions, 5);
      // Numbers that are looked at on the way invite to stop when they look good, and to leave out what does not.
      if (index < 7) {
        expect(found).toMatchObject({ state: 'running', result: null });
        expect(day?.damagePerSaveMs).toBeNull();
      }
    }
    const [ended] = (await experiments.list('erp')).experiments;
    expect(ended).toMatchObject({ state: 'ended', endedEarly: false, result: { p: 1 / 70, smallestP: 1 / 70 } });
    for (const [index, ms] of waited.entries()) expect(ended?.days[index]?.damagePerSaveMs).toBeCloseTo(ms, 0);
    expect(ended?.result?.effectMs).toBeGreaterThan(5);
    expect(ended?.result?.interval[0]).toBeGreaterThan(0);
    expect(ended?.result?.text).toMatch(
      /^With it a save waited \d(\.\d)? ms longer \(90 % interval .*; 4 mornings with it, 4 without; p = 0\.014\)\.$/,
    );
    expect(endedExperiments(await history.experiments.list('erp'))).toMatchObject([
      { fingerprint: started.statement.fingerprint, liveDays: 4, withoutDays: 4, p: 1 / 70, endedEarly: false },
    ]);
    await expect(experiments.exclude('erp', started.experimentId, started.days[0]?.day ?? '', 'x')).rejects.toEqual(
      failure('invalid_input', /is ended: which of its mornings count was settled/),
    );
    await expect(experiments.end('erp', started.experimentId, 'ended')).rejects.toEqual(
      failure('invalid_input', /ended already/),
    );
  }, 120_000);
});

test('a morning counts only when its arm held, and the person has the last word', async () => {
  const history = await openTestHistory();
  await live(history, 0, { sessions: 2, slowerMs: 6 });
  let nowMs = sunday + 12 * 60 * minuteMs;
  const experiments = experimentsOver(history, () => nowMs);
  const statementId = await idOf(history, 'select sum(amount)');
  const { experimentId, days } = await experiments.start({
    serverId: 'erp',
    statementId,
    days: 4,
    fromMinute,
    toMinute,
    timeZone: 'Europe/Berlin',
    workdaysOnly: false,
  });
  for (const [index, { arm }] of days.entries()) {
    // Nobody looked on the last morning; on all others the report ran, whatever had been drawn.
    if (index < 3) await live(history, index + 1, { sessions: 2, slowerMs: arm === 'live' ? 6 : 5 });
  }
  nowMs = sunday + 3 * dayMs + 12 * 60 * minuteMs;
  const broken = (await experiments.list('erp')).experiments[0]?.days ?? [];
  for (const { arm, excluded } of broken.slice(0, 3)) {
    if (arm === 'live') expect(excluded).toBeNull();
    else expect(excluded).toMatch(/^it should not have run, but did \(2\.0 sessions on average\)$/);
  }
  // Two of the four mornings are without it, so one of the first three is.
  const index = days.findIndex(({ arm }) => arm === 'without');
  const day = days[index]?.day ?? '';
  const exclude = async (reason: string | null) =>
    (await experiments.exclude('erp', experimentId, day, reason)).days[index]?.excluded;
  expect(await exclude('stocktaking')).toBe('stocktaking');
  expect(await exclude(null)).toBe(broken[index]?.excluded);
  expect(await exclude(null)).toBeNull();
  await expect(experiments.exclude('erp', experimentId, '2026-01-01', 'x')).rejects.toEqual(
    failure('not_found', /not a morning/),
  );
  nowMs = sunday + 4 * dayMs + 12 * 60 * minuteMs;
  const state = async () => (await experiments.list('erp')).experiments[0]?.state;
  expect(await state()).toBe('running');
  // What was missing on the last morning has a day to come, as it has on all others.
  nowMs += dayMs;
  expect(await state()).toBe('ended');
  const [ended] = (await experiments.list('erp')).experiments;
  expect(ended?.days[3]).toMatchObject({ damagePerSaveMs: null, excluded: 'nothing was sampled that morning' });
}, 60_000);

test('one that is ended before its mornings are over says so', async () => {
  const history = await openTestHistory();
  await live(history, 0, { sessions: 2, slowerMs: 6 });
  let nowMs = sunday + 12 * 60 * minuteMs;
  const experiments = experimentsOver(history, () => nowMs);
  const statementId = await idOf(history, 'select sum(amount)');
  const usual = { fromMinute, toMinute, timeZone: 'Europe/Berlin', workdaysOnly: false };
  const { experimentId, days } = await experiments.start({ serverId: 'erp', statementId, days: 4, ...usual });
  for (const [index, { arm }] of days.slice(0, 3).entries()) {
    await live(history, index + 1, arm === 'live' ? { sessions: 2, slowerMs: 6 } : { sessions: 0, slowerMs: 0 });
  }
  nowMs = sunday + 3 * dayMs + 12 * 60 * minuteMs;
  const ended = await experiments.end('erp', experimentId, 'ended');
  expect(ended).toMatchObject({ state: 'ended', endedEarly: true });
  expect(ended.result?.text).toMatch(/^It was ended before all mornings were over, which proves nothing: /);
  expect(endedExperiments(await history.experiments.list('erp'))).toMatchObject([{ endedEarly: true }]);
}, 60_000);

test('an experiment that cannot be is refused in words', async () => {
  const history = await openTestHistory();
  await live(history, 0, { sessions: 2, slowerMs: 6 });
  const experiments = experimentsOver(history, () => sunday + 12 * 60 * minuteMs);
  const statementId = await idOf(history, 'select sum(amount)');
  const usual = { serverId: 'erp', statementId, days: 4, fromMinute, toMinute, timeZone: 'Europe/Berlin' };
  const refused = (changes: Partial<typeof usual> & { firstDay?: string }, code: string, message: RegExp) =>
    expect(experiments.start({ ...usual, ...changes })).rejects.toEqual(failure(code, message));
  await refused({ days: 5 }, 'invalid_input', /cannot be halved/);
  await refused({ toMinute: fromMinute }, 'invalid_input', /ends before it begins/);
  await refused({ timeZone: 'Europe/Atlantis' }, 'invalid_input', /no time zone "Europe\/Atlantis"/);
  await refused({ firstDay: '2026-11-31' }, 'invalid_input', /is no day/);
  await refused({ firstDay: '2026-11-20' }, 'invalid_input', /has begun already/);
  await refused({ statementId: '999' }, 'not_found', /no statement 999/);
  await refused({ statementId: await idOf(history, 'insert') }, 'invalid_input', /OLTP work/);
  const { experimentId } = await experiments.start(usual);
  await refused({}, 'invalid_input', /is running/);
  expect((await experiments.end('erp', experimentId, 'abandoned')).state).toBe('abandoned');
  await experiments.start(usual);
});

async function idOf(history: History, text: string): Promise<string> {
  const found = (await history.samples.statements('erp')).find(
    (statement) => statement.text?.startsWith(text) === true,
  );
  if (found === undefined) throw new Error(`no statement ${text}`);
  return found.statementId;
}

async function reopened(folder: string): Promise<History> {
  const history = await openHistory({ file: `${folder}/daybreak.sqlite`, logger: quiet });
  onTestFinished(() => history.close());
  return history;
}
