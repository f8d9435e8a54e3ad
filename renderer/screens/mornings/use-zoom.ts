import type { TimeWindow } from '../../charts/time-window.ts';
import type { ZoomStep } from '../../charts/time-brush.tsx';
import { useMornings } from '../../stores/mornings.ts';
import { around, zoomed } from './view.ts';

export interface Zoom {
  readonly zoomed: boolean;
  readonly hasWindow: boolean;
  readonly step: (step: ZoomStep) => void;
  readonly in: () => void;
  readonly out: () => void;
  readonly earlier: () => void;
  readonly later: () => void;
  readonly toWindow: () => void;
  readonly reset: () => void;
}

/** Zooming and moving the timeline. `put` writes what is zoomed to into the address; null: the range again. */
export function useZoom(
  shown: TimeWindow | null,
  window: TimeWindow | null,
  put: (zoom: TimeWindow | null) => void,
): Zoom {
  const timeline = useMornings((state) => state.timeline.value?.timeline ?? null);
  const step = (by: ZoomStep) => {
    if (timeline === null || timeline.storedFromMs === null || timeline.storedToMs === null) return;
    const stored = { fromMs: timeline.storedFromMs, toMs: Math.max(timeline.storedToMs, timeline.toMs) };
    put(zoomed(shown ?? timeline, by, stored));
  };
  return {
    zoomed: shown !== null,
    hasWindow: window !== null,
    step,
    in: () => step({ factor: 0.5, ...(window === null ? {} : { aroundMs: (window.fromMs + window.toMs) / 2 }) }),
    out: () => step({ factor: 2 }),
    earlier: () => step({ shiftShare: -0.5 }),
    later: () => step({ shiftShare: 0.5 }),
    toWindow: () => window !== null && put(around(window)),
    reset: () => put(null),
  };
}
