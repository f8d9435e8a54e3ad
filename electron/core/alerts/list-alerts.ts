import type { Delivery } from '../../../shared/model/alert-delivery.ts';
import type { AlertSeverity } from '../../../shared/model/alert-severity.ts';
import type { ListedEpisode } from '../../../shared/model/alerts.ts';
import { shownEpisode, type Book } from './episode-book.ts';
import type { LedgerState, StoredDelivery, StoredEpisode } from './ledger.ts';
import { shownState, type Destination } from './plan-deliveries.ts';

const ranks: Readonly<Record<AlertSeverity, number>> = { critical: 0, warning: 1, info: 2 };

/** Episodes of a ledger as they are shown, on this machine's clock. Pure. */
export function listEpisodes(
  serverId: string,
  { keptIn, skewMs }: Pick<Book, 'keptIn' | 'skewMs'>,
  { episodes, deliveries }: LedgerState,
  destinations: readonly Destination[],
  nowMs: number,
): ListedEpisode[] {
  const quiet = new Map(destinations.map((one) => [one.key, one.quiet]));
  return episodes.map((episode) => ({
    ...shownEpisode(episode, skewMs),
    serverId,
    keptIn,
    deliveries: deliveries
      .filter(({ episodeId }) => episodeId === episode.episodeId)
      .map((delivery) => shown(delivery, episode, quiet.get(delivery.destinationKey) ?? null)),
  }));

  function shown(delivery: StoredDelivery, episode: StoredEpisode, times: Destination['quiet']): Delivery {
    const { state, nextAttemptAtMs } = shownState(delivery, episode, times, nowMs);
    const { deliveryId, episodeId, event, channelKind, destination, attempts, problem, error, sender } = delivery;
    return {
      deliveryId,
      episodeId,
      event,
      channelKind,
      destination,
      state,
      attempts,
      problem,
      error,
      plannedAtMs: delivery.plannedAtMs - skewMs,
      nextAttemptAtMs: nextAttemptAtMs === null ? null : nextAttemptAtMs - skewMs,
      sentAtMs: delivery.toldAtMs === null ? null : delivery.toldAtMs - skewMs,
      sender: sender === null ? null : senderName(sender),
    };
  }
}

/** 'anna (agent) on erp1', without what tells two lives of it apart. */
const senderName = (sender: string): string => sender.replace(/ #[0-9a-f]+$/, '');

/** Open ones: the worst first, then the oldest. Those that are over: the latest first. */
export const inOrder = (episodes: readonly ListedEpisode[]): { open: ListedEpisode[]; recent: ListedEpisode[] } => ({
  open: episodes
    .filter(({ recoveredAtMs }) => recoveredAtMs === null)
    .toSorted((one, other) => ranks[one.severity] - ranks[other.severity] || one.openedAtMs - other.openedAtMs),
  recent: episodes
    .filter(({ recoveredAtMs }) => recoveredAtMs !== null)
    .toSorted((one, other) => (other.recoveredAtMs ?? 0) - (one.recoveredAtMs ?? 0)),
});
