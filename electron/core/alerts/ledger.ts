import type { DeliveryEvent, DeliveryProblem } from '../../../shared/model/alert-delivery.ts';
import type { Episode } from '../../../shared/model/alert-episode.ts';

/**
 * Who was told what. Kept in the registry of the server, so that several engines which watch it tell each thing once,
 * or in the profile where there is no registry to write to. Times are ms on the ledger's clock: the server's, as its
 * engine knows it, or this machine's.
 */
export interface AlertLedger {
  /** Open episodes and those that ended after `recoveredSinceMs`, with their deliveries. */
  read(recoveredSinceMs: number): Promise<LedgerState>;
  /** Begins episodes; resolves to those that were not open already. Another engine may have been faster. */
  open(episodes: readonly NewEpisode[]): Promise<readonly string[]>;
  /**
   * Makes episodes that go on more severe, and owes that to everybody who was told of them before; a snooze ends. Resolves to
   * those that were not as severe already: another engine may have been faster.
   */
  raise(episodes: readonly RaisedEpisode[], atMs: number): Promise<readonly string[]>;
  /** That they go on. */
  seen(episodeIds: readonly string[], atMs: number): Promise<void>;
  close(episodes: readonly EndedEpisode[]): Promise<void>;
  acknowledge(episodeId: string, acknowledged: Episode['acknowledged']): Promise<void>;
  /** A moment: one more snooze. Null: it ends now, without being told again. */
  snooze(episodeId: string, untilMs: number | null): Promise<void>;
  /** Those that are planned already stay as they are. */
  plan(deliveries: readonly PlannedDelivery[]): Promise<void>;
  /** Takes deliveries for `by` until `untilMs`, as they were when they were read; resolves to those that were got. */
  claim(deliveries: readonly StoredDelivery[], by: string, nowMs: number, untilMs: number): Promise<readonly string[]>;
  /** The end of an attempt. What somebody else holds by now is left alone. */
  settle(deliveryIds: readonly string[], by: string, result: AttemptResult): Promise<void>;
  /** Deliveries that were given up, once more from the start. */
  revive(deliveryIds: readonly string[], atMs: number): Promise<void>;
  /** Drops what ended before. */
  forget(recoveredBeforeMs: number): Promise<void>;
}

export type StoredEpisode = Episode;

/** As it begins. */
export type NewEpisode = Pick<Episode, 'episodeId' | 'kind' | 'subject' | 'owner' | 'severity' | 'openedAtMs' | 'text'>;

export type RaisedEpisode = Pick<Episode, 'episodeId' | 'severity' | 'text'>;

export interface EndedEpisode {
  readonly episodeId: string;
  readonly recoveredAtMs: number;
  readonly recoveredText: string | null;
}

export interface PlannedDelivery {
  readonly deliveryId: string;
  readonly episodeId: string;
  readonly event: DeliveryEvent;
  readonly channelKind: StoredDelivery['channelKind'];
  readonly destinationKey: string;
  readonly destination: string;
  readonly plannedAtMs: number;
}

export interface StoredDelivery extends PlannedDelivery {
  readonly channelKind: 'desktop' | 'email' | 'webhook';
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed';
  readonly attempts: number;
  readonly problem: DeliveryProblem | null;
  readonly error: string | null;
  /** When it is tried; of one that is being sent, when others may take it over. */
  readonly nextAttemptAtMs: number;
  /** The state of the episode that was told is that of this moment. */
  readonly toldAtMs: number | null;
  readonly sender: string | null;
}

export type AttemptResult =
  | { readonly state: 'sent'; readonly toldAtMs: number }
  | {
      readonly state: 'waiting' | 'failed';
      readonly problem: DeliveryProblem;
      readonly error: string;
      readonly nextAttemptAtMs: number;
    };

export interface LedgerState {
  readonly episodes: readonly StoredEpisode[];
  readonly deliveries: readonly StoredDelivery[];
}
