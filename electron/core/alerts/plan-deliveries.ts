import type { DeliveryEvent, DeliveryState } from '../../../shared/model/alert-delivery.ts';
import { severityRank, type AlertSeverity } from '../../../shared/model/alert-severity.ts';
import { quietUntilMs, type QuietTimes } from '../../../shared/model/quiet-hours.ts';
import type { LedgerState, PlannedDelivery, StoredDelivery, StoredEpisode } from './ledger.ts';

/** One address of a channel: two channels, or two engines, with the same one tell it each thing once. */
export interface Destination {
  readonly key: string;
  /** For people. */
  readonly label: string;
  readonly channelId: string;
  readonly kind: StoredDelivery['channelKind'];
  readonly quiet: QuietTimes | null;
  /** False where this engine lacks the secret: what is owed is written down, and left to one that has it. */
  readonly ready: boolean;
}

/** An episode that was over before anybody could be told of it is not worth a message any more after this. */
const staleAfterMs = 24 * 3_600_000;

/**
 * Messages that are owed and not planned yet: that an episode began, that it goes on after a snooze, and, where the
 * beginning was told while it went on, that it is over. Pure.
 */
export function owedDeliveries(
  { episodes, deliveries }: LedgerState,
  destinations: readonly Destination[],
  nowMs: number,
): PlannedDelivery[] {
  const known = new Map(deliveries.map((delivery) => [delivery.deliveryId, delivery]));
  const owed: PlannedDelivery[] = [];
  for (const episode of episodes) {
    for (const destination of destinations) {
      for (const { event, round } of eventsOf(episode, destination, known, nowMs)) {
        const deliveryId = idOf(episode.episodeId, event, round, destination.key);
        if (known.has(deliveryId)) continue;
        owed.push({
          deliveryId,
          episodeId: episode.episodeId,
          event,
          channelKind: destination.kind,
          destinationKey: destination.key,
          destination: destination.label,
          plannedAtMs: nowMs,
        });
      }
    }
  }
  return owed;
}

const idOf = (episodeId: string, event: DeliveryEvent, round: number, key: string): string =>
  `${episodeId}/${event}${round === 0 ? '' : `-${round}`}/${key}`;

function eventsOf(
  episode: StoredEpisode,
  { key }: Destination,
  known: ReadonlyMap<string, StoredDelivery>,
  nowMs: number,
): readonly { readonly event: DeliveryEvent; readonly round: number }[] {
  const { episodeId, recoveredAtMs, snoozedUntilMs, snoozes } = episode;
  const opened = known.get(idOf(episodeId, 'opened', 0, key));
  if (recoveredAtMs === null) {
    const events: { event: DeliveryEvent; round: number }[] = [{ event: 'opened', round: 0 }];
    if (snoozedUntilMs !== null && snoozedUntilMs <= nowMs && opened?.state === 'sent') {
      events.push({ event: 'reminder', round: snoozes });
    }
    return events;
  }
  if (opened === undefined || nowMs - recoveredAtMs > staleAfterMs) return [];
  const toldWhileOpen = opened.state === 'sent' && opened.toldAtMs !== null && opened.toldAtMs < recoveredAtMs;
  return toldWhileOpen ? [{ event: 'recovered', round: 0 }] : [];
}

/** Until when a waiting delivery is held back, and why; null: nothing holds it. Pure. */
export function heldUntilMs(episode: StoredEpisode, quiet: QuietTimes | null, nowMs: number): number | null {
  const { snoozedUntilMs, recoveredAtMs, severity } = episode;
  const snoozed = recoveredAtMs === null && snoozedUntilMs !== null && snoozedUntilMs > nowMs ? snoozedUntilMs : null;
  const silent = quiet === null || breaksThrough(severity, quiet) ? null : quietUntilMs(quiet, nowMs);
  return snoozed === null && silent === null ? null : Math.max(snoozed ?? 0, silent ?? 0);
}

const breaksThrough = (severity: AlertSeverity, { exceptFrom: least }: QuietTimes): boolean =>
  least !== null && severityRank(severity) >= severityRank(least);

/** What one destination is to be told now, in one message. */
export interface Parcel {
  readonly destination: Destination;
  readonly items: readonly { readonly delivery: StoredDelivery; readonly episode: StoredEpisode }[];
}

/**
 * What is due, by destination: everything that waits for one of them goes in one message, so that a night's alerts are
 * one digest in the morning and fifty late models are one mail. A message that somebody took and did not end is due
 * again when their time is over. Pure.
 */
export function dueParcels(
  { episodes, deliveries }: LedgerState,
  destinations: readonly Destination[],
  nowMs: number,
): Parcel[] {
  const byId = new Map(episodes.map((episode) => [episode.episodeId, episode]));
  return destinations.flatMap((destination) => {
    if (!destination.ready) return [];
    const items = deliveries.flatMap((delivery) => {
      const episode = byId.get(delivery.episodeId);
      if (episode === undefined || delivery.destinationKey !== destination.key) return [];
      if (delivery.state !== 'waiting' && delivery.state !== 'sending') return [];
      if (delivery.nextAttemptAtMs > nowMs) return [];
      return heldUntilMs(episode, destination.quiet, nowMs) === null ? [{ delivery, episode }] : [];
    });
    const inOrder = items.toSorted((one, other) => one.episode.openedAtMs - other.episode.openedAtMs);
    return items.length === 0 ? [] : [{ destination, items: inOrder }];
  });
}

/** When the next message to one of the destinations can go out, ms; null: none waits. Pure. */
export function nextAttemptOf(
  { episodes, deliveries }: LedgerState,
  destinations: readonly Destination[],
  nowMs: number,
): number | null {
  const byId = new Map(episodes.map((episode) => [episode.episodeId, episode]));
  const byKey = new Map(destinations.map((destination) => [destination.key, destination]));
  const times = deliveries.flatMap(({ state, episodeId, destinationKey, nextAttemptAtMs }) => {
    const [episode, destination] = [byId.get(episodeId), byKey.get(destinationKey)];
    if (episode === undefined || destination?.ready !== true || state === 'sent' || state === 'failed') return [];
    return [Math.max(nextAttemptAtMs, heldUntilMs(episode, destination.quiet, nowMs) ?? 0)];
  });
  return times.length === 0 ? null : Math.min(...times);
}

/** A delivery in the words of the contract; `destinations` are those of this engine. Pure. */
export function shownState(
  delivery: StoredDelivery,
  episode: StoredEpisode,
  quiet: QuietTimes | null,
  nowMs: number,
): { readonly state: DeliveryState; readonly nextAttemptAtMs: number | null } {
  switch (delivery.state) {
    case 'sent':
    case 'failed':
      return { state: delivery.state, nextAttemptAtMs: null };
    case 'sending':
      return { state: 'sending', nextAttemptAtMs: delivery.nextAttemptAtMs };
    case 'waiting': {
      const heldMs = heldUntilMs(episode, quiet, nowMs);
      if (heldMs !== null) return { state: 'held', nextAttemptAtMs: heldMs };
      const state = delivery.attempts > 0 ? 'retrying' : 'waiting';
      return { state, nextAttemptAtMs: delivery.nextAttemptAtMs };
    }
  }
}
