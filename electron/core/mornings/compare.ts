import type { Comparison } from '../../../shared/model/diagnosis.ts';
import type { Freshness } from '../../../shared/model/freshness.ts';
import { compareMornings } from '../diagnosis/compare/compare.ts';
import type { TimeWindow } from '../diagnosis/input.ts';
import { gatherInput } from './gather-input.ts';
import { checkedMorning, freshnessOf, storedExtent } from './history-freshness.ts';
import type { TransactionSources } from './transactions.ts';

/** Two windows of one server beside each other, from stored history: works without the server. */
export async function compareWindows(
  sources: TransactionSources,
  serverId: string,
  before: TimeWindow,
  after: TimeWindow,
  /** Whose clock the sentence tells; default: where the mornings are. */
  readerTimeZone?: string,
): Promise<{ comparison: Comparison; freshness: Freshness }> {
  const windows = [checkedMorning(before), checkedMorning(after)] as const;
  const extent = await storedExtent(sources, serverId);
  const one = await gatherInput(sources, serverId, windows[0], { readerTimeZone });
  const two = await gatherInput(sources, serverId, windows[1], { readerTimeZone });
  return { comparison: compareMornings(one, two), freshness: freshnessOf(sources, serverId, extent) };
}
