import { type Problem, problemOf } from './failure-error.ts';

/** Something asked from the engine. The old value stays while a new one loads, and when loading fails. */
export interface Loadable<T> {
  readonly value: T | null;
  readonly loading: boolean;
  readonly problem: Problem | null;
}

export const notLoaded: Loadable<never> = { value: null, loading: false, problem: null };

/**
 * Runs `ask` and reports every state on the way. An ask that is overtaken by a later one, or by a reset, is cancelled
 * through its signal, and whatever it still answers is dropped.
 */
export function createLoader<T>(read: () => Loadable<T>, write: (next: Loadable<T>) => void) {
  let running: AbortController | null = null;
  return {
    async load(ask: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
      running?.abort();
      const mine = new AbortController();
      running = mine;
      write({ ...read(), loading: true });
      try {
        const value = await ask(mine.signal);
        if (mine === running) write({ value, loading: false, problem: null });
        return value;
      } catch (error) {
        if (mine === running) write({ ...read(), loading: false, problem: problemOf(error) });
        return null;
      }
    },
    /** Forgets the value: for another server or another thing. */
    reset(): void {
      running?.abort();
      running = null;
      write(notLoaded);
    },
  };
}
