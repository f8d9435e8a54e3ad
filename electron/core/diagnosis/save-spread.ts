import { flagsOf } from './booked.ts';
import { overlapShare, type Interval } from './intervals.ts';
import type { TimeWindow } from './input.ts';
import { savingTime, type SaveUnit } from './saves.ts';

/** Standard normal quantile of 0.95. */
const z95 = 1.6449;

/**
 * Standard deviation of the time of one save over the intervals, ms; null where nobody knows it. Three parts, taken as
 * independent of each other:
 * - inside of the statements, from their running sums of squares (pg_stat_statements);
 * - between the statements, where the server counts only the sum: every pause is taken as exponential, the
 *   distribution of a wait in a queue, so k pauses of together b ms have the variance b^2 / k;
 * - between the intervals: the mean itself goes up and down.
 */
export function saveDeviation(intervals: readonly Interval[], window: TimeWindow, unit: SaveUnit): number | null {
  let saves = 0;
  let spentMs = 0;
  let squares = 0;
  let known = false;
  for (const interval of intervals) {
    const part = overlapShare(interval, window);
    const saving = savingTime(interval, unit);
    if (part === 0 || saving.saves === 0) continue;
    const inside = insideStatements(interval, unit);
    known ||= inside !== null;
    const variance = (inside ?? 0) / saving.saves + betweenStatements(interval, unit, saving.saves);
    const mean = saving.spentMs / saving.saves;
    saves += saving.saves * part;
    spentMs += saving.spentMs * part;
    squares += (variance + mean ** 2) * saving.saves * part;
  }
  if (!known || saves === 0) return null;
  return Math.sqrt(Math.max(0, squares / saves - (spentMs / saves) ** 2));
}

/** Sum over the calls of (their time - their statement's mean)^2, ms^2; null where no sum of squares was read. */
function insideStatements({ booked }: Interval, unit: SaveUnit): number | null {
  let total = 0;
  let known = false;
  const belongs = flagsOf(booked.groups, unit.belongs);
  for (let row = 0; row < booked.size; row += 1) {
    if (belongs[booked.positions[row] ?? 0] !== 1) continue;
    const squaresMs2 = booked.squaresMs2[row] ?? 0;
    if (squaresMs2 > 0) known = true;
    // A reset between the two numbers may leave fewer squares than the mean alone accounts for.
    total += Math.max(0, squaresMs2 - (booked.execMs[row] ?? 0) ** 2 / (booked.calls[row] ?? 0));
  }
  return known ? total : null;
}

function betweenStatements({ booked, betweenMs }: Interval, unit: SaveUnit, saves: number): number {
  if (unit.kind !== 'saves' || betweenMs === null) return 0;
  const pauses = Math.max(1, booked.callsOf(flagsOf(booked.groups, unit.belongs)) / saves);
  return (betweenMs / saves) ** 2 / pauses;
}

/**
 * The 95th percentile of a time with this mean and standard deviation, ms, taken as log-normal: latencies are positive
 * and lean to the right, and two moments are all that the statistics keep.
 */
export function percentile95(meanMs: number, deviationMs: number): number {
  if (meanMs <= 0) return 0;
  const variance = Math.log(1 + (deviationMs / meanMs) ** 2);
  return meanMs * Math.exp(z95 * Math.sqrt(variance) - variance / 2);
}
