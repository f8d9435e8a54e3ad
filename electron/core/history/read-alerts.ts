import { channelSchema, type Channel } from '../../../shared/model/alert-channel.ts';
import { alertSeveritySchema } from '../../../shared/model/alert.ts';
import { deliveryEventSchema, deliveryProblemSchema } from '../../../shared/model/alert-delivery.ts';
import { episodeKindSchema } from '../../../shared/model/alert-episode.ts';
import type { LedgerState, StoredDelivery, StoredEpisode } from '../alerts/ledger.ts';
import type { Prepare } from './prepared.ts';
import { knownServerKey } from './servers.ts';

interface EpisodeRow {
  readonly episode_id: string;
  readonly kind: string;
  readonly subject: string;
  readonly severity: string;
  readonly owner: string | null;
  readonly text: string;
  readonly opened_at_ms: number;
  readonly seen_at_ms: number;
  readonly recovered_at_ms: number | null;
  readonly recovered_text: string | null;
  readonly acknowledged_at_ms: number | null;
  readonly acknowledged_by: string | null;
  readonly snoozed_until_ms: number | null;
  readonly snoozes: number;
}

interface DeliveryRow {
  readonly delivery_id: string;
  readonly episode_id: string;
  readonly event: string;
  readonly channel_kind: string;
  readonly destination_key: string;
  readonly destination: string;
  readonly state: string;
  readonly attempts: number;
  readonly problem: string | null;
  readonly error: string | null;
  readonly planned_at_ms: number;
  readonly next_attempt_at_ms: number;
  readonly told_at_ms: number | null;
  readonly sender: string | null;
}

export function createAlertReader(prepare: Prepare) {
  return {
    alertChannels(): Channel[] {
      return prepare<{ body: string }>('select body from alert_channel order by channel_id')
        .all()
        .map(({ body }) => channelSchema.parse(JSON.parse(body)));
    },

    alertLedger(serverId: string, recoveredSinceMs: number): LedgerState {
      const serverKey = knownServerKey(prepare, serverId);
      const episodes = prepare<EpisodeRow>(
        `select * from alert_episode
         where server_key = ? and (recovered_at_ms is null or recovered_at_ms > ?) order by opened_at_ms, episode_id`,
      ).all(serverKey, recoveredSinceMs);
      const deliveries = prepare<DeliveryRow>(
        `select delivery.* from alert_delivery delivery join alert_episode episode using (server_key, episode_id)
         where server_key = ? and (recovered_at_ms is null or recovered_at_ms > ?)
         order by planned_at_ms, delivery_id`,
      ).all(serverKey, recoveredSinceMs);
      return { episodes: episodes.map(episodeOf), deliveries: deliveries.map(deliveryOf) };
    },
  };
}

const episodeOf = (row: EpisodeRow): StoredEpisode => ({
  episodeId: row.episode_id,
  kind: episodeKindSchema.parse(row.kind),
  subject: row.subject,
  severity: alertSeveritySchema.parse(row.severity),
  owner: row.owner,
  text: row.text,
  openedAtMs: row.opened_at_ms,
  seenAtMs: row.seen_at_ms,
  recoveredAtMs: row.recovered_at_ms,
  recoveredText: row.recovered_text,
  acknowledged:
    row.acknowledged_at_ms === null ? null : { by: row.acknowledged_by ?? '', atMs: row.acknowledged_at_ms },
  snoozedUntilMs: row.snoozed_until_ms,
  snoozes: row.snoozes,
});

const deliveryOf = (row: DeliveryRow): StoredDelivery => ({
  deliveryId: row.delivery_id,
  episodeId: row.episode_id,
  event: deliveryEventSchema.parse(row.event),
  channelKind: row.channel_kind as StoredDelivery['channelKind'],
  destinationKey: row.destination_key,
  destination: row.destination,
  state: row.state as StoredDelivery['state'],
  attempts: row.attempts,
  problem: row.problem === null ? null : deliveryProblemSchema.parse(row.problem),
  error: row.error,
  plannedAtMs: row.planned_at_ms,
  nextAttemptAtMs: row.next_attempt_at_ms,
  toldAtMs: row.told_at_ms,
  sender: row.sender,
});
