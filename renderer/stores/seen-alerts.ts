import { create } from 'zustand';
import type { ListedEpisode } from '../../shared/model/alerts.ts';
import type { ServerSummary } from '../../shared/model/connection.ts';
import { alertList } from './alerts.ts';
import { useOfSelectedServer } from './connections.ts';
import { unseenAlerts, withSeen, type SeenAlerts } from './unseen-alerts.ts';

const seenKey = 'daybreak-seen-alerts';

const useSeen = create<{ readonly seen: SeenAlerts }>(() => ({ seen: readSeen() }));

function readSeen(): SeenAlerts {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(seenKey) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    return Object.fromEntries(Object.entries(kept).filter(([, ids]) => Array.isArray(ids))) as SeenAlerts;
  } catch {
    return {};
  }
}

/** They are on the screen, and somebody is in front of it. */
export function markAlertsSeen(serverId: string, open: readonly ListedEpisode[]): void {
  if (document.hidden) return;
  const { seen } = useSeen.getState();
  const next = withSeen(seen, serverId, open);
  if (next === seen) return;
  localStorage.setItem(seenKey, JSON.stringify(next));
  useSeen.setState({ seen: next });
}

/** A server that can be asked, or is being tried again: whoever only draws a number connects nobody. */
const askable = (server: ServerSummary | null): string | null =>
  server !== null && server.capture === null && (server.state === 'connected' || server.state === 'lost')
    ? server.serverId
    : null;

/** The server whose alerts are counted; null: none is. */
export const useCountedServer = (): string | null => useOfSelectedServer(askable);

const nothing: readonly ListedEpisode[] = [];

/** Open alerts of a server that nobody has looked at in this window's browser. */
export function useUnseenAlerts(serverId: string | null): { readonly count: number; readonly critical: boolean } {
  const open = alertList.use(({ input, answer }) =>
    serverId !== null && input?.serverId === serverId ? (answer.value?.open ?? nothing) : nothing,
  );
  const seen = useSeen((state) => (serverId === null ? undefined : state.seen[serverId]));
  return unseenAlerts(open, seen ?? []);
}
