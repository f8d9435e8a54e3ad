import { useEffect } from 'react';
import { create, type StoreApi, type UseBoundStore } from 'zustand';
import { createLoader, notLoaded, type Loadable } from './loadable.ts';

interface AskedState<Input, T> {
  /** What was asked for last; the answer is one to it. */
  readonly input: Input | null;
  readonly answer: Loadable<T>;
}

export interface Asked<Input, T> {
  readonly use: UseBoundStore<StoreApi<AskedState<Input, T>>>;
  readonly load: (input: Input) => Promise<T | null>;
  readonly forget: () => void;
  /** Whether what `before` was answered may be shown while `next` is asked for. */
  readonly mayShow: (before: Input | null, next: Input) => boolean;
}

interface AskedOptions<Input> {
  /** Whether the old answer may stay on the screen while another input is asked for. Default: never. */
  readonly keeps?: (before: Input, next: Input) => boolean;
}

/** One answer of the engine at a time. Inputs are compared by their JSON: they are what crosses the contract. */
export function createAsked<Input, T>(
  ask: (input: Input, signal: AbortSignal) => Promise<T>,
  { keeps = () => false }: AskedOptions<Input> = {},
): Asked<Input, T> {
  const use = create<AskedState<Input, T>>(() => ({ input: null, answer: notLoaded }));
  const loader = createLoader<T>(
    () => use.getState().answer,
    (answer) => use.setState({ answer }),
  );
  const mayShow = (before: Input | null, next: Input) =>
    before !== null && (JSON.stringify(before) === JSON.stringify(next) || keeps(before, next));
  return {
    use,
    mayShow,
    load: (input) => {
      if (!mayShow(use.getState().input, input)) loader.reset();
      use.setState({ input });
      return loader.load((signal) => ask(input, signal));
    },
    forget: () => {
      loader.reset();
      use.setState({ input: null });
    },
  };
}

export type Answer<T> = Loadable<T> & { readonly reload: () => void };

const nobody: Answer<never> = { ...notLoaded, reload: () => undefined };

/** Asks when the input is another one, and shows the answer; null: nothing is asked for. */
export function useAsked<Input, T>(asked: Asked<Input, T>, input: Input | null): Answer<T> {
  const key = input === null ? null : JSON.stringify(input);
  const { input: answered, answer } = asked.use();
  const { load } = asked;
  useEffect(() => {
    if (key !== null) void load(JSON.parse(key) as Input);
  }, [key, load]);
  if (input === null) return nobody;
  const reload = () => void load(input);
  // Until the effect has run, the store still holds the answer to another question.
  if (!asked.mayShow(answered, input)) return { ...notLoaded, loading: true, reload };
  return { ...answer, reload };
}
