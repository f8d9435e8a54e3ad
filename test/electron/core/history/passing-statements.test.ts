import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fingerprint } from '../../../../electron/core/history/fingerprint.ts';
import type { History } from '../../../../electron/core/history/history.ts';
import type { Explained } from '../../../../shared/model/explain.ts';
import type { ExperimentRecord } from '../../../../shared/model/experiment.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import { activityRow, deltaSet, keyOf, openTestHistory, testFolder } from './store.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const now = 1_795_000_000_000;
const morning = now - 20 * dayMs;
const steady = '1';
const passing = (count: number): string[] => Array.from({ length: count }, (_, index) => String(100 + index));
const textOf = (queryid: string): string => `select total_${queryid} from report`;

/** Some minute of a morning: statements pass beside one that runs for days, each a hundredth of the hour at most. */
async function passBy({ samples }: History, queryids: readonly string[], unseen: readonly string[] = []) {
  const others = Array.from({ length: 200 }, () => activityRow({ queryid: steady, query: 'select 1' }));
  for (const [index, queryid] of queryids.entries()) {
    const row = activityRow({ queryid, query: textOf(queryid) });
    await samples.saveSample('erp', { atMs: morning - 10_000 + index, rows: [row, ...others] });
  }
  const light = deltaSet(
    morning,
    [...queryids, ...unseen].map((queryid) => keyOf(queryid)),
    { totalExecMs: 0.1 },
  );
  const heavy = deltaSet(morning, [keyOf(steady)], { totalExecMs: 10_000 });
  await samples.saveDeltas('erp', { ...light, deltas: [...light.deltas, ...heavy.deltas] });
}

/** Days later the steady one still runs: the hour of the morning is made by then. */
const goOn = ({ samples }: History): Promise<void> =>
  samples.saveDeltas('erp', deltaSet(morning + 2 * dayMs, [keyOf(steady)]));

const left = async ({ samples }: History): Promise<(string | undefined)[]> =>
  (await samples.statements('erp')).map(({ key }) => key?.queryid);

test('statements that only passed go with their texts once no minute names them, in steps', async () => {
  const history = await openTestHistory();
  const unseen = Array.from({ length: 1_200 }, (_, index) => String(1_000 + index));
  await passBy(history, passing(3), unseen);
  await goOn(history);
  expect(await history.samples.statementCount('erp')).toBe(1_204);
  await history.applyRetention(morning + 14 * dayMs);
  expect(await history.samples.statementCount('erp')).toBe(1_204);
  await history.applyRetention(now);
  expect(await left(history)).toEqual([steady]);
  expect(await history.explained.sampledTexts('erp', fingerprint(textOf('100')))).toEqual([]);
  // What they did in that hour still counts.
  const [hour] = await history.samples.rollups('erp', 'hour', morning - hourMs, morning + hourMs);
  expect(hour?.calls.reduce((sum, calls) => sum + calls, 0)).toBe(1_204);
});

test('a statement that an hour is remembered by stays as long as the hour, and so does one that ran for days', async () => {
  const history = await openTestHistory();
  await passBy(history, passing(1));
  const heavy = deltaSet(morning + 60_000, [keyOf('7')], { totalExecMs: 500 });
  await history.samples.saveDeltas('erp', heavy);
  const rows = [activityRow({ queryid: '8', query: textOf('8') })];
  for (const second of [1, 2, 3, 4, 5]) {
    await history.samples.saveSample('erp', { atMs: morning + 60_000 + second * 1_000, rows });
  }
  await goOn(history);
  await history.applyRetention(now);
  expect((await left(history)).toSorted()).toEqual([steady, '7', '8']);
  await history.applyRetention(morning + 369 * dayMs);
  expect(await left(history)).toEqual([]);
});

test('what a person, a finding, a plan, an experiment or a widget refers to stays', async () => {
  const history = await openTestHistory();
  const queryids = passing(7);
  await passBy(history, queryids);
  await goOn(history);
  const [override, finding, plan, experiment, widget, ...others] = queryids.map((queryid) => ({
    queryid,
    text: textOf(queryid),
    fingerprint: fingerprint(textOf(queryid)),
  }));
  if (!override || !finding || !plan || !experiment || !widget) throw new Error('seven statements passed');
  const statement = { statementId: '1', fingerprint: experiment.fingerprint } as Statement;
  await history.samples.setClassOverride('erp', override.fingerprint, 'batch');
  const window = { fromMs: morning, toMs: morning + 1 };
  const found = { statement, cure: 'index', grade: 'B', blameShare: 1, damageSeconds: 1, window } as const;
  await history.openFindings.save('erp', [{ ...found, fingerprint: finding.fingerprint, prediction: null }], morning);
  await history.explained.save('erp', plan.fingerprint, { explainId: 'e', takenAtMs: morning } as Explained);
  await history.experiments.save({ experimentId: 'x', serverId: 'erp', statement } as ExperimentRecord);
  const live = { kind: 'live', sql: widget.text } as const;
  await history.dashboards.save({
    dashboardId: 'd',
    serverId: 'erp',
    title: 'Executive morning',
    widgets: [
      {
        widgetId: 'w',
        title: 'Total',
        question: 'What was sold?',
        kind: 'number',
        source: live,
        liveSql: widget.text,
        budget: { minutes: 0 },
        x: null,
        series: null,
        values: ['total'],
        formats: {},
        currency: null,
        layout: { x: 0, y: 0, w: 3, h: 2 },
      },
    ],
  });
  expect(others).toHaveLength(2);
  await history.applyRetention(now);
  const referred = [override, finding, plan, experiment, widget].map(({ queryid }) => queryid);
  expect((await left(history)).toSorted()).toEqual([steady, ...referred].toSorted());
  await history.samples.setClassOverride('erp', override.fingerprint, null);
  await history.applyRetention(now);
  expect(await left(history)).not.toContain(override.queryid);
});

test('a statement that comes back has its fingerprint again, and what was said of it', async () => {
  const history = await openTestHistory();
  const [queryid = ''] = passing(1);
  await passBy(history, [queryid]);
  await goOn(history);
  const known = async () => (await history.samples.statements('erp')).find(({ key }) => key?.queryid === queryid);
  const before = await known();
  await history.applyRetention(now);
  expect(await known()).toBeUndefined();
  await history.samples.saveDeltas('erp', deltaSet(now, [keyOf(queryid)]));
  expect(await history.samples.keysWithoutText('erp')).toContainEqual(keyOf(queryid));
  await history.samples.saveSample('erp', { atMs: now, rows: [activityRow({ queryid, query: textOf(queryid) })] });
  const after = await known();
  expect(after).toMatchObject({ fingerprint: before?.fingerprint, text: textOf(queryid) });
  expect(after?.statementId).not.toBe(before?.statementId);
});

test('where statements went, the ids that once led to them go as well', async () => {
  const file = join(await testFolder(), 'daybreak.sqlite');
  const history = await openTestHistory({ file });
  await passBy(history, passing(1));
  // Known by its text alone, until the statistics name it.
  const unnamed = activityRow({ queryid: null, query: textOf('500') });
  const rows = [unnamed, ...Array.from({ length: 200 }, () => activityRow({ queryid: steady, query: 'select 1' }))];
  await history.samples.saveSample('erp', { atMs: morning + 1_000, rows });
  await history.samples.saveSample('erp', { atMs: morning + 2_000, rows: [{ ...unnamed, queryid: '500' }] });
  await goOn(history);
  const db = new Database(file, { readonly: true });
  onTestFinished(() => void db.close());
  const merged = () => db.prepare('select count(*) from merged_statement').pluck().get();
  const before = merged();
  await history.applyRetention(now);
  expect([before, merged()]).toEqual([1, 0]);
});

test('statements that were seen since a moment are told without the others, and each by its id', async () => {
  const { samples } = await openTestHistory();
  await samples.saveDeltas('erp', deltaSet(now - 3 * hourMs, [keyOf('11')]));
  await samples.saveDeltas('erp', deltaSet(now, [keyOf('22')]));
  const [old, recent] = await samples.statements('erp');
  expect(await samples.statements('erp', now - hourMs)).toEqual([recent]);
  expect(await samples.statementsById('erp', [old?.statementId ?? ''])).toEqual([old]);
  expect(await samples.statementsById('crm', [old?.statementId ?? ''])).toEqual([]);
  expect(await samples.statementsById('erp', ['backend:checkpointer'])).toEqual([]);
});

test('a statement that the statistics name was last seen when its text alone was', async () => {
  const { samples } = await openTestHistory();
  const row = activityRow({ query: textOf('33') });
  await samples.saveSample('erp', { atMs: now, rows: [row] });
  await samples.saveSample('erp', { atMs: now - 5 * hourMs, rows: [{ ...row, queryid: '33' }] });
  expect(await samples.statements('erp', now)).toMatchObject([{ key: { queryid: '33' }, text: textOf('33') }]);
});
