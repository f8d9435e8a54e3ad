import type { Widget } from '../../../shared/model/dashboard.ts';
import { freshnessState, type Budget, type Freshness } from '../../../shared/model/freshness.ts';

/**
 * 'live' promises base tables, read now. A number that comes out of a read model or the cache is measured by its age;
 * under a live budget that is one minute.
 */
const measurable = (budget: Budget): Budget => (budget === 'live' ? { minutes: 1 } : budget);

const ageMs = (asOf: string | null): number | null => (asOf === null ? null : Date.parse(asOf));

/** Freshness of a number that was read just now. `serverNowMs`: the server's clock, as the as-of is. */
export function readFreshness(
  widget: Widget,
  asOf: string | null,
  serverNowMs: number,
  unknownReason: string | null,
): Freshness {
  const live = widget.source.kind === 'live' && asOf !== null;
  const state = live ? 'live' : freshnessState(ageMs(asOf), measurable(widget.budget), serverNowMs, false);
  return { asOf, source: 'live', state, ...(unknownReason === null ? {} : { reason: unknownReason }) };
}

/** The number as it is while its read model is being refreshed; one that is offline or unknown stays that. */
export const beingRefreshed = (freshness: Freshness): Freshness =>
  freshness.source === 'cache' || freshness.state === 'unknown'
    ? freshness
    : { ...freshness, state: 'refreshing', reason: 'its read model is being refreshed' };

/** Freshness of a number out of the cache; `offlineReason` says why the database was not asked, where it was tried. */
export function cachedFreshness(
  widget: Widget,
  stored: Freshness,
  nowMs: number,
  offlineReason: string | null,
): Freshness {
  const { asOf } = stored;
  const reason = offlineReason ?? stored.reason;
  const state =
    offlineReason === null ? freshnessState(ageMs(asOf), measurable(widget.budget), nowMs, false) : 'offline';
  return { asOf, source: 'cache', state, ...(reason === undefined ? {} : { reason }) };
}
