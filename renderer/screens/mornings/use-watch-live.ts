import { useState } from 'react';
import type { ServerSummary } from '../../../shared/model/connection.ts';
import { problemOf, type Problem } from '../../stores/failure-error.ts';
import { stopWatching, watchLive } from '../../stores/watch-live.ts';

/** The switch of incident mode: a sample every second and a snapshot every five, for as long as somebody looks. */
export function useWatchLive(server: ServerSummary, watching: boolean) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const disabled = server.state !== 'connected';
  const toggle = () => {
    if (disabled) return;
    setBusy(true);
    setProblem(null);
    (watching ? stopWatching : watchLive)(server.serverId)
      .catch((error: unknown) => setProblem(problemOf(error)))
      .finally(() => setBusy(false));
  };
  return {
    busy,
    problem,
    disabled,
    toggle,
    label: watching ? 'Stop watching' : 'Watch live',
    why: disabled
      ? 'The server is out of reach: there is nothing to watch.'
      : watching
        ? 'Back to a sample every 5 seconds and a snapshot a minute'
        : 'A sample every second, a snapshot every 5 seconds; ends minutes after nobody looks at this window any more',
  };
}
