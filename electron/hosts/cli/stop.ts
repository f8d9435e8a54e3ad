import { readFileSync } from 'node:fs';

/**
 * How a command is told to end. The first Ctrl-C (or SIGTERM, SIGHUP, the end of the process that started us) asks
 * for a clean stop; another one ends the process at once, and what it held is taken over by the next start.
 */
export interface Stop {
  readonly signal: AbortSignal;
  /** Resolves when a stop is asked for. */
  readonly requested: Promise<void>;
}

/**
 * One Ctrl-C reaches us more than once: the terminal sends it to the whole group, and npm and `bin.mjs` pass on what
 * they got themselves. Only what comes later than this is a second one.
 */
const sameKeyPressMs = 500;

export function stopOnSignals(): Stop {
  const controller = new AbortController();
  const { promise: requested, resolve } = Promise.withResolvers<void>();
  let firstAtMs: number | null = null;
  const stop = () => {
    const nowMs = Date.now();
    if (firstAtMs === null) {
      firstAtMs = nowMs;
      controller.abort(new DOMException('stopped by a signal', 'AbortError'));
      resolve();
    } else if (nowMs - firstAtMs > sameKeyPressMs) {
      process.exit(130);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  process.once('disconnect', stop);
  watchNpm(stop);
  return { signal: controller.signal, requested };
}

/**
 * npm does not pass a SIGTERM on, and a killed one cannot: below `npm run` we look ourselves whether npm, or the shell
 * that it started us with, is still there. Only below npm: a command of its own may outlive its terminal on purpose.
 */
function watchNpm(stop: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    stop();
  }, 1000);
  timer.unref();
}

/** Parent and, on Linux, its parent: npm starts a shell that starts us. */
function ancestors(): string {
  let grandparent = '';
  try {
    grandparent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${process.ppid}/status`, 'utf8'))?.[1] ?? '';
  } catch {
    // Not Linux, or the parent is gone, which its own number shows.
  }
  return `${process.ppid} ${grandparent}`;
}
