import type { TimeWindow } from '../../../charts/time-window.ts';

/** Quiet time to compare with belongs to a morning, or nobody could diagnose it elsewhere. */
const beforeMs = 2 * 3_600_000;
const afterMs = 30 * 60_000;

/** What is sent of a morning: its window and the quiet time around it, as far as anything is stored. */
export function sentSpan(window: TimeWindow, stored: TimeWindow): TimeWindow {
  return {
    fromMs: Math.min(window.fromMs, Math.max(window.fromMs - beforeMs, stored.fromMs)),
    toMs: Math.max(window.toMs, Math.min(window.toMs + afterMs, stored.toMs)),
  };
}
