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
  return { signal: controller.signal, requested };
}
