import { dueAtMs } from './ageing.ts';
import type { Budget } from './freshness.ts';
import type { ExpectedRun } from './schedule-view.ts';

/** How old the numbers get under a plan of runs. */
export interface PlannedAge {
  /** The oldest that a reader sees between now and the last planned run, ms. */
  readonly oldestMs: number;
  /** When they are the oldest. */
  readonly atMs: number;
  /** The first moment at which the budget does not hold any more; null: it holds, or nobody has one. */
  readonly brokenAtMs: number | null;
}

/**
 * The oldest age of what consumers read, run by run: the numbers of one run serve until the next one ends. A run is as
 * old as its start, when the source data is read. Null where nothing is planned or nothing was ever read.
 */
export function plannedAge(
  runs: readonly ExpectedRun[],
  asOfMs: number | null,
  usualMs: number | null,
  budget: Budget | null,
): PlannedAge | null {
  const tookMs = usualMs ?? 0;
  const starts = [...(asOfMs === null ? [] : [asOfMs]), ...runs.map(({ atMs }) => atMs)];
  if (starts.length < 2) return null;
  let oldest: PlannedAge | null = null;
  let brokenAtMs: number | null = null;
  for (const [index, readMs] of starts.entries()) {
    const next = starts[index + 1];
    if (next === undefined) break;
    const servedUntilMs = next + tookMs;
    const ageMs = servedUntilMs - readMs;
    if (oldest === null || ageMs > oldest.oldestMs) oldest = { oldestMs: ageMs, atMs: servedUntilMs, brokenAtMs: null };
    if (brokenAtMs === null && budget !== null && budget !== 'live') {
      const dueMs = dueAtMs(readMs, budget);
      if (dueMs < servedUntilMs && !(isNight(budget) && servedUntilMs - dueMs <= tookMs)) brokenAtMs = dueMs;
    }
  }
  return oldest === null ? null : { ...oldest, brokenAtMs };
}

/** A night's refresh is due when it starts: the while that it takes is no breach. */
const isNight = (budget: Exclude<Budget, 'live'>): boolean => 'nightly' in budget;
