import { useCallback, useEffect, useRef } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { OriginFilter } from '../../../shared/model/diagnosis.ts';
import type { TimeWindow } from '../../charts/time-window.ts';
import { loadTimeline, onMorningsChange, useMornings } from '../../stores/mornings.ts';
import { viewFor, type RangeId } from './view.ts';

/** Between two looks while nobody watches live; a snapshot comes every minute then. */
const backgroundMs = 20_000;
/** While watching live a snapshot comes every 5 s; the first look at a new server comes as soon. */
const liveMs = 5_000;
/** Wheel and buttons zoom in steps: only where they come to rest is asked for. */
const settleMs = 120;

/** A view that begins later by this much is another picture; less is the time that an answer took. */
const noticeableMs = 60_000;

/** What decides which stretch of history the timeline shows, and whose sessions it counts. */
export interface TimelineWish {
  readonly range: RangeId;
  readonly window: TimeWindow | null;
  readonly zoom: TimeWindow | null;
  readonly filter: Required<OriginFilter>;
}

/** The server's clock now, or the last stored moment where nobody samples. null: nothing is known yet. */
export function endOfRange(server: ServerSummary): number | null {
  if (server.state === 'connected') return Date.now() + (server.facts?.clockSkewMs ?? 0);
  return useMornings.getState().timeline.value?.timeline.storedToMs ?? null;
}

/** Loads the timeline and keeps it moving while its view ends now and somebody can see it. Returns "again, please". */
export function useTimeline(server: ServerSummary, wish: TimelineWish, watching: boolean): () => void {
  const { serverId } = server;
  const latest = useRef({ server, ...wish });
  useEffect(() => {
    latest.current = { server, ...wish };
  });

  const load = useCallback(async (): Promise<void> => {
    const wanted = () => {
      const now = latest.current;
      const endMs = endOfRange(now.server);
      const storedFromMs = useMornings.getState().timeline.value?.timeline.storedFromMs ?? null;
      // A year is asked for only where a year is stored: the first answer, about the last hour, says how much is.
      if (endMs === null || (now.range === 'all' && now.zoom === null && storedFromMs === null)) return null;
      return viewFor(now.range, now.window, endMs, storedFromMs, now.zoom).view;
    };
    const view = wanted();
    const answer = await loadTimeline(serverId, view, latest.current.filter);
    // The first answer says where history begins and ends: only then is it known which part of a range to ask for.
    const known = wanted();
    if (answer === null || known === null) return;
    if (view === null || known.fromMs - view.fromMs >= noticeableMs) {
      await loadTimeline(serverId, known, latest.current.filter);
    }
  }, [serverId]);

  const { range, window, zoom, filter } = wish;
  const online = server.state === 'connected';
  const endMs = endOfRange(server);
  const following = endMs !== null && viewFor(range, window, endMs, null, zoom).following;
  // A window inside the view that is shown moves nothing: only a view that stands elsewhere depends on it.
  const standsAt = following ? null : JSON.stringify(zoom ?? window);
  const asks = JSON.stringify(filter);

  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      void load();
      return undefined;
    }
    const timer = setTimeout(() => void load(), settleMs);
    return () => clearTimeout(timer);
  }, [load, range, standsAt, online, asks]);

  const hasSamples = useMornings((state) => state.timeline.value?.timeline.storedFromMs != null);
  useEffect(() => {
    if (!following || !online) return undefined;
    let askedAtMs = Date.now();
    const everyMs = watching || !hasSamples ? liveMs : backgroundMs;
    const again = () => {
      // An answer that is on its way is let arrive: a slow engine asked again and again would never show one.
      if (document.hidden || useMornings.getState().timeline.loading || Date.now() - askedAtMs < everyMs * 0.8) return;
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
