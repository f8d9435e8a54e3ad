import type { Clock, Logger } from '../ports.ts';
import type { History } from './history.ts';

/** The first minutes of an engine belong to connecting. */
const firstAfterMs = 5 * 60_000;
/** An hour of samples more or less does not matter; larger steps would make larger batches of deletes. */
const everyMs = 60 * 60_000;

export interface RetentionOptions {
  readonly history: History;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Applies retention every hour until the returned function is called, which waits for a pass under way. */
export function startRetention({ history, clock, logger }: RetentionOptions): () => Promise<void> {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    for (let delayMs = firstAfterMs; await slept(clock, delayMs, stopping.signal); delayMs = everyMs) {
      try {
        await history.applyRetention(clock.nowMs());
      } catch (error) {
        logger.warn({ error }, 'old samples could not be deleted; the next try is in an hour');
      }
    }
  };
  const ended = loop();
  return async () => {
    stopping.abort();
    await ended;
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
