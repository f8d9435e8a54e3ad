import { createHash } from 'node:crypto';
import { formatDuration } from '../../../shared/format/duration.ts';
import { withMoments } from '../../../shared/format/moments-in-text.ts';
import { episodeTitle, type EpisodeKind } from '../../../shared/model/alert-episode.ts';
import { severityRank, type AlertSeverity } from '../../../shared/model/alert-severity.ts';
import type { StoredDelivery, StoredEpisode } from './ledger.ts';
import type { Parcel } from './plan-deliveries.ts';

/** What a channel sends. One of several episodes is a digest. */
export interface AlertMessage {
  /** The same for every attempt to tell just this, so that whoever gets it twice can tell; 32 hex digits. */
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly severity: AlertSeverity;
  /** All of it is over. */
  readonly over: boolean;
  readonly serverId: string | null;
  readonly server: string;
  readonly sentAtMs: number;
  readonly items: readonly MessageItem[];
}

export interface MessageItem {
  /** The same for every attempt, whatever else goes in the same message. */
  readonly deliveryId: string;
  readonly episodeId: string;
  readonly event: 'opened' | 'reminder' | 'recovered';
  readonly kind: EpisodeKind;
  readonly subject: string;
  readonly severity: AlertSeverity;
  readonly title: string;
  /** What is wrong and what to do; of one that is over, how it ended too. */
  readonly text: string;
  readonly owner: string | null;
  readonly openedAtMs: number;
  readonly recoveredAtMs: number | null;
  readonly acknowledgedBy: string | null;
}

interface Server {
  readonly serverId: string;
  readonly label: string;
}

/** The message of a parcel. `skewMs`: how far the ledger's clock is ahead of this machine's. Pure. */
export function composeMessage(parcel: Parcel, server: Server, nowMs: number, skewMs: number): AlertMessage {
  const items = parcel.items.map(({ delivery, episode }) => itemOf(delivery, episode, skewMs));
  const over = items.every((item) => item.recoveredAtMs !== null);
  const [first] = items;
  const subject = items.length === 1 && first !== undefined ? subjectOf(first) : digestSubject(items);
  return {
    messageId: messageIdOf(items),
    subject: `${server.label}: ${subject}`,
    text: textOf(items, server, nowMs),
    severity: worst(over ? items : items.filter((item) => item.recoveredAtMs === null)),
    over,
    serverId: server.serverId,
    server: server.label,
    sentAtMs: nowMs,
    items,
  };
}

/**
 * Of all that is told: an attempt that tells more, or that something is over by now, is another message, which a receiver
 * that had the first one must not drop.
 */
function messageIdOf(items: readonly MessageItem[]): string {
  const told = items.map(({ deliveryId, recoveredAtMs }) => [deliveryId, recoveredAtMs === null ? 'open' : 'over']);
  return hashOf(told.map((one) => JSON.stringify(one)).toSorted());
}

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);

const worst = (items: readonly MessageItem[]): AlertSeverity =>
  items.reduce<AlertSeverity>(
    (most, { severity }) => (severityRank(severity) > severityRank(most) ? severity : most),
    'info',
  );

function itemOf({ deliveryId, event }: StoredDelivery, episode: StoredEpisode, skewMs: number): MessageItem {
  const { episodeId, kind, subject, severity, text, owner, openedAtMs, recoveredAtMs, recoveredText } = episode;
  return {
    deliveryId,
    episodeId,
    event,
    kind,
    subject,
    severity,
    title: episodeTitle(episode),
    text: withMoments(recoveredText === null ? text : `${recoveredText} It was: ${text}`, moment),
    owner,
    openedAtMs: openedAtMs - skewMs,
    recoveredAtMs: recoveredAtMs === null ? null : recoveredAtMs - skewMs,
    acknowledgedBy: episode.acknowledged?.by ?? null,
  };
}

function subjectOf({ event, title, recoveredAtMs }: MessageItem): string {
  if (recoveredAtMs !== null) return `over: ${title}`;
  return event === 'reminder' ? `still: ${title}` : title;
}

function digestSubject(items: readonly MessageItem[]): string {
  const open = items.filter((item) => item.recoveredAtMs === null);
  const closed = items.length - open.length;
  if (open.length === 0) return `${closed} alerts are over`;
  const others = closed === 0 ? '' : `, ${closed} over`;
  return `${open.length === 1 ? '1 alert' : `${open.length} alerts`} open${others}`;
}

function textOf(items: readonly MessageItem[], server: Server, nowMs: number): string {
  const blocks = items.map((item) => blockOf(item, nowMs));
  const head = items.length === 1 ? [] : [`${items.length} things happened on ${server.label}.`, ''];
  return [...head, blocks.join('\n\n'), '', '-- ', `Daybreak, watching ${server.label}`].join('\n');
}

function blockOf(item: MessageItem, nowMs: number): string {
  const { text, owner, openedAtMs, recoveredAtMs, acknowledgedBy, subject } = item;
  const lines = [subjectOf(item), '', text, '', `Where:    ${subject}${owner === null ? '' : ` (owner: ${owner})`}`];
  if (recoveredAtMs === null) lines.push(`Since:    ${moment(openedAtMs)} (${formatDuration(nowMs - openedAtMs)})`);
  else {
    const took = formatDuration(recoveredAtMs - openedAtMs);
    lines.push(`From:     ${moment(openedAtMs)}`, `To:       ${moment(recoveredAtMs)} (${took})`);
  }
  if (acknowledgedBy !== null) lines.push(`Taken by: ${acknowledgedBy}`);
  return lines.join('\n');
}

/** '2026-11-30 07:58 UTC': a mail is read in other zones than the one that wrote it. */
const moment = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** What a person sends to see whether a channel works. */
export const testMessage = (channel: string, nowMs: number, id: string): AlertMessage => ({
  messageId: hashOf(`test ${id}`),
  subject: 'Daybreak: a test',
  text: [
    `This is a test of the channel "${channel}". Alerts of the servers that Daybreak watches will arrive like this.`,
    '',
    'Nothing has happened, and nothing is to be done.',
    '',
    '-- ',
    'Daybreak',
  ].join('\n'),
  severity: 'warning',
  over: false,
  serverId: null,
  server: '',
  sentAtMs: nowMs,
  items: [],
});
