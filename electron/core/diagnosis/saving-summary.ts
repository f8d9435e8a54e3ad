import type { Baseline } from './baseline.ts';
import { expectedMs, sum, type IntervalDamage } from './damage.ts';
import { findSaveUnit, savingTime, type SaveUnit } from './saves.ts';
import type { Interval } from './intervals.ts';

/** How long one save took during the incident, and how long it takes in quiet times. */
export interface SavingSummary {
  readonly unit: SaveUnit;
  readonly saves: number;
  /** Execution time per save, waiting of calls in flight included; null without a save. */
  readonly meanMs: number | null;
  readonly baselineMeanMs: number | null;
  readonly slowdown: number | null;
  /** What a save needs for the work that it did this time (n * L*), over its usual time; above 1: it does more itself. */
  readonly workGrowth: number | null;
  /** Damage to what belongs to saving, seconds. */
  readonly damageSeconds: number;
}

export function summarizeSaving(
  intervals: readonly Interval[],
  damages: readonly IntervalDamage[],
  baseline: Baseline,
): SavingSummary {
  const unit = findSaveUnit(intervals);
  let saves = 0;
  let execMs = 0;
  let expected = 0;
  let damageSeconds = 0;
  for (const { interval, part, byVictim, inFlight } of damages) {
    const saving = savingTime(interval, unit);
    saves += saving.saves * part;
    execMs += saving.execMs * part;
    for (const [group, seconds] of inFlight) if (unit.belongs(group)) execMs += seconds * 1000;
    damageSeconds += sum([...byVictim].map(([group, seconds]) => (unit.belongs(group) ? seconds : 0)));
    for (const [group, booked] of interval.booked) {
      if (unit.belongs(group)) expected += booked.calls * (expectedMs(group, booked, baseline.usual) ?? 0) * part;
    }
  }
  const usual = usualSaving(baseline, unit);
  const wholeSaves = Math.round(saves);
  const meanMs = wholeSaves === 0 ? null : Math.max(0, execMs) / saves;
  return {
    unit,
    saves: wholeSaves,
    meanMs,
    baselineMeanMs: usual,
    slowdown: meanMs === null || usual === null || usual === 0 ? null : meanMs / usual,
    workGrowth: wholeSaves === 0 || usual === null || usual === 0 ? null : expected / saves / usual,
    damageSeconds,
  };
}

/** Mean of a quiet save, ms: medians of its statements times how often each of them runs in it. */
function usualSaving({ intervals, usual }: Baseline, unit: SaveUnit): number | null {
  const saves = sum(intervals.map((interval) => savingTime(interval, unit).saves));
  if (saves === 0) return null;
  const spentMs = sum(
    intervals.flatMap(({ booked }) =>
      [...booked].map(([group, { calls }]) => (unit.belongs(group) ? calls * (usual.get(group)?.meanMs ?? 0) : 0)),
    ),
  );
  return spentMs / saves;
}
