import { useEffect, useRef } from 'react';
import type { TimeWindow } from '../../charts/time-window.ts';
import { useMornings } from '../../stores/mornings.ts';
import { followsSuggestion } from './view.ts';

interface Suggestion {
  /** The person chose a window, or none: from now on nothing is suggested. */
  choose(window: TimeWindow | null): void;
  /** Another stretch of time is looked at: its suggestion is welcome again. */
  release(): void;
}

/**
 * Takes the timeline's suggested window while the person has not chosen one. A window that was taken follows the
 * suggestion as the damage goes on; what the person chose or cleared is never overruled.
 */
export function useSuggestion(
  serverId: string,
  window: TimeWindow | null,
  fits: (suggestion: TimeWindow) => boolean,
  put: (window: TimeWindow | null) => void,
): Suggestion {
  const suggestion = useMornings((state) =>
    state.serverId === serverId ? (state.timeline.value?.timeline.suggestion ?? null) : null,
  );
  // A window in the address at the start was somebody's choice.
  const decided = useRef(window !== null);
  const taken = useRef<TimeWindow | null>(null);
  const latest = useRef({ fits, put });
  useEffect(() => {
    latest.current = { fits, put };
  });
  useEffect(() => {
    if (suggestion === null || decided.current || !latest.current.fits(suggestion)) return;
    if (!followsSuggestion(window, taken.current, suggestion)) return;
    taken.current = suggestion;
    latest.current.put(suggestion);
  }, [suggestion, window]);
  return {
    choose: (next) => {
      decided.current = true;
      latest.current.put(next);
    },
    release: () => {
      decided.current = false;
      taken.current = null;
    },
  };
}
