import { useCallback, useEffect, useRef } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { TimeWindow } from '../../charts/time-window.ts';
import { loadTimeline, onMorningsChange, useMornings } from '../../stores/mornings.ts';
import { viewFor, type RangeId } from './view.ts';

/** Between two looks while nobody watches live; a snapshot comes every minute then. */
const backgroundMs = 20_000;
/** While watching live a snapshot comes every 5 s; the first look at a new server comes as soon. */
const liveMs = 5_000;

/** A view that begins later by this much is another picture; less is the time that an answer took. */
const noticeableMs = 60_000;

/** The server's clock now, or the last stored moment where nobody samples. null: nothing is known yet. */
export function endOfRange(server: ServerSummary): number | null {
  if (server.state === 'connected') return Date.now() + (server.facts?.clockSkewMs ?? 0);
  return useMornings.getState().timeline.value?.timeline.storedToMs ?? null;
}

/** Loads the timeline and keeps it moving while its view ends now and somebody can see it. Returns "again, please". */
export function useTimeline(
  server: ServerSummary,
  range: RangeId,
  window: TimeWindow | null,
  watching: boolean,
): () => void {
  const { serverId } = server;
  const latest = useRef({ server, range, window });
  useEffect(() => {
    latest.current = { server, range, window };
  });

  const load = useCallback(async (): Promise<void> => {
    const wanted = () => {
      const now = latest.current;
      const endMs = endOfRange(now.server);
      const storedFromMs = useMornings.getState().timeline.value?.timeline.storedFromMs ?? null;
      return endMs === null ? null : viewFor(now.range, now.window, endMs, storedFromMs).view;
    };
    const view = wanted();
    const answer = await loadTimeline(serverId, view);
    // The first answer says where history begins and ends: only then is it known which part of a range to ask for.
    const known = wanted();
    if (answer === null || known === null) return;
    if (view === null || known.fromMs - view.fromMs >= noticeableMs) await loadTimeline(serverId, known);
  }, [serverId]);

  const fromMs = window?.fromMs ?? null;
  const toMs = window?.toMs ?? null;
  const online = server.state === 'connected';
  const endMs = endOfRange(server);
  const following = endMs !== null && viewFor(range, window, endMs).following;
  // A window inside the view that is shown moves nothing: only a view that stands elsewhere depends on it.
  const standsAt = following ? null : `${fromMs}-${toMs}`;

  useEffect(() => {
    void load();
  }, [load, range, standsAt, online]);

  const hasSamples = useMornings((state) => state.timeline.value?.timeline.storedFromMs != null);
  useEffect(() => {
    if (!following || !online) return undefined;
    let askedAtMs = Date.now();
    const everyMs = watching || !hasSamples ? liveMs : backgroundMs;
    const again = () => {
      if (document.hidden || Date.now() - askedAtMs < everyMs * 0.8) return;
      askedAtMs = Date.now();
      void load();
    };
    const timer = setInterval(again, everyMs);
    const stop = onMorningsChange(serverId, again);
    document.addEventListener('visibilitychange', again);
    return () => {
      clearInterval(timer);
      stop();
      document.removeEventListener('visibilitychange', again);
    };
  }, [load, following, online, watching, hasSamples, serverId]);

  return load;
}
