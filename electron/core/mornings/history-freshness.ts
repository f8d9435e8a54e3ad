import { Failure } from '../../../shared/model/failure.ts';
import { freshnessState, type Freshness } from '../../../shared/model/freshness.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { TimeWindow } from '../diagnosis/input.ts';
import type { History } from '../history/history.ts';
import type { Clock } from '../ports.ts';

export interface FreshnessSources {
  readonly ports: { readonly clock: Clock };
  readonly history: History;
  readonly servers: KnownServers;
}

/** Samples older than this are not "now" any more. */
const historyBudget = { minutes: 2 };

/** First and last moment for which anything is stored. Throws `Failure('not_found')` for a server that nobody knows. */
export async function storedExtent(
  { servers, history }: FreshnessSources,
  serverId: string,
): Promise<TimeWindow | null> {
  await servers.stored(serverId);
  return history.samples.extent(serverId);
}

/** The age of what rests on samples is the age of the last one. */
export function freshnessOf(
  { servers, ports }: FreshnessSources,
  serverId: string,
  extent: TimeWindow | null,
): Freshness {
  const connected = servers.isOpen(serverId);
  const asOfMs = extent?.toMs ?? null;
  return {
    asOf: asOfMs === null ? null : new Date(asOfMs).toISOString(),
    source: 'history',
    state: freshnessState(asOfMs, historyBudget, ports.clock.nowMs(), !connected),
    ...(connected ? {} : { reason: 'The connection is closed; this is what was sampled before.' }),
  };
}

/** Throws `Failure('invalid_input')` for a window that ends before it begins. */
export function checkedWindow(window: TimeWindow): TimeWindow {
  if (window.toMs > window.fromMs) return window;
  throw new Failure({
    code: 'invalid_input',
    message: `The window ends (toMs ${window.toMs}) before it begins (fromMs ${window.fromMs}).`,
  });
}

const longestMorningMs = 24 * 3_600_000;

/** As `checkedWindow`, for what ends in a verdict: longer windows have no one quiet time to compare them with. */
export function checkedMorning(window: TimeWindow): TimeWindow {
  const checked = checkedWindow(window);
  if (checked.toMs - checked.fromMs <= longestMorningMs) return checked;
  const hours = Math.round((checked.toMs - checked.fromMs) / 360_000) / 10;
  throw new Failure({
    code: 'invalid_input',
    message: `A verdict is about a morning, and this window has ${hours} hours: choose at most 24 hours.`,
  });
}
