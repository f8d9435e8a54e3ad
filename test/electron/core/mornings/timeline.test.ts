import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEngine, type RunningEngine } from '../../../../electron/core/create-engine.ts';
import { buildTimeline } from '../../../../electron/core/diagnosis/timeline.ts';
import { nodePorts } from '../../../../electron/hosts/node-ports.ts';
import { gatherInput } from '../../../../electron/core/mornings/gather-input.ts';
import { tierOf } from '../../../../electron/core/mornings/gather-timeline.ts';
import type { Timeline } from '../../../../shared/model/diagnosis.ts';
import { nine, unreachable } from '../../../support/engine-with-history.ts';
import { generateHistory } from '../../../support/generated-history.ts';
import { quiet, testFolder } from '../history/store.ts';

const hourMs = 3_600_000;
/** Three hours are drawn from minutes; the reports run from 07:50 to 08:20. */
const morning = { fromMs: nine - 3 * hourMs, toMs: nine };

async function engineWithHistory(minutes: number): Promise<RunningEngine> {
  const profileDir = await testFolder();
  generateHistory({
    file: join(profileDir, 'daybreak.sqlite'),
    serverId: 'erp',
    settings: unreachable,
    fromMs: nine - minutes * 60_000,
    minutes,
    statements: 200,
    changing: 60,
    seed: 5,
  });
  const ports = nodePorts({ paths: { profileDir, resourcesDir: '' }, logger: quiet, door: 'test' });
  const engine = await createEngine(ports, { background: false });
  onTestFinished(() => engine.stop());
  return engine;
}

const layersOf = ({ buckets }: Timeline) =>
  buckets.map(({ atMs, oltp, reporting, batch, maintenance, lockWaits }) =>
    [atMs, oltp, reporting, batch, maintenance, lockWaits].map((value) => Math.round(value * 1e6) / 1e6),
  );
const total = ({ buckets }: Timeline, name: 'damageSeconds' | 'oltpCalls'): number =>
  buckets.reduce((sum, bucket) => sum + bucket[name], 0);

test('a long timeline out of minutes shows what raw history shows', async () => {
  const engine = await engineWithHistory(300);
  const { timeline } = await engine.mornings.timeline('erp', morning.fromMs, morning.toMs);
  expect(tierOf(morning)).toBe('minute');
  const raw = buildTimeline(await gatherInput(engine, 'erp', morning), { bucketMs: timeline.bucketMs, stored: null });
  // The last minutes are rolled up when a snapshot after them is stored.
  const whole = timeline.buckets.at(-1)?.atMs ?? 0;
  const shown = { ...timeline, buckets: timeline.buckets.filter(({ atMs }) => atMs < whole) };
  const expected = { ...raw, buckets: raw.buckets.filter(({ atMs }) => atMs < whole) };
  expect(shown.buckets.length).toBeGreaterThan(170);
  expect(layersOf(shown)).toEqual(layersOf(expected));
  expect(timeline.origins).toEqual(raw.origins);
  expect(timeline.cores).toBe(2);
  expect(total(shown, 'oltpCalls') / total(expected, 'oltpCalls')).toBeCloseTo(1, 1);
  expect(total(shown, 'damageSeconds') / total(expected, 'damageSeconds')).toBeCloseTo(1, 1);
  for (const suggested of [timeline.suggestion, raw.suggestion]) {
    expect(suggested?.fromMs).toBeGreaterThanOrEqual(nine - 72 * 60_000);
    expect(suggested?.toMs).toBeLessThanOrEqual(nine - 38 * 60_000);
  }
});

test.each([
  ['minutes', morning],
  ['raw history', { fromMs: nine - 75 * 60_000, toMs: nine - 45 * 60_000 }],
])(
  'a timeline out of %s counts the sessions that its filter lets through, and harm to everybody',
  async (_, window) => {
    const engine = await engineWithHistory(240);
    const ask = async (applicationNames?: string[]) => {
      const filter = applicationNames && { applicationNames, roleNames: [], databaseNames: ['erp'] };
      return (await engine.mornings.timeline('erp', window.fromMs, window.toMs, { filter })).timeline;
    };
    const everybody = await ask();
    const { applicationNames } = everybody.origins;
    expect(applicationNames.toSorted()).toEqual(['erp-batch', 'erp-client', 'metabase', 'pos', 'webshop']);
    const parts = await Promise.all(applicationNames.map((name) => ask([name])));
    const sums = everybody.buckets.map(
      (bucket, place) =>
        parts.reduce((sum, part) => sum + (part.buckets[place]?.reporting ?? 0), 0).toFixed(6) ===
        bucket.reporting.toFixed(6),
    );
    expect(sums.every(Boolean)).toBe(true);
    const [, , metabase] = [...parts.keys()].map((place) => parts[place]);
    expect(metabase).toBeDefined();
    const tableau = await ask(['tableau']);
    expect(layersOf(tableau).every(([, ...layers]) => layers.every((value) => value === 0))).toBe(true);
    for (const name of ['damageSeconds', 'oltpCalls'] as const) {
      expect(total(tableau, name)).toBe(total(everybody, name));
    }
    expect(tableau.origins).toEqual(everybody.origins);
  },
);

test('hours draw what is older than a fortnight, and a fortnight of them opens', async () => {
  const engine = await engineWithHistory(200);
  await engine.history.applyRetention(nine + 20 * 24 * hourMs);
  const { timeline } = await engine.mornings.timeline('erp', nine - 9 * 24 * hourMs, nine);
  expect(timeline.bucketMs).toBe(hourMs);
  expect(timeline.buckets.map(({ atMs }) => (nine - atMs) / hourMs)).toEqual([4, 3, 2, 1]);
  expect(timeline.buckets.every(({ oltpMeanMs }) => oltpMeanMs !== null)).toBe(true);
  expect([timeline.storedFromMs, timeline.storedToMs]).toEqual([nine - 4 * hourMs, nine]);
});
