import type { Freshness } from '../../../shared/model/freshness.ts';
import type { BlockingTree, SeenTransaction } from '../../../shared/model/transactions.ts';
import type { DashboardService } from '../dashboards/dashboard-service.ts';
import type { StoredHistory, TimeWindow } from '../diagnosis/input.ts';
import { blockingTrees } from '../diagnosis/transactions/blocking-trees.ts';
import { seenTransactions } from '../diagnosis/transactions/seen-transactions.ts';
import { lookAheadMs, lookBackMs, ownApplicationNames } from './gather-input.ts';
import { checkedWindow, freshnessOf, storedExtent, type FreshnessSources } from './history-freshness.ts';

export interface TransactionSources extends FreshnessSources {
  readonly dashboards: DashboardService;
}

/** Slow transactions and lock queues of a window, from stored samples: works without the server. */
export async function transactionsOf(
  sources: TransactionSources,
  serverId: string,
  window: TimeWindow,
): Promise<{ transactions: SeenTransaction[]; freshness: Freshness }> {
  const [history, freshness] = await sampledHistory(sources, serverId, window);
  return { transactions: seenTransactions(history), freshness };
}

export async function blockingOf(
  sources: TransactionSources,
  serverId: string,
  window: TimeWindow,
): Promise<{ trees: BlockingTree[]; freshness: Freshness }> {
  const [history, freshness] = await sampledHistory(sources, serverId, window);
  return { trees: blockingTrees(history), freshness };
}

/** Longer windows take the classes of their statements from the statistics of their last hours: a day has a million rows. */
const statisticsReachMs = 3 * 3_600_000;

async function sampledHistory(
  sources: TransactionSources,
  serverId: string,
  window: TimeWindow,
): Promise<[StoredHistory & TimeWindow, Freshness]> {
  const { history, dashboards } = sources;
  const { fromMs, toMs } = checkedWindow(window);
  const extent = await storedExtent(sources, serverId);
  const statisticsFromMs = Math.max(fromMs - lookBackMs, toMs - statisticsReachMs);
  const { capture } = await sources.servers.stored(serverId);
  const [known, deltas, samples, overrides, references] = await Promise.all([
    history.samples.statements(serverId, Math.min(statisticsFromMs, fromMs)),
    history.samples.deltas(serverId, statisticsFromMs, toMs + lookAheadMs),
    history.samples.samples(serverId, fromMs, toMs),
    history.samples.classOverrides(serverId),
    dashboards.widgetReferences(serverId),
  ]);
  const widgets = [...references, ...(capture?.widgets ?? [])];
  // Background processes have statements of their own in rollups only; raw samples name them by their type.
  const statements = known.filter(({ fingerprint }) => !fingerprint.startsWith('backend:'));
  return [
    { statements, deltas, samples, overrides, widgets, ownApplicationNames, fromMs, toMs },
    freshnessOf(sources, serverId, extent),
  ];
}
