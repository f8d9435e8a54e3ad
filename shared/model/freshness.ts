import { z } from 'zod';
import { nightlySchema } from './nightly.ts';
import { skipWindowSchema } from './skip-calendar.ts';

export * from './ageing.ts';

/** Where a number came from. `live`: the database, just now; `history`: our samples; `cache`: the offline cache. */
export const freshnessSourceSchema = z.enum(['live', 'history', 'cache']);

/**
 * - live: read from base tables just now
 * - fresh: younger than its budget
 * - due: older than its budget, at most twice; or a night's refresh is due
 * - stale: older than twice its budget; or two nights' refreshes are due
 * - refreshing: a newer number is on its way, the old one stays
 * - offline: out of the cache, because the database is out of reach
 * - unknown: no as-of is known
 */
export const freshnessStateSchema = z.enum(['live', 'fresh', 'due', 'stale', 'refreshing', 'offline', 'unknown']);
export type FreshnessState = z.infer<typeof freshnessStateSchema>;

/**
 * Why a number out of a read model stays as old as it is. Moments are on the server's clock.
 * - frozen: by a skip window in which nothing is refreshed, open now or the next one to open (`holdsAt`)
 * - no_swap: by an open one in which no other version is switched to; refreshes go on
 * - paused, stopped: its schedule, by a person, or after an error that does not pass by itself
 */
export const freshnessHoldSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('frozen'), window: skipWindowSchema }),
  z.object({ kind: z.literal('no_swap'), window: skipWindowSchema }),
  z.object({ kind: z.literal('paused'), sinceMs: z.number() }),
  z.object({ kind: z.literal('stopped'), sinceMs: z.number() }),
]);
export type FreshnessHold = z.infer<typeof freshnessHoldSchema>;

export const freshnessSchema = z.object({
  /** The moment the source data was read: ISO 8601 with zone, on the server's clock; null when unknown. */
  asOf: z.string().nullable(),
  source: freshnessSourceSchema,
  state: freshnessStateSchema,
  reason: z.string().optional(),
  /** What holds its read model; of a number out of the cache, as far as was known last. Left out: nothing. */
  holds: z.array(freshnessHoldSchema).optional(),
});
export type Freshness = z.infer<typeof freshnessSchema>;

/**
 * A freshness budget. `live` reads base tables each time; `minutes` is the largest age that its consumer accepts; a
 * `nightly` number counts until the next night's refresh is due.
 */
export const budgetSchema = z.union([
  z.literal('live'),
  z.object({ minutes: z.number().int().positive() }),
  z.object({ nightly: nightlySchema }),
]);
export type Budget = z.infer<typeof budgetSchema>;

/** A budget that a number out of a read model can keep. */
export type AgedBudget = Exclude<Budget, 'live'>;
