import type { ListedEpisode } from '../../shared/model/alerts.ts';

/** Open episodes that were on the screen, by server. */
export type SeenAlerts = Readonly<Record<string, readonly string[]>>;

export interface UnseenAlerts {
  readonly count: number;
  /** Numbers are wrong for those who read them now. */
  readonly critical: boolean;
}

type Open = Pick<ListedEpisode, 'episodeId' | 'acknowledged' | 'severity'>;

/** Whoever took one has seen it, wherever that was. Pure. */
export function unseenAlerts(open: readonly Open[], seen: readonly string[]): UnseenAlerts {
  const known = new Set(seen);
  const unseen = open.filter(({ episodeId, acknowledged }) => acknowledged === null && !known.has(episodeId));
  return { count: unseen.length, critical: unseen.some(({ severity }) => severity === 'critical') };
}

/** Of each server; who comes back to a server after that many alerts is told of all that are open. */
const keptAtMost = 500;

/**
 * What is kept once these were on the screen. Others stay: a list that was read while the server was away lacks those of
 * its registry, which are none the newer when it is back. Pure.
 */
export function withSeen(seen: SeenAlerts, serverId: string, open: readonly Open[]): SeenAlerts {
  const before = seen[serverId] ?? [];
  const added = open.map(({ episodeId }) => episodeId).filter((id) => !before.includes(id));
  return added.length === 0 ? seen : { ...seen, [serverId]: [...added, ...before].slice(0, keptAtMost) };
}
