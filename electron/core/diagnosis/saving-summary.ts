import { expectedBetween, type Baseline } from './baseline.ts';
import { betweenStatements } from './between-statements.ts';
import type { StatementGroup } from './catalog.ts';
import { commits } from './commit-waits.ts';
import { flagsOf } from './booked.ts';
import { sum, type IntervalDamage } from './damage.ts';
import { percentile95, saveDeviation } from './save-spread.ts';
import type { TimeWindow } from './input.ts';
import { savingTime, type SaveUnit } from './saves.ts';

/** How long one save took during the incident, and how long it takes in quiet times. */
export interface SavingSummary {
  readonly unit: SaveUnit;
  readonly saves: number;
  /**
   * Execution time per save, with the time between its statements, of calls in flight, and waited in its COMMIT beyond
   * the usual (a quiet COMMIT is seen by too few samples to be counted); null without one.
   */
  readonly meanMs: number | null;
  readonly baselineMeanMs: number | null;
  /** 95th percentile of a save, estimated (save-spread.ts); null where its spread is not known. */
  readonly p95Ms: number | null;
  readonly baselineP95Ms: number | null;
  /** Standard deviations of a save, ms. */
  readonly deviationMs: number | null;
  readonly baselineDeviationMs: number | null;
  readonly slowdown: number | null;
  /** What a save needs for the work that it did this time (n * L*), over its usual time; above 1: it does more itself. */
  readonly workGrowth: number | null;
  /** Damage to what belongs to saving, seconds. */
  readonly damageSeconds: number;
}

export function summarizeSaving(
  unit: SaveUnit,
  damages: readonly IntervalDamage[],
  baseline: Baseline,
  window: TimeWindow,
): SavingSummary {
  const ofSaving = (group: StatementGroup) => unit.belongs(group) || group === betweenStatements || group === commits;
  let saves = 0;
  let spentMs = 0;
  let expected = 0;
  let damageSeconds = 0;
  for (const { interval, part, booked: waited, unbooked, inFlight, commitSeconds } of damages) {
    const saving = savingTime(interval, unit);
    saves += saving.saves * part;
    spentMs += saving.spentMs * part + commitSeconds * 1000;
    for (const [group, seconds] of inFlight) if (unit.belongs(group)) spentMs += seconds * 1000;
    damageSeconds += sum([...unbooked].map(([group, seconds]) => (ofSaving(group) ? seconds : 0)));
    const { booked } = interval;
    const belongs = flagsOf(booked.groups, unit.belongs);
    for (let row = 0; row < booked.size; row += 1) {
      const position = booked.positions[row] ?? 0;
      if (belongs[position] !== 1) continue;
      damageSeconds += waited[row] ?? 0;
      const calls = booked.calls[row] ?? 0;
      const expectedMs = baseline.usual.expectedMs(position, calls, booked.blocks[row] ?? 0);
      if (!Number.isNaN(expectedMs)) expected += calls * expectedMs * part;
    }
  }
  for (const { interval, part } of damages) {
    expected += (expectedBetween(interval, baseline.between, unit)?.expectedMs ?? 0) * part;
  }
  const usual = usualSaving(baseline, unit);
  const wholeSaves = Math.round(saves);
  const meanMs = wholeSaves === 0 ? null : Math.max(0, spentMs) / saves;
  const inside = damages.map(({ interval }) => interval);
  const deviationMs = saveDeviation(inside, window, unit);
  const baselineDeviationMs = saveDeviation(baseline.intervals, always, unit);
  return {
    unit,
    saves: wholeSaves,
    meanMs,
    baselineMeanMs: usual,
    p95Ms: meanMs === null || deviationMs === null ? null : percentile95(meanMs, deviationMs),
    baselineP95Ms: usual === null || baselineDeviationMs === null ? null : percentile95(usual, baselineDeviationMs),
    deviationMs,
    baselineDeviationMs,
    slowdown: meanMs === null || usual === null || usual === 0 ? null : meanMs / usual,
    workGrowth: wholeSaves === 0 || usual === null || usual === 0 ? null : expected / saves / usual,
    damageSeconds,
  };
}

const always: TimeWindow = { fromMs: -Infinity, toMs: Infinity };

/** Mean of a quiet save, ms: medians of its statements times how often each of them runs in it, and of the pauses. */
function usualSaving({ intervals, usual, between }: Baseline, unit: SaveUnit): number | null {
  const saves = sum(intervals.map((interval) => savingTime(interval, unit).saves));
  if (saves === 0) return null;
  const spentMs = sum(intervals.map(({ booked }) => usual.workOf(booked, flagsOf(booked.groups, unit.belongs))));
  return spentMs / saves + (unit.kind === 'saves' ? (between?.meanMs ?? 0) : 0);
}
