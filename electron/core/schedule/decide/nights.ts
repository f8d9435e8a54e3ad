import type { AgedBudget } from '../../../../shared/model/freshness.ts';
import { nextNightMs, nightlyGraceMs, type Nightly } from '../../../../shared/model/nightly.ts';

const nights = new Map<string, number>();
const rememberedAtMost = 8_192;

/** The first night's refresh after a moment. Time zones are slow to compute, and a model asks the same until its next run. */
export function nextNight(afterMs: number, nightly: Nightly): number {
  const key = `${nightly.timeZone} ${nightly.at} ${afterMs}`;
  let found = nights.get(key);
  if (found === undefined) {
    found = nextNightMs(afterMs, nightly);
    if (nights.size >= rememberedAtMost) nights.clear();
    nights.set(key, found);
  }
  return found;
}

/** From when on rows of an as-of are older than a budget accepts. */
export const lateFromMs = (asOfMs: number, budget: AgedBudget): number =>
  'minutes' in budget ? asOfMs + budget.minutes * 60_000 : nextNight(asOfMs, budget.nightly) + nightlyGraceMs;

/** The length of a budget, for comparing how late models are. */
export const budgetLengthMs = (budget: AgedBudget): number =>
  'minutes' in budget ? budget.minutes * 60_000 : 24 * 3_600_000;
