import { expect, test } from 'vitest';
import { warmUp, type WarmUpSources } from '../../../../electron/core/mornings/warm-up.ts';
import { openTestHistory, deltaSet, keyOf, quiet } from '../history/store.ts';
import { unreachable } from '../../../support/engine-with-history.ts';

const noon = Date.UTC(2026, 10, 20, 12);

async function asked(stopAfter: number, failing = false) {
  const history = await openTestHistory();
  for (const [serverId, atMs] of [
    ['old', noon - 86_400_000],
    ['new', noon],
  ] as const) {
    await history.connections.save({ serverId, settings: unreachable, lastConnectedAtMs: null, lastFacts: null });
    await history.samples.saveDeltas(serverId, deltaSet(atMs, [keyOf('1')]));
  }
  await history.connections.save({
    serverId: 'empty',
    settings: unreachable,
    lastConnectedAtMs: null,
    lastFacts: null,
  });
  const questions: string[] = [];
  const mornings = {
    timeline: async (serverId: string) => {
      questions.push(`timeline of ${serverId}`);
      if (failing) throw new Error('no');
      return { timeline: { suggestion: { fromMs: noon - 3_600_000, toMs: noon - 3_540_000 } } };
    },
    judge: async (serverId: string, { fromMs, toMs }: { fromMs: number; toMs: number }) => {
      questions.push(`${(toMs - fromMs) / 60_000} minutes of ${serverId}`);
    },
  } as unknown as WarmUpSources['mornings'];
  await warmUp({ history, mornings, logger: quiet }, () => questions.length >= stopAfter);
  return questions;
}

test('what a window will ask is asked of the newest history once before', async () => {
  expect(await asked(Infinity)).toEqual([
    'timeline of new',
    ...Array.from({ length: 4 }, () => ['30 minutes of new', '1 minutes of new']).flat(),
    'timeline of new',
  ]);
});

test('an engine that stops meanwhile waits for one answer at most', async () => {
  expect(await asked(2)).toEqual(['timeline of new', '30 minutes of new']);
});

test('what fails is left to the person’s own question', async () => {
  expect(await asked(Infinity, true)).toEqual(['timeline of new']);
});
