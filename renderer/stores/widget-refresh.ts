import type { Budget, Freshness } from '../../shared/model/freshness.ts';

/** A live widget looks again after this long: a person who watches expects the minute to count. */
const liveMs = 30_000;
/** Nothing is asked for more often than this, however old it is: its owner decides how fresh it can be. */
const soonestMs = 20_000;
const latestMs = 15 * 60_000;

/**
 * How long until a widget's number is asked for again: when it falls due, spread by up to a tenth, so that widgets
 * of one budget on many screens do not come together. `random` is in [0, 1).
 */
export function waitForRefreshMs(budget: Budget, freshness: Freshness | null, nowMs: number, random: number): number {
  const jitter = 1 + random / 10;
  if (budget === 'live') return liveMs * jitter;
  const asOfMs = freshness?.asOf == null ? Number.NaN : Date.parse(freshness.asOf);
  if (freshness?.state === 'refreshing' || Number.isNaN(asOfMs)) return soonestMs * jitter;
  const dueInMs = asOfMs + budget.minutes * 60_000 - nowMs;
  // Overdue already: whoever refreshes it is late, and asking faster does not help.
  const waitMs = dueInMs > 0 ? dueInMs : (budget.minutes * 60_000) / 4;
  return Math.min(latestMs, Math.max(soonestMs, waitMs)) * jitter;
}

/** Runs `work` over all items, at most `limit` at a time, in order. A failing item is the work's own business. */
export async function eachBounded<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
}
