import { expect, test } from 'vitest';
import type { KnownServers } from '../../../../electron/core/connections/known-servers.ts';
import type { DashboardService } from '../../../../electron/core/dashboards/dashboard-service.ts';
import { createEvents } from '../../../../electron/core/events.ts';
import type { History } from '../../../../electron/core/history/history.ts';
import { fingerprint } from '../../../../electron/core/history/fingerprint.ts';
import { comparableWindows } from '../../../../electron/core/mornings/finding-outcome.ts';
import { OpenFindings } from '../../../../electron/core/mornings/open-findings.ts';
import { nodePorts } from '../../../../electron/hosts/node-ports.ts';
import type { Finding, Verdict } from '../../../../shared/model/diagnosis.ts';
import type { EngineEvent } from '../../../../shared/model/engine.ts';
import { activityRow, deltaSet, keyOf, openTestHistory, quiet } from '../history/store.ts';

const minuteMs = 60_000;
const start = Date.UTC(2026, 10, 17, 7);
const at = (minute: number): number => start + minute * minuteMs;
const report = 'select customer_id, sum(amount) from erp.ar_invoice group by 1';
const print = fingerprint(report);

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    findingId: '1',
    statement: {
      statementId: '1',
      databaseName: 'erp',
      roleName: 'reporter',
      queryid: '11',
      toplevel: true,
      text: report,
      fingerprint: print,
      class: 'reporting',
      classSource: 'score',
      applicationNames: ['dashboard'],
      widgetId: null,
    },
    members: [],
    class: 'reporting',
    blameShare: 0.7,
    blameInterval: [0.6, 0.8],
    damageSeconds: 100,
    grade: 'B',
    evidence: [],
    calls: 10,
    meanMs: 2000,
    rowsPerCall: null,
    blocksPerCall: null,
    averageActiveSessions: 2,
    runBy: [],
    spark: [],
    ifGoneMeanMs: null,
    ifGoneP95Ms: null,
    caveats: [],
    cure: 'read_model',
    ...changes,
  };
}

const verdict = (findings: readonly Finding[], fromMinute: number, toMinute: number): Verdict => ({
  fromMs: at(fromMinute),
  toMs: at(toMinute),
  conclusion: 'culprits',
  sentence: '',
  damageSeconds: 150,
  slowdown: 3,
  baselineMeanMs: 1,
  meanMs: 3,
  baselineP95Ms: null,
  p95Ms: null,
  saves: 100,
  findings: [...findings],
  victims: [],
  unexplainedShare: 0.3,
  badges: [],
});

/** A sample every 10 s and an interval a minute; the report is booked and seen where `runs` says so. */
async function sample(
  { samples }: History,
  [from, to]: readonly [number, number],
  runs: (minute: number) => 'seen' | 'booked' | null,
): Promise<void> {
  const row = activityRow({ queryid: '11', query: report, roleName: 'reporter', applicationName: 'dashboard' });
  for (let minute = from; minute < to; minute += 1) {
    for (let second = 0; second < 60; second += 10) {
      const rows = runs(minute) === 'seen' ? [row] : [];
      await samples.saveSample('erp', { atMs: at(minute) + second * 1000, rows });
    }
    const keys = runs(minute) === null ? [] : [keyOf('11')];
    await samples.saveDeltas('erp', deltaSet(at(minute + 1), keys));
  }
}

async function open(history: History) {
  const dashboards = { widgetReferences: async () => [] } as unknown as DashboardService;
  const stored = { settings: { cores: 2 }, lastFacts: null, capture: null };
  const known = { stored: async () => stored, isOpen: () => true } as unknown as KnownServers;
  const events = createEvents();
  const seen: EngineEvent[] = [];
  const listening = new AbortController();
  void (async () => {
    for await (const event of events.subscribe(listening.signal)) if (event.seq > 0) seen.push(event);
  })();
  const ports = nodePorts({ paths: { profileDir: '', resourcesDir: '' }, logger: quiet, door: 'test' });
  const findings = new OpenFindings({ ports, history, servers: known, events, dashboards });
  return { findings, seen };
}

test('a finding opens once, keeps its worst window, and says who still runs it', async () => {
  const history = await openTestHistory();
  const { findings, seen } = await open(history);
  await sample(history, [0, 20], (minute) => (minute < 15 ? 'seen' : null));
  await findings.record('erp', verdict([finding()], 2, 10));
  await findings.record('erp', verdict([finding()], 2, 10));
  await findings.record('erp', verdict([finding({ damageSeconds: 40, grade: 'C' })], 10, 15));
  await findings.record('erp', verdict([finding({ damageSeconds: 300, blameShare: 0.9 })], 4, 15));
  await findings.record('erp', verdict([finding({ grade: 'D' })], 0, 20));
  await findings.record('erp', verdict([finding({ blameShare: 0.04 })], 0, 20));
  const { findings: list } = await findings.list('erp', false);
  expect(list).toMatchObject([
    {
      fingerprint: print,
      statement: { text: report },
      cure: 'read_model',
      grade: 'B',
      blameShare: 0.9,
      damageSeconds: 300,
      window: { fromMs: at(4), toMs: at(15) },
      lastRunAtMs: at(15),
      stillRunBy: [{ applicationName: 'dashboard', roleName: 'reporter', lastSeenAtMs: at(15) - 10_000 }],
      state: 'open',
    },
  ]);
  await expect.poll(() => seen.length).toBe(2);
  expect(seen).toMatchObject([
    { topic: 'mornings', serverId: 'erp', subject: 'open_findings' },
    { topic: 'mornings', serverId: 'erp', subject: 'open_findings' },
  ]);
});

test('it tells what would help where none of the usual cures does, also after a new start', async () => {
  const history = await openTestHistory();
  const { findings } = await open(history);
  await sample(history, [0, 2], () => 'seen');
  await findings.record('erp', verdict([finding({ cure: 'leave', cureText: 'end the transaction sooner' })], 0, 2));
  const told = { cure: 'leave', cureText: 'end the transaction sooner' };
  expect((await findings.list('erp', false)).findings).toMatchObject([told]);
  expect((await (await open(history)).findings.list('erp', false)).findings).toMatchObject([told]);
  expect(await findings.dismiss('erp', print, true)).toMatchObject(told);
});

test('a run too short for a sample keeps it open, and an hour without one makes it quiet', async () => {
  const history = await openTestHistory();
  const { findings } = await open(history);
  await sample(history, [0, 10], () => 'seen');
  await findings.record('erp', verdict([finding()], 0, 10));
  await sample(history, [10, 90], (minute) => (minute === 25 ? 'booked' : null));
  const [one] = (await findings.list('erp', false)).findings;
  expect(one).toMatchObject({ lastRunAtMs: at(26), state: 'quiet' });
  await sample(history, [90, 92], (minute) => (minute === 90 ? 'seen' : null));
  expect((await findings.list('erp', false)).findings).toMatchObject([{ lastRunAtMs: at(91), state: 'open' }]);
});

test('a day that nobody sampled makes nothing gone; a day that was sampled does, and a run brings it back', async () => {
  const history = await openTestHistory();
  const { findings } = await open(history);
  await sample(history, [0, 10], () => 'seen');
  await findings.record('erp', verdict([finding()], 0, 10));
  const nextDay = 24 * 60;
  await sample(history, [nextDay, nextDay + 5], () => null);
  expect((await findings.list('erp', false)).findings).toMatchObject([{ state: 'open' }]);
  await sample(history, [nextDay + 5, nextDay + 500], () => null);
  expect((await findings.list('erp', false)).findings).toEqual([]);
  expect((await findings.list('erp', true)).findings).toMatchObject([{ state: 'gone', lastRunAtMs: at(10) }]);
  await sample(history, [nextDay + 500, nextDay + 502], () => 'seen');
  expect((await findings.list('erp', false)).findings).toMatchObject([{ state: 'open' }]);
}, 60_000);

test('a dismissed finding stays aside while it runs on, until it is taken up again; a stranger is not found', async () => {
  const history = await openTestHistory();
  const { findings } = await open(history);
  await sample(history, [0, 5], () => 'seen');
  await findings.record('erp', verdict([finding()], 0, 5));
  expect(await findings.dismiss('erp', print, true)).toMatchObject({ state: 'dismissed' });
  await findings.record('erp', verdict([finding({ damageSeconds: 900 })], 1, 5));
  expect((await findings.list('erp', false)).findings).toEqual([]);
  expect((await findings.list('erp', true)).findings).toMatchObject([{ state: 'dismissed', damageSeconds: 900 }]);
  expect(await findings.dismiss('erp', print, false)).toMatchObject({ state: 'open' });
  await expect(findings.dismiss('erp', 'none', true)).rejects.toMatchObject({ value: { code: 'not_found' } });
});

test('neither background processes nor texts that nobody may read become entries, and members of a group do', async () => {
  const history = await openTestHistory();
  const { findings } = await open(history);
  const { statement } = finding();
  const backend = { ...statement, statementId: 'backend:autovacuum worker', fingerprint: 'backend:autovacuum worker' };
  const group = finding({ members: [{ ...statement, statementId: '2', fingerprint: 'member' }] });
  const found = [finding({ statement: backend }), finding({ statement: { ...statement, text: null } }), group];
  await findings.record('erp', verdict(found, 0, 5));
  const { findings: list } = await findings.list('erp', true);
  expect(list.map((one) => one.fingerprint).toSorted()).toEqual([print, 'member'].toSorted());
  expect(list).toMatchObject([{ lastRunAtMs: null, state: 'open' }, { stillRunBy: [] }]);
});

test('a finding that was opened on a cut text goes on when the whole text is known', async () => {
  const history = await openTestHistory();
  const { findings } = await open(history);
  const cut = report.slice(0, 40);
  const row = activityRow({ queryid: '11', query: cut, roleName: 'reporter', applicationName: 'dashboard' });
  await history.samples.saveSample('erp', { atMs: at(0), rows: [row] });
  const [stored] = await history.samples.statements('erp');
  const statement = {
    ...finding().statement,
    statementId: stored?.statementId ?? '',
    text: cut,
    fingerprint: fingerprint(cut),
  };
  await findings.record('erp', verdict([finding({ statement })], 0, 5));
  await findings.dismiss('erp', fingerprint(cut), true);
  await history.samples.saveTexts('erp', [
    { key: keyOf('11'), text: report, databaseName: 'erp', roleName: 'reporter' },
  ]);
  await history.samples.saveSample('erp', { atMs: at(3), rows: [row] });
  expect((await findings.list('erp', true)).findings).toMatchObject([
    { fingerprint: print, statement: { fingerprint: print }, state: 'dismissed', lastRunAtMs: at(3) },
  ]);
});

test('it survives a new start, and goes with its server', async () => {
  const history = await openTestHistory();
  const { findings } = await open(history);
  await sample(history, [0, 5], () => 'seen');
  await findings.record('erp', verdict([finding()], 0, 5));
  await findings.list('erp', false);
  expect((await (await open(history)).findings.list('erp', false)).findings).toHaveLength(1);
  await history.connections.remove('erp');
  expect((await findings.list('erp', true)).findings).toEqual([]);
});

test('once the statement is gone, what a save takes is measured and stands beside what was predicted', async () => {
  const history = await openTestHistory();
  const { findings } = await open(history);
  await history.samples.saveTexts('erp', [
    { key: keyOf('11'), text: report, databaseName: 'erp', roleName: 'reporter' },
    { key: keyOf('1'), text: 'insert into erp.ar_invoice (id) values ($1)', databaseName: 'erp', roleName: 'erp' },
  ]);
  const seconds = (minute: number) => Array.from({ length: 6 }, (_, index) => at(minute) + index * 10_000);
  const row = activityRow({ queryid: '11', query: report, roleName: 'reporter', applicationName: 'dashboard' });
  const saving = async (from: number, to: number, meanMs: number, runs: boolean) => {
    for (let minute = from; minute < to; minute += 1) {
      for (const atMs of seconds(minute)) await history.samples.saveSample('erp', { atMs, rows: runs ? [row] : [] });
      const calls = { calls: 600, rows: 600, totalExecMs: 600 * meanMs, sharedBlksHit: 6000 };
      await history.samples.saveDeltas('erp', deltaSet(at(minute + 1), [keyOf('1')], calls));
    }
  };
  await saving(0, 10, 9, true);
  await findings.record('erp', verdict([finding({ ifGoneMeanMs: 3, ifGoneP95Ms: 5 })], 2, 8));
  expect((await findings.list('erp', true)).findings).toMatchObject([
    { state: 'open', prediction: { meanMs: 3, p95Ms: 5 } },
  ]);
  // Quiet on the same day: its clock times have not come again.
  await saving(10, 80, 4, false);
  const [early] = (await findings.list('erp', true)).findings;
  expect(early?.state).toBe('quiet');
  expect(early).not.toHaveProperty('outcome');
  const nextDay = 24 * 60;
  await saving(nextDay - 5, nextDay + 10, 4, false);
  const [later] = (await findings.list('erp', true)).findings;
  expect(later).toMatchObject({
    prediction: { meanMs: 3, p95Ms: 5 },
    outcome: { fromMs: at(nextDay + 2), toMs: at(nextDay + 8) },
  });
  expect(later?.outcome?.meanMs).toBeCloseTo(4, 5);
});

test('comparable windows are those of the same clock times and kind of day, after the last run', () => {
  const day = 24 * 60;
  // A Tuesday; seven days later it is Tuesday again, with a weekend between.
  const windows = (fromMinute: number, toMinute: number) =>
    comparableWindows({ fromMs: at(2), toMs: at(8) }, { fromMs: at(fromMinute), toMs: at(toMinute) }, 'UTC').map(
      ({ fromMs, toMs }) => [(fromMs - at(2)) / (day * minuteMs), toMs - fromMs],
    );
  const length = 6 * minuteMs;
  expect(windows(10, 7 * day + 8).map(([days]) => days)).toEqual([7, 6, 3, 2, 1]);
  expect(windows(10, 7 * day + 7).map(([days]) => days)).toEqual([6, 3, 2, 1]);
  expect(windows(6 * day, 7 * day + 8)).toEqual([
    [7, length],
    [6, length],
  ]);
  expect(windows(10, day)).toEqual([]);
});
