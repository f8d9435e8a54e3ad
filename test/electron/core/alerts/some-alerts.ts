import type {
  LedgerState,
  NewEpisode,
  StoredDelivery,
  StoredEpisode,
} from '../../../../electron/core/alerts/ledger.ts';
import type { AlertMessage } from '../../../../electron/core/alerts/message.ts';
import type { Destination } from '../../../../electron/core/alerts/plan-deliveries.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
/** A Friday, 7:00 in Berlin. */
export const seven = Date.UTC(2026, 10, 20, 6);

export const lateModel = (changes: Partial<NewEpisode> = {}): NewEpisode => ({
  episodeId: `late ${changes.subject ?? 'sales'} ${seven}`,
  kind: 'late',
  subject: 'sales',
  owner: 'Controlling',
  severity: 'warning',
  openedAtMs: seven,
  text: 'sales is as of 05:00; the dashboard accepts 1 h. Nothing makes it due: it is refreshed by hand only.',
  ...changes,
});

export const storedEpisode = (changes: Partial<StoredEpisode> = {}): StoredEpisode => ({
  ...lateModel(changes),
  seenAtMs: seven,
  recoveredAtMs: null,
  recoveredText: null,
  acknowledged: null,
  snoozedUntilMs: null,
  snoozes: 0,
  ...changes,
});

export const mailbox = (changes: Partial<Destination> = {}): Destination => ({
  key: 'email:dba',
  label: 'dba@example.com',
  channelId: 'mail',
  kind: 'email',
  quiet: null,
  ready: true,
  ...changes,
});

export const delivery = (episode: StoredEpisode, changes: Partial<StoredDelivery> = {}): StoredDelivery => ({
  deliveryId: `${episode.episodeId}/opened/email:dba`,
  episodeId: episode.episodeId,
  event: 'opened',
  channelKind: 'email',
  destinationKey: 'email:dba',
  destination: 'dba@example.com',
  plannedAtMs: seven,
  state: 'waiting',
  attempts: 0,
  problem: null,
  error: null,
  nextAttemptAtMs: seven,
  toldAtMs: null,
  sender: null,
  ...changes,
});

export const state = (episodes: readonly StoredEpisode[], deliveries: readonly StoredDelivery[] = []): LedgerState => ({
  episodes,
  deliveries,
});

export const someMessage = (changes: Partial<AlertMessage> = {}): AlertMessage => ({
  messageId: '5eed',
  subject: 'Invoices: sales is older than its budget',
  text: 'sales is as of 05:00; the dashboard accepts 1 h.\n.\nA line of one dot stays.',
  severity: 'warning',
  over: false,
  serverId: 'erp',
  server: 'Invoices',
  sentAtMs: seven,
  items: [],
  ...changes,
});
