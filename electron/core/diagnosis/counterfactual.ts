import { percentile95 } from './save-spread.ts';
import type { SavingSummary } from './saving-summary.ts';

export interface Counterfactual {
  /** Of one save, ms. */
  readonly meanMs: number;
  readonly p95Ms: number | null;
}

/**
 * One save without a suspect that has this share of the damage; never below the usual. Its part of the waiting goes,
 * and the spread goes back towards the quiet one by the same part. Null where no save was counted.
 */
export function withoutSuspect(saving: SavingSummary, share: number): Counterfactual | null {
  const { meanMs, baselineMeanMs, damageSeconds, saves, deviationMs, baselineDeviationMs, p95Ms } = saving;
  if (meanMs === null || saves === 0) return null;
  const least = Math.min(meanMs, baselineMeanMs ?? 0);
  const left = Math.max(least, meanMs - (share * damageSeconds * 1000) / saves);
  if (p95Ms === null || deviationMs === null) return { meanMs: left, p95Ms: null };
  const usualDeviationMs = Math.min(deviationMs, baselineDeviationMs ?? deviationMs);
  const deviationLeftMs = deviationMs - share * (deviationMs - usualDeviationMs);
  return { meanMs: left, p95Ms: Math.min(p95Ms, percentile95(left, deviationLeftMs)) };
}
