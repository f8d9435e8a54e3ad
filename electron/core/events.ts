import type { EngineEvent } from '../../shared/model/engine.ts';

/** Tells every open door what changed. `seq` grows by one with each event, so that a client sees what it missed. */
export interface Events {
  publish(topic: EngineEvent['topic'], serverId?: string | null, subject?: string | null): void;
  /** Calls `listener` with each event, within the engine. Returns how to stop. */
  listen(listener: (event: EngineEvent) => void): () => void;
  /** From now on, until `signal` aborts. Begins with one event that carries the current `seq`. */
  subscribe(signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void>;
}

/** A reader that stops reading must not hold memory: past this many waiting events it is told of a gap instead. */
const waitingLimit = 1000;

export function createEvents(): Events {
  let seq = 0;
  const listeners = new Set<(event: EngineEvent) => void>();
  return {
    publish(topic, serverId = null, subject = null) {
      seq += 1;
      const event: EngineEvent = { seq, topic, serverId, subject };
      for (const listener of listeners) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async *subscribe(signal) {
      let waiting: EngineEvent[] = [{ seq, topic: 'connections', serverId: null, subject: null }];
      let wake: (() => void) | null = null;
      const rouse = () => {
        wake?.();
        wake = null;
      };
      const listener = (event: EngineEvent) => {
        // Keeping only the newest leaves a gap in `seq`: the client then asks for everything again.
        waiting = waiting.length >= waitingLimit ? [event] : [...waiting, event];
        rouse();
      };
      listeners.add(listener);
      signal?.addEventListener('abort', rouse);
      try {
        while (!signal?.aborted) {
          const batch = waiting;
          waiting = [];
          for (const event of batch) yield event;
          if (waiting.length === 0 && !signal?.aborted) await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        listeners.delete(listener);
        signal?.removeEventListener('abort', rouse);
      }
    },
  };
}
