import type { AgedBudget, Budget, Freshness, FreshnessHold, FreshnessState } from './freshness.ts';
import { nextNightMs } from './night.ts';

const minutesADay = 24 * 60;

/** The longest age that a budget accepts, minutes, for comparing budgets; a night's is a day. */
export const budgetMinutes = (budget: AgedBudget): number => ('minutes' in budget ? budget.minutes : minutesADay);

/** From when on a number is due, ms on the clock that its as-of is on. */
export const dueAtMs = (asOfMs: number, budget: AgedBudget): number =>
  'minutes' in budget ? asOfMs + budget.minutes * 60_000 : nextNightMs(asOfMs, budget.nightly);

/** From when on a number is stale: at twice its budget, or when a second night's refresh is due. */
export const staleAtMs = (asOfMs: number, budget: AgedBudget): number =>
  'minutes' in budget
    ? asOfMs + 2 * budget.minutes * 60_000
    : nextNightMs(nextNightMs(asOfMs, budget.nightly), budget.nightly);

/** State of a number under a budget. `nowMs` is the clock that the as-of is on. */
export function freshnessState(asOfMs: number | null, budget: Budget, nowMs: number, offline: boolean): FreshnessState {
  if (asOfMs === null) return 'unknown';
  if (offline) return 'offline';
  if (budget === 'live') return 'live';
  if (nowMs <= dueAtMs(asOfMs, budget)) return 'fresh';
  return nowMs <= staleAtMs(asOfMs, budget) ? 'due' : 'stale';
}

/** What holds at a moment of the server's clock: a window only while it is open. */
export const holdsAt = (holds: readonly FreshnessHold[], nowMs: number): FreshnessHold[] =>
  holds.filter((hold) => !('window' in hold) || (hold.window.fromMs <= nowMs && nowMs < hold.window.toMs));

/** The freshness of a dashboard is that of its oldest widget; widgets without a number do not count. */
export function oldest(widgets: readonly Freshness[]): Freshness | null {
  let found: Freshness | null = null;
  for (const f of widgets) {
    if (f.asOf === null) continue;
    if (found === null || Date.parse(f.asOf) < Date.parse(found.asOf ?? '')) found = f;
  }
  return found;
}
