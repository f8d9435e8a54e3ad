import { expect, test } from 'vitest';
import { waitUntil } from '../../../../electron/core/connections/wait-until.ts';

/** A machine whose wall clock goes on by `steps` while it sleeps for a second each time. */
function machine(steps: readonly number[]) {
  let nowMs = 1_000_000;
  const slept: number[] = [];
  return {
    slept,
    clock: {
      nowMs: () => nowMs,
      sleep: async (delayMs: number) => {
        nowMs += steps[slept.length] ?? delayMs;
        slept.push(delayMs);
      },
    },
  };
}
const never = new AbortController().signal;

test('a wait lasts as long as was asked for', async () => {
  const { clock, slept } = machine([]);
  await waitUntil(clock, clock.nowMs() + 2_500, never);
  expect(slept).toEqual([1_000, 1_000, 500]);
});

test('a machine that slept through the moment goes on within a second of waking', async () => {
  const { clock, slept } = machine([1_000, 8 * 3_600_000]);
  await waitUntil(clock, clock.nowMs() + 30_000, never);
  expect(slept).toEqual([1_000, 1_000]);
});

test('a clock that is set back makes no wait longer', async () => {
  const { clock, slept } = machine([-3_600_000]);
  await waitUntil(clock, clock.nowMs() + 3_000, never);
  expect(slept).toEqual([1_000, 1_000, 1_000]);
});
