import type { Clock } from '../ports.ts';

const sliceMs = 1_000;

/**
 * Resolves at `atMs` of the wall clock. A machine that slept wakes to a wall clock that went on and to timers that did
 * not: what was due meanwhile is then due within a second. Never longer than was asked for, where the clock is set back.
 */
export async function waitUntil(clock: Clock, atMs: number, signal: AbortSignal): Promise<void> {
  let leftMs = atMs - clock.nowMs();
  while (leftMs > 0) {
    const stepMs = Math.min(sliceMs, leftMs);
    await clock.sleep(stepMs, signal);
    leftMs = Math.min(leftMs - stepMs, atMs - clock.nowMs());
  }
}
