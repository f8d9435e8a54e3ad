import { Failure } from '../../../shared/model/failure.ts';

interface Job<T> {
  readonly abort: AbortController;
  readonly done: Promise<T>;
}

/** Plans or refreshes that this engine runs now: one under a key, and none is left alone when the engine stops. */
export class RunningJobs<T> {
  readonly #jobs = new Map<string, Job<T>>();
  #stopped = false;

  get(key: string): Job<T> | undefined {
    return this.#jobs.get(key);
  }

  has(key: string): boolean {
    return this.#jobs.has(key);
  }

  /** Takes the place of `key` before anything is awaited: whoever asked `has` just now is the only one. */
  run(key: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#jobs.has(key)) throw new Error(`a job runs already under ${key}`);
    if (this.#stopped) throw new Failure({ code: 'cancelled', message: 'Daybreak is stopping; nothing new is begun.' });
    const abort = new AbortController();
    const done = work(abort.signal).finally(() => this.#jobs.delete(key));
    this.#jobs.set(key, { abort, done });
    return done;
  }

  /** Cancels all, waits until each has written down its end, and begins no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const running = [...this.#jobs.values()];
    for (const { abort } of running) abort.abort();
    await Promise.allSettled(running.map(({ done }) => done));
  }
}
