import { create } from 'zustand';
import type { EngineEvent } from '../../shared/model/engine.ts';
import { NoKeyError } from '../host/door.ts';
import { client, currentDoor } from './client.ts';
import { follow, reconnectDelayMs } from './event-sequence.ts';

export type EventTopic = EngineEvent['topic'];
/** `null`: events were missed, ask again for what you show. */
export type EventHandler = (event: EngineEvent | null) => void;

const handlers = new Map<EventTopic, Set<EventHandler>>();

/** Calls `handler` for each event of `topic`, and with null after a reconnect. Returns how to stop. */
export function onEngineEvent(topic: EventTopic, handler: EventHandler): () => void {
  const set = handlers.get(topic) ?? new Set();
  handlers.set(topic, set);
  set.add(handler);
  return () => set.delete(handler);
}

interface EngineLinkState {
  readonly state: 'connecting' | 'live' | 'lost';
  readonly attempt: number;
  /** When the next attempt runs, while lost. */
  readonly retryAtMs: number | null;
  /** Tries at once. */
  retryNow(): void;
}

let wake: (() => void) | null = null;

export const useEngineLink = create<EngineLinkState>(() => ({
  state: 'connecting',
  attempt: 0,
  retryAtMs: null,
  retryNow: () => wake?.(),
}));

/** Listens for as long as the page lives and has a key; reconnects with growing waits. */
export async function followEngine(): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      if (attempt > 0) await currentDoor().reopen();
      for await (const event of await client().system.events({})) {
        attempt = 0;
        receive(event);
      }
    } catch (error) {
      if (error instanceof NoKeyError) return;
      // Every other way in which the stream can end is the same to this window: the engine is gone until it answers again.
    }
    await waitForRetry(attempt);
  }
}

let lastSeq: number | null = null;

function receive(event: EngineEvent): void {
  const step = follow(lastSeq, event);
  lastSeq = step.lastSeq;
  if (useEngineLink.getState().state !== 'live') {
    useEngineLink.setState({ state: 'live', attempt: 0, retryAtMs: null });
  }
  if (step.resync) {
    for (const set of handlers.values()) for (const handler of set) handler(null);
    return;
  }
  for (const handler of handlers.get(event.topic) ?? []) handler(event);
}

async function waitForRetry(attempt: number): Promise<void> {
  lastSeq = null;
  const delayMs = reconnectDelayMs(attempt);
  useEngineLink.setState({ state: 'lost', attempt: attempt + 1, retryAtMs: Date.now() + delayMs });
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  wake = null;
}
