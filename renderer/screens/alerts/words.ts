import type { Delivery, DeliveryProblem, DeliveryState } from '../../../shared/model/alert-delivery.ts';
import type { EpisodeKind } from '../../../shared/model/alert-episode.ts';
import type { AlertSeverity } from '../../../shared/model/alert-severity.ts';
import type { Tone } from '../../app/tag.tsx';

interface Words {
  readonly text: string;
  readonly tone: Tone;
}

export const severityWords: Readonly<Record<AlertSeverity, Words>> = {
  critical: { text: 'critical', tone: 'bad' },
  warning: { text: 'warning', tone: 'warning' },
  info: { text: 'no hurry', tone: 'neutral' },
};

export const kindWords: Readonly<Record<EpisodeKind, string>> = {
  late: 'older than its budget',
  source_moved: 'stands still while its source changes',
  slow: 'takes too much of its interval',
  failing: 'could not be refreshed',
  stopped: 'is not refreshed any more',
  agent_missing: 'agent does not report',
  server_unreachable: 'cannot be reached',
};

export const deliveryWords: Readonly<Record<DeliveryState, Words>> = {
  waiting: { text: 'goes out now', tone: 'accent' },
  held: { text: 'held back', tone: 'neutral' },
  sending: { text: 'being sent', tone: 'accent' },
  sent: { text: 'sent', tone: 'good' },
  retrying: { text: 'retrying', tone: 'warning' },
  failed: { text: 'given up', tone: 'bad' },
};

export const eventWords: Readonly<Record<Delivery['event'], string>> = {
  opened: 'that it began',
  reminder: 'that it goes on',
  recovered: 'that it is over',
};

export const problemWords: Readonly<Record<DeliveryProblem, string>> = {
  unreachable: 'not reachable',
  timeout: 'no answer',
  tls_failed: 'no trusted encryption',
  login_failed: 'login refused',
  refused: 'refused',
  server_error: 'in trouble',
  redirected: 'redirects elsewhere',
  no_secret: 'password or key missing',
  no_window: 'no window was open',
};

export const channelKindWords = { desktop: 'this machine', email: 'e-mail', webhook: 'webhook' } as const;

/** What was told of an episode, in a word: the worst first. */
export function toldText(deliveries: readonly Delivery[]): Words {
  const count = (state: DeliveryState): number => deliveries.filter((one) => one.state === state).length;
  const failed = count('failed');
  if (failed > 0) return { text: `${failed} given up`, tone: 'bad' };
  const retrying = count('retrying');
  if (retrying > 0) return { text: `${retrying} retrying`, tone: 'warning' };
  const held = count('held');
  if (held > 0) return { text: `${held} held back`, tone: 'neutral' };
  const sent = count('sent');
  if (deliveries.length === 0) return { text: 'nobody', tone: 'neutral' };
  return sent === deliveries.length
    ? { text: `${sent} sent`, tone: 'good' }
    : { text: `${deliveries.length - sent} on the way`, tone: 'accent' };
}
