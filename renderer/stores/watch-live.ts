import { client, unwrap } from './client.ts';
import { refreshSampler, useConnections } from './connections.ts';
import { useServerSelection } from './server-selection.ts';
import { renews, type Visibility } from './watch-renewal.ts';

/** The engine looks closely for so long, unless this window asks again. */
const leaseMs = 3 * 60_000;
const renewEveryMs = 60_000;

/** The server that this window watches live; survives a reload, and no other window knows it. */
const watchedKey = 'daybreak-watched';

let visibility: Visibility = { hiddenSinceMs: null };

/**
 * Looks every second for as long as somebody may be looking: while this window lives, is not hidden for minutes, and its
 * server is the one that is shown. Throws FailureError.
 */
export async function watchLive(serverId: string): Promise<void> {
  unwrap(await client().sampler.setMode({ serverId, mode: 'incident', forMs: leaseMs }));
  sessionStorage.setItem(watchedKey, serverId);
  await refreshSampler(serverId);
}

/** Back to a look every five seconds. Throws FailureError. */
export async function stopWatching(serverId: string): Promise<void> {
  sessionStorage.removeItem(watchedKey);
  unwrap(await client().sampler.setMode({ serverId, mode: 'background' }));
  await refreshSampler(serverId);
}

/**
 * Asks again every minute. Nothing is switched off when the window goes: the engine does that by itself, and what it
 * began to watch closely for a reason of its own goes on.
 */
export function keepWatching(): void {
  const seen = () => {
    visibility = { hiddenSinceMs: document.hidden ? (visibility.hiddenSinceMs ?? Date.now()) : null };
  };
  seen();
  document.addEventListener('visibilitychange', () => {
    seen();
    void renew();
  });
  setInterval(() => void renew(), renewEveryMs);
  useServerSelection.subscribe(({ serverId }) => {
    if (serverId !== sessionStorage.getItem(watchedKey)) sessionStorage.removeItem(watchedKey);
  });
}

async function renew(): Promise<void> {
  const serverId = sessionStorage.getItem(watchedKey);
  if (serverId === null) return;
  const sampler = useConnections.getState().samplers[serverId] ?? null;
  if (!renews(sampler, visibility, Date.now())) return;
  // An engine out of reach is said elsewhere; the next minute asks again.
  await client()
    .sampler.setMode({ serverId, mode: 'incident', forMs: leaseMs })
    .catch(() => undefined);
}
