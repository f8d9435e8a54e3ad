import type { Clock, Logger } from '../ports.ts';
import type { Experiments } from './experiments.ts';

/** Minutes are kept for a fortnight; an hour leaves room for an engine that runs only now and then. */
const everyMs = 60 * 60_000;
const firstAfterMs = 10 * 60_000;

/** Measures mornings that are over every hour, until the returned function is called, which waits for a pass under way. */
export function startMeasuring(
  experiments: Pick<Experiments, 'measureAll' | 'settled'>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): () => Promise<void> {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    for (let delayMs = firstAfterMs; await slept(clock, delayMs, stopping.signal); delayMs = everyMs) {
      try {
        await experiments.measureAll();
      } catch (error) {
        logger.warn({ error }, 'mornings of experiments could not be measured; the next try is in an hour');
      }
    }
  };
  const ended = loop();
  return async () => {
    stopping.abort();
    await ended;
    await experiments.settled();
  };
}

async function slept(clock: Clock, delayMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(delayMs, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
