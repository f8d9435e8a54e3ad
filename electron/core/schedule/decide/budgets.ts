import type { AgedBudget } from '../../../../shared/model/freshness.ts';
import { lateFromMs } from './nights.ts';

/** What one consumer of a read model accepts. */
export interface ConsumerBudget {
  readonly budget: AgedBudget;
  readonly consumer: string;
}

/** Nights of one time are one night, whoever expects it; of ages the shortest is kept and the others follow. */
export const budgetKey = (budget: AgedBudget): string =>
  'minutes' in budget ? 'minutes' : `${budget.nightly.timeZone} ${budget.nightly.at}`;

/**
 * Those of many budgets that decide: the shortest in minutes, and one for each night. Which of them ends first depends on
 * the as-of, so that none of these can stand for the others.
 */
export function decidingBudgets(all: readonly ConsumerBudget[]): readonly ConsumerBudget[] {
  if (all.length < 2) return all;
  const kept = new Map<string, ConsumerBudget>();
  for (const each of all) {
    const key = budgetKey(each.budget);
    const known = kept.get(key);
    if (known === undefined || shorter(each.budget, known.budget)) kept.set(key, each);
  }
  return [...kept.values()];
}

const shorter = (one: AgedBudget, other: AgedBudget): boolean =>
  'minutes' in one && 'minutes' in other && one.minutes < other.minutes;

/** From when on rows of an as-of are older than one of the budgets accepts; Infinity: nobody names one. */
export function budgetsEndMs(asOfMs: number, budgets: readonly ConsumerBudget[]): number {
  let firstMs = Infinity;
  for (const { budget } of budgets) firstMs = Math.min(firstMs, lateFromMs(asOfMs, budget));
  return firstMs;
}

/** Of the budgets of a model the one that ends first for rows of an as-of; null: nobody names one. */
export function firstToEnd(asOfMs: number, budgets: readonly ConsumerBudget[]): ConsumerBudget | null {
  const firstMs = budgetsEndMs(asOfMs, budgets);
  return budgets.find(({ budget }) => lateFromMs(asOfMs, budget) === firstMs) ?? null;
}
