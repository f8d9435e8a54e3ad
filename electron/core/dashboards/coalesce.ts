/** One piece of work per key at a time, however many ask for it meanwhile: all of them get its outcome. */
export interface Coalesced<T> {
  /** A waiter that aborts leaves; `work` is aborted when the last one has left. */
  run(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

interface Flight<T> {
  readonly outcome: Promise<T>;
  readonly stop: AbortController;
  waiters: number;
}

export function coalesce<T>(): Coalesced<T> {
  const flights = new Map<string, Flight<T>>();

  const begin = (key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const stop = new AbortController();
    const flight: Flight<T> = { outcome: work(stop.signal), stop, waiters: 0 };
    flights.set(key, flight);
    const end = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.outcome.then(end, end);
    return flight;
  };

  return {
    async run(key, work, signal) {
      signal?.throwIfAborted();
      const flight = flights.get(key) ?? begin(key, work);
      flight.waiters += 1;
      let left = false;
      const leave = (): void => {
        if (left) return;
        left = true;
        flight.waiters -= 1;
        if (flight.waiters > 0) return;
        // Whoever asks from now on begins anew: this one is being cancelled.
        if (flights.get(key) === flight) flights.delete(key);
        flight.stop.abort(signal?.reason);
      };
      if (signal === undefined) return flight.outcome;
      return new Promise<T>((resolve, reject) => {
        const onAbort = (): void => {
          leave();
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        flight.outcome.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
      });
    },
  };
}
