import type { RecordedRun } from './schedule-view.ts';

/**
 * How old the numbers were that readers saw: [atMs, ageMs] along the time axis. The age grows with the clock, and falls
 * when a run ends: to how long ago that run had read its source. `runs` in any order; those that brought nothing count not.
 */
export function ageOverTime(
  runs: readonly Pick<RecordedRun, 'state' | 'endedAtMs' | 'asOfMs'>[],
  nowMs: number,
): readonly (readonly [number, number])[] {
  const ends = runs
    .flatMap(({ state, endedAtMs, asOfMs }) =>
      state === 'done' && endedAtMs !== null && asOfMs !== null ? [{ endedAtMs, asOfMs }] : [],
    )
    .toSorted((a, b) => a.endedAtMs - b.endedAtMs);
  const points: (readonly [number, number])[] = [];
  let servedMs: number | null = null;
  for (const { endedAtMs, asOfMs } of ends) {
    if (servedMs !== null) points.push([endedAtMs, endedAtMs - servedMs]);
    points.push([endedAtMs, endedAtMs - asOfMs]);
    servedMs = asOfMs;
  }
  if (servedMs !== null) points.push([nowMs, Math.max(0, nowMs - servedMs)]);
  return points;
}
