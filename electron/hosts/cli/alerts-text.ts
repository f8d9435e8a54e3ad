import { formatDuration } from '../../../shared/format/duration.ts';
import { episodeTitle } from '../../../shared/model/alert-episode.ts';
import type { AlertList, ListedEpisode } from '../../../shared/model/alerts.ts';
import { printable } from './terminal.ts';

/** What is open, each with what to do. `looked`: false where the server could not be asked just now. */
export function alertsText({ open, notes }: AlertList, looked: boolean, nowMs: number): string {
  const none = looked ? 'Nothing is wrong.' : 'Nothing is known to be wrong, but nobody could look.';
  const lines = open.length === 0 ? [none] : open.map((episode) => episodeText(episode, nowMs));
  return [...lines, ...notes.map(printable)].join('\n');
}

function episodeText(episode: ListedEpisode, nowMs: number): string {
  const { severity, openedAtMs, text, acknowledged, deliveries } = episode;
  const taken = acknowledged === null ? '' : `, taken by ${acknowledged.by}`;
  const told = deliveries.filter(({ state }) => state === 'sent').length;
  const messages = deliveries.length === 0 ? '' : `, ${told} of ${deliveries.length} messages sent`;
  const since = formatDuration(Math.max(0, nowMs - openedAtMs));
  return `${printable(`${severity}: ${episodeTitle(episode)}, for ${since}${taken}${messages}`)}\n  ${printable(text)}`;
}
