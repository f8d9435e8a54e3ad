import { budgetMinutes, dueAtMs } from '../../shared/model/ageing.ts';
import type { Budget, Freshness } from '../../shared/model/freshness.ts';

/** A live widget looks again after this long: a person who watches expects the minute to count. */
const liveMs = 30_000;
/** Nothing is asked for more often than this, however old it is: its owner decides how fresh it can be. */
const soonestMs = 20_000;
/** What is overdue, or failed, is looked at this often at least. */
const latestMs = 15 * 60_000;
/** Numbers of one budget on many screens fall due together; they are asked for within this long of it. */
const mostSpreadMs = 60_000;

/** What is known of a widget when the next look is planned. */
export interface LookedAt {
  readonly budget: Budget;
  readonly freshness: Freshness | null;
  /** This machine's clock, ms; null: it was not asked for yet. */
  readonly askedAtMs: number | null;
  /** Asks in a row that failed. */
  readonly failures: number;
}

/**
 * When a widget's number is asked for again, ms on this machine's clock: when it falls due by its as-of, and not before.
 * A number that stays overdue is late at its owner, and one that fails is no better for asking faster. `clockSkewMs`: the
 * server's clock, which the as-of is on, minus this machine's. `random`: in [0, 1), one for each look.
 */
export function nextLookMs(
  { budget, freshness, askedAtMs, failures }: LookedAt,
  clockSkewMs: number,
  random: number,
): number {
  if (askedAtMs === null) return 0;
  const after = (waitMs: number): number => askedAtMs + waitMs * (1 + random / 10);
  if (failures > 0) return after(Math.min(latestMs, soonestMs * 2 ** Math.min(failures - 1, 10)));
  if (budget === 'live') return after(liveMs);
  if (freshness?.state === 'refreshing') return after(soonestMs);
  const overdueMs = Math.min(latestMs, Math.max(soonestMs, budgetMinutes(budget) * 15_000));
  const asOfMs = freshness?.asOf == null ? Number.NaN : Date.parse(freshness.asOf);
  if (Number.isNaN(asOfMs)) return after(overdueMs);
  const spreadMs = Math.min(mostSpreadMs, budgetMinutes(budget) * 6_000);
  const dueMs = dueAtMs(asOfMs, budget) - clockSkewMs + random * spreadMs;
  return dueMs > askedAtMs ? Math.max(dueMs, askedAtMs + soonestMs) : after(overdueMs);
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
