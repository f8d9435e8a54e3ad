import type { Channel } from '../../../shared/model/alert-channel.ts';
import type { Episode } from '../../../shared/model/alert-episode.ts';
import { severityRank } from '../../../shared/model/alert-severity.ts';
import type {
  AttemptResult,
  EndedEpisode,
  NewEpisode,
  PlannedDelivery,
  RaisedEpisode,
  StoredDelivery,
} from '../alerts/ledger.ts';
import type { Prepare } from './prepared.ts';
import { serverKeyOf } from './servers.ts';

/** What stands in `AlertLedger` of alerts/ledger.ts, as commands of the writer. */
export function createAlertWriter(prepare: Prepare) {
  return {
    saveAlertChannel(channel: Channel): void {
      prepare(
        `insert into alert_channel (channel_id, body) values (?, ?)
         on conflict (channel_id) do update set body = excluded.body`,
      ).run(channel.channelId, JSON.stringify(channel));
    },

    removeAlertChannel(channelId: string): void {
      prepare('delete from alert_channel where channel_id = ?').run(channelId);
    },

    openAlertEpisodes(serverId: string, episodes: readonly NewEpisode[]): string[] {
      const serverKey = serverKeyOf(prepare, serverId);
      return episodes.flatMap(({ episodeId, kind, subject, severity, owner, text, openedAtMs }) => {
        const { changes } = prepare(
          `insert into alert_episode (server_key, episode_id, kind, subject, severity, owner, text, opened_at_ms, seen_at_ms)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
        ).run(serverKey, episodeId, kind, subject, severity, owner, text, openedAtMs, openedAtMs);
        return changes === 0 ? [] : [episodeId];
      });
    },

    raiseAlertEpisodes(serverId: string, episodes: readonly RaisedEpisode[], atMs: number): string[] {
      const serverKey = serverKeyOf(prepare, serverId);
      return episodes.flatMap(({ episodeId, severity, text }) => {
        const { changes } = prepare(
          `update alert_episode set severity = @severity, text = @text, snoozed_until_ms = null,
             seen_at_ms = max(seen_at_ms, @atMs)
           where server_key = @serverKey and episode_id = @episodeId and recovered_at_ms is null
             and case severity when 'info' then 0 when 'warning' then 1 else 2 end < @rank`,
        ).run({ serverKey, episodeId, severity, text, atMs, rank: severityRank(severity) });
        if (changes === 0) return [];
        prepare(
          `insert into alert_delivery (server_key, delivery_id, episode_id, event, channel_kind, destination_key,
             destination, planned_at_ms, next_attempt_at_ms)
           select server_key, episode_id || '/raised-' || @severity || '/' || destination_key, episode_id, 'reminder',
             channel_kind, destination_key, destination, @atMs, @atMs
           from alert_delivery
           where server_key = @serverKey and episode_id = @episodeId and event = 'opened' and state in ('sending', 'sent')
           on conflict do nothing`,
        ).run({ serverKey, episodeId, severity, atMs });
        return [episodeId];
      });
    },

    seenAlertEpisodes(serverId: string, episodeIds: readonly string[], atMs: number): void {
      prepare(
        `update alert_episode set seen_at_ms = max(seen_at_ms, ?)
         where server_key = ? and episode_id in (select value from json_each(?))`,
      ).run(atMs, serverKeyOf(prepare, serverId), JSON.stringify(episodeIds));
    },

    closeAlertEpisodes(serverId: string, episodes: readonly EndedEpisode[]): void {
      const serverKey = serverKeyOf(prepare, serverId);
      for (const { episodeId, recoveredAtMs, recoveredText } of episodes) {
        prepare(
          `update alert_episode set recovered_at_ms = ?, recovered_text = ?
           where server_key = ? and episode_id = ? and recovered_at_ms is null`,
        ).run(recoveredAtMs, recoveredText, serverKey, episodeId);
      }
    },

    acknowledgeAlertEpisode(serverId: string, episodeId: string, acknowledged: Episode['acknowledged']): void {
      prepare(
        `update alert_episode set acknowledged_at_ms = ?, acknowledged_by = ? where server_key = ? and episode_id = ?`,
      ).run(acknowledged?.atMs ?? null, acknowledged?.by ?? null, serverKeyOf(prepare, serverId), episodeId);
    },

    snoozeAlertEpisode(serverId: string, episodeId: string, untilMs: number | null): void {
      prepare(
        `update alert_episode set snoozed_until_ms = @untilMs, snoozes = snoozes + (@untilMs is not null)
         where server_key = @serverKey and episode_id = @episodeId`,
      ).run({ serverKey: serverKeyOf(prepare, serverId), episodeId, untilMs });
    },

    planAlertDeliveries(serverId: string, deliveries: readonly PlannedDelivery[]): void {
      const serverKey = serverKeyOf(prepare, serverId);
      for (const delivery of deliveries) {
        prepare(
          `insert into alert_delivery (server_key, delivery_id, episode_id, event, channel_kind, destination_key,
             destination, planned_at_ms, next_attempt_at_ms)
           values (@serverKey, @deliveryId, @episodeId, @event, @channelKind, @destinationKey, @destination,
             @plannedAtMs, @plannedAtMs)
           on conflict do nothing`,
        ).run({ ...delivery, serverKey });
      }
    },

    claimAlertDeliveries(
      serverId: string,
      deliveries: readonly StoredDelivery[],
      by: string,
      nowMs: number,
      untilMs: number,
    ): string[] {
      const serverKey = serverKeyOf(prepare, serverId);
      return deliveries.flatMap(({ deliveryId, state, attempts }) => {
        const { changes } = prepare(
          `update alert_delivery set state = 'sending', sender = @by, next_attempt_at_ms = @untilMs
           where server_key = @serverKey and delivery_id = @deliveryId and state = @state and attempts = @attempts
             and next_attempt_at_ms <= @nowMs`,
        ).run({ serverKey, deliveryId, state, attempts, by, nowMs, untilMs });
        return changes === 0 ? [] : [deliveryId];
      });
    },

    settleAlertDeliveries(serverId: string, deliveryIds: readonly string[], by: string, result: AttemptResult): void {
      const serverKey = serverKeyOf(prepare, serverId);
      for (const deliveryId of deliveryIds) {
        prepare(
          `update alert_delivery set state = @state, attempts = attempts + 1, problem = @problem, error = @error,
             next_attempt_at_ms = coalesce(@nextAttemptAtMs, next_attempt_at_ms), told_at_ms = @toldAtMs
           where server_key = @serverKey and delivery_id = @deliveryId and state = 'sending' and sender = @by`,
        ).run({ serverKey, deliveryId, by, ...settled(result) });
      }
    },

    reviveAlertDeliveries(serverId: string, deliveryIds: readonly string[], atMs: number): void {
      const serverKey = serverKeyOf(prepare, serverId);
      for (const deliveryId of deliveryIds) {
        prepare(
          `update alert_delivery set state = 'waiting', attempts = 0, planned_at_ms = @atMs, next_attempt_at_ms = @atMs
           where server_key = @serverKey and delivery_id = @deliveryId and state in ('failed', 'waiting')`,
        ).run({ serverKey, deliveryId, atMs });
      }
    },

    dropAlertEpisodes(serverId: string, episodeIds: readonly string[]): void {
      prepare('delete from alert_episode where server_key = ? and episode_id in (select value from json_each(?))').run(
        serverKeyOf(prepare, serverId),
        JSON.stringify(episodeIds),
      );
    },

    forgetAlertEpisodes(serverId: string, recoveredBeforeMs: number): void {
      prepare('delete from alert_episode where server_key = ? and recovered_at_ms < ?').run(
        serverKeyOf(prepare, serverId),
        recoveredBeforeMs,
      );
    },
  };
}

function settled(result: AttemptResult) {
  if (result.state === 'sent') {
    return { state: result.state, problem: null, error: null, nextAttemptAtMs: null, toldAtMs: result.toldAtMs };
  }
  const { state, problem, error, nextAttemptAtMs } = result;
  return { state, problem, error, nextAttemptAtMs, toldAtMs: null };
}
