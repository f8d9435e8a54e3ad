import { type Problem, problemOf } from './failure-error.ts';

/** Something asked from the engine. The old value stays while a new one loads, and when loading fails. */
export interface Loadable<T> {
  readonly value: T | null;
  readonly loading: boolean;
  readonly problem: Problem | null;
}

export const notLoaded: Loadable<never> = { value: null, loading: false, problem: null };

/** Runs `ask` and reports every state on the way; an answer that was overtaken by a later ask is dropped. */
export function createLoader<T>(read: () => Loadable<T>, write: (next: Loadable<T>) => void) {
  let latest = 0;
  return {
    async load(ask: () => Promise<T>): Promise<T | null> {
      const mine = ++latest;
      write({ ...read(), loading: true });
      try {
        const value = await ask();
        if (mine === latest) write({ value, loading: false, problem: null });
        return value;
      } catch (error) {
        if (mine === latest) write({ ...read(), loading: false, problem: problemOf(error) });
        return null;
      }
    },
    /** Forgets the value: for another server or another thing. */
    reset(): void {
      latest += 1;
      write(notLoaded);
    },
  };
}
