import { expect, test } from 'vitest';
import { startRetention } from '../../../../electron/core/history/retention-timer.ts';
import { dashboardOf, numberAt, widgetOf } from './saved-result.ts';
import { activityRow, deltaSet, keyOf, openTestHistory, quiet } from './store.ts';

const hourMs = 3_600_000;
const now = 1_795_000_000_000;

test('samples and deltas go after 48 hours, with what only they used', async () => {
  const { samples, applyRetention } = await openTestHistory();
  for (const ageHours of [60, 49, 47, 1]) {
    const atMs = now - ageHours * hourMs;
    await samples.saveDeltas('erp', deltaSet(atMs, [keyOf('11')]));
    const rows = [activityRow({ queryid: '11', query: `select ${ageHours}`, blockedByPids: [9] })];
    await samples.saveSample('erp', { atMs, rows });
  }
  await applyRetention(now);
  expect((await samples.deltas('erp', 0, now)).map((interval) => (now - interval.toMs) / hourMs)).toEqual([47, 1]);
  const left = await samples.samples('erp', 0, now);
  expect(left.map((sample) => sample.rows[0]?.row)).toMatchObject([
    { query: 'select 47', blockedByPids: [9], applicationName: 'erp' },
    { query: 'select 1' },
  ]);
  expect(await samples.statementCount('erp')).toBe(1);
});

test('a statement that nobody ran for a year goes, and comes back as another', async () => {
  const { samples, applyRetention } = await openTestHistory();
  await samples.saveDeltas('erp', deltaSet(now - 367 * 24 * hourMs, [keyOf('11')]));
  for (const days of [365, 363]) await samples.saveDeltas('erp', deltaSet(now - days * 24 * hourMs, [keyOf('22')]));
  const [, kept] = await samples.statements('erp');
  await applyRetention(now);
  expect(await samples.statements('erp')).toEqual([kept]);
  await samples.saveDeltas('erp', deltaSet(now, [keyOf('11'), keyOf('22')]));
  const ids = (await samples.statements('erp')).map((statement) => statement.statementId);
  expect(ids).toEqual([kept?.statementId, expect.not.stringMatching('^1$')]);
});

test('a dashboard that was removed can be put back for seven days, and goes with its numbers', async () => {
  const { dashboards, applyRetention } = await openTestHistory();
  const dayMs = 24 * hourMs;
  for (const [dashboardId, days] of [
    ['old', 8],
    ['recent', 6],
    ['there', null],
  ] as const) {
    await dashboards.save(dashboardOf(dashboardId, 'erp', [widgetOf('w')]));
    await dashboards.saveResult(dashboardId, 'live', numberAt(1, '1'), now);
    if (days !== null) await dashboards.setAside(dashboardId, now - days * dayMs);
  }
  await applyRetention(now);
  expect((await dashboards.removed('erp', 0)).map(({ dashboard }) => dashboard.dashboardId)).toEqual(['recent']);
  expect((await dashboards.list('erp')).map(({ dashboardId }) => dashboardId)).toEqual(['there']);
  expect(await dashboards.lastResult('old', 'w', 'live')).toBeNull();
  expect(await dashboards.lastResult('recent', 'w', 'live')).not.toBeNull();
});

test('retention runs until it is stopped', async () => {
  const applied: number[] = [];
  let slept = 0;
  const stop = await new Promise<() => Promise<void>>((resolve) => {
    const stopRetention = startRetention({
      history: { applyRetention: async (nowMs: number) => void applied.push(nowMs) } as never,
      clock: {
        nowMs: () => now,
        sleep: (_delayMs, signal) => {
          slept += 1;
          if (slept < 4) return Promise.resolve();
          setImmediate(() => resolve(stopRetention));
          return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
        },
      },
      logger: quiet,
    });
  });
  await stop();
  expect(applied).toEqual([now, now, now]);
});
