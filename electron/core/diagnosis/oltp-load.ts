import type { Baseline } from './baseline.ts';
import { sum, type IntervalDamage } from './damage.ts';
import { savingTime, type SaveUnit } from './saves.ts';

/** How much more OLTP asked of the server during the incident than in quiet times, by itself. */
export interface OltpLoad {
  /** Saves (or calls, where no writes were seen) per second over the usual rate; null where nobody counted them. */
  readonly arrivalGrowth: number | null;
}

export function measureLoad(damages: readonly IntervalDamage[], baseline: Baseline, unit: SaveUnit): OltpLoad {
  const saves = sum(damages.map(({ interval, part }) => savingTime(interval, unit).saves * part));
  const seconds = sum(damages.map(({ interval, part }) => interval.seconds * part));
  const usualSaves = sum(baseline.intervals.map((interval) => savingTime(interval, unit).saves));
  if (saves === 0 || seconds === 0 || usualSaves === 0) return { arrivalGrowth: null };
  return { arrivalGrowth: saves / seconds / (usualSaves / baseline.seconds) };
}
