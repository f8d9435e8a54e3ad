import { z } from 'zod';

/** Where a number came from. `live`: the database, just now; `history`: our samples; `cache`: the offline cache. */
export const freshnessSourceSchema = z.enum(['live', 'history', 'cache']);

/**
 * - live: read from base tables just now
 * - fresh: younger than its budget
 * - due: older than its budget, at most twice
 * - stale: older than twice its budget
 * - refreshing: a newer number is on its way, the old one stays
 * - offline: out of the cache, because the database is out of reach
 * - unknown: no as-of is known
 */
export const freshnessStateSchema = z.enum(['live', 'fresh', 'due', 'stale', 'refreshing', 'offline', 'unknown']);
export type FreshnessState = z.infer<typeof freshnessStateSchema>;

export const freshnessSchema = z.object({
  /** The moment the source data was read: ISO 8601 with zone, on the server's clock; null when unknown. */
  asOf: z.string().nullable(),
  source: freshnessSourceSchema,
  state: freshnessStateSchema,
  reason: z.string().optional(),
});
export type Freshness = z.infer<typeof freshnessSchema>;

/** A freshness budget. `live` reads base tables each time; otherwise the largest age in minutes that its consumer accepts. */
export const budgetSchema = z.union([z.literal('live'), z.object({ minutes: z.number().int().positive() })]);
export type Budget = z.infer<typeof budgetSchema>;

/** State of a number of age `nowMs - asOfMs` under a budget; 'due' from 1x, 'stale' from 2x the budget. */
export function freshnessState(asOfMs: number | null, budget: Budget, nowMs: number, offline: boolean): FreshnessState {
  if (asOfMs === null) return 'unknown';
  if (offline) return 'offline';
  if (budget === 'live') return 'live';
  const ageMs = nowMs - asOfMs;
  const budgetMs = budget.minutes * 60_000;
  if (ageMs <= budgetMs) return 'fresh';
  return ageMs <= 2 * budgetMs ? 'due' : 'stale';
}

/** The freshness of a dashboard is that of its oldest widget; widgets without a number do not count. */
export function oldest(widgets: readonly Freshness[]): Freshness | null {
  let found: Freshness | null = null;
  for (const f of widgets) {
    if (f.asOf === null) continue;
    if (found === null || Date.parse(f.asOf) < Date.parse(found.asOf ?? '')) found = f;
  }
  return found;
}
