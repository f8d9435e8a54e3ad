import { expect, test } from 'vitest';
import { findingState, type FindingFacts } from '../../../../electron/core/mornings/finding-state.ts';

const minuteMs = 60_000;
const hour = 60;
/** Berlin, one hour ahead of UTC in November; the 17th is a Tuesday. */
const local = (day: number, clock: number): number => Date.UTC(2026, 10, day, clock - 1);
const window = { fromMs: local(17, 8), toMs: local(17, 8) + 30 * minuteMs };

/** Sampled from `clock` to `untilClock` on those days, without a run since the morning of the 17th. */
function looked(days: readonly number[], clock: number, untilClock: number, changes: Partial<FindingFacts> = {}) {
  const minutes = days.flatMap((day) => {
    const first = local(day, clock) / minuteMs;
    return Array.from({ length: (untilClock - clock) * hour }, (_, index) => first + index);
  });
  const lastRunAtMs = local(17, 10);
  const after = minutes.filter((minute) => minute > lastRunAtMs / minuteMs);
  return findingState({
    dismissed: false,
    lastRunAtMs,
    window,
    sampledMinutes: after.length,
    minutes: after,
    timeZone: 'Europe/Berlin',
    ...changes,
  });
}

test('a sampler that stopped makes nothing quiet and nothing gone, however long ago the last run was', () => {
  expect(looked([17], 8, 10)).toBe('open');
  expect(looked([17], 8, 11)).toBe('open');
});

test('it is quiet after a sampled hour, and gone after 24 of them', () => {
  expect(looked([17], 8, 12)).toBe('quiet');
  expect(looked([18, 19, 20], 9, 16)).toBe('quiet');
  expect(looked([18, 19, 20, 21], 9, 16)).toBe('gone');
});

test('a whole comparable day is enough: eight hours, the clock time of the harm among them', () => {
  expect(looked([18], 7, 16)).toBe('gone');
  expect(looked([18], 9, 18)).toBe('quiet');
  expect(looked([18], 7, 14)).toBe('quiet');
});

test('a Saturday says nothing about a Tuesday, and the rest of the day of the last run is no day of its own', () => {
  expect(looked([21], 7, 16)).toBe('quiet');
  expect(looked([17], 1, 23)).toBe('quiet');
  expect(looked([18], 7, 16, { lastRunAtMs: local(18, 6) })).toBe('quiet');
});

test('harm done around midnight needs both sides of it', () => {
  const night = { fromMs: local(17, 23) + 30 * minuteMs, toMs: local(18, 0) + 30 * minuteMs };
  expect(looked([18], 14, 24, { window: night })).toBe('quiet');
  expect(looked([18], 0, 24, { window: night, lastRunAtMs: local(17, 23), sampledMinutes: 1000 })).toBe('gone');
});

test('dismissed is dismissed, until it is taken up again', () => {
  expect(looked([18], 7, 16, { dismissed: true })).toBe('dismissed');
});
