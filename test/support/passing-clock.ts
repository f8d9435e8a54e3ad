import type { Clock } from '../../electron/core/ports.ts';

/** A clock that goes as fast as this machine's, and faster for a while: an hour in some seconds, for all that sleep by it. */
export interface PassingClock extends Required<Clock> {
  /** Lets so much time go by, ms. */
  pass(ms: number): Promise<void>;
}

const hurriedRate = 900;

export function passingClock(): PassingClock {
  let rate = 1;
  let from = { realMs: performance.now(), atMs: Date.now() };
  const sleepers = new Set<() => void>();
  const nowMs = () => from.atMs + (performance.now() - from.realMs) * rate;
  const goAt = (next: number) => {
    from = { realMs: performance.now(), atMs: nowMs() };
    rate = next;
    for (const lookAgain of sleepers) lookAgain();
  };
  const sleep = (delayMs: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const untilMs = nowMs() + delayMs;
      let timer: NodeJS.Timeout | undefined;
      const end = (settle: () => void) => {
        clearTimeout(timer);
        sleepers.delete(look);
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const abort = () => end(() => reject(signal?.reason));
      const look = () => {
        clearTimeout(timer);
        const leftMs = untilMs - nowMs();
        if (leftMs <= 0) return end(resolve);
        timer = setTimeout(look, leftMs / rate);
      };
      signal?.addEventListener('abort', abort, { once: true });
      sleepers.add(look);
      look();
    });
  return {
    nowMs: () => Math.round(nowMs()),
    steadyMs: nowMs,
    sleep,
    async pass(ms) {
      goAt(hurriedRate);
      await sleep(ms);
      goAt(1);
    },
  };
}
