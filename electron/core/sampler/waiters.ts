import { isFailure } from '../../../shared/model/failure.ts';

interface Waiter {
  /** Its reading met a broken connection once: it gets another one. */
  retried: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

/** Those who asked for a reading now, while the sampler runs. */
export class Waiters {
  #waiting: Waiter[] = [];

  get any(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves after the next reading that succeeds. */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ retried: false, resolve, reject }));
  }

  /** One reading for all who wait. Throws on only what ends the connection, or is a bug. */
  async serve(read: () => Promise<void>): Promise<void> {
    const waiters = this.#waiting.splice(0);
    try {
      await read();
      for (const { resolve } of waiters) resolve();
    } catch (error) {
      const again = endsConnection(error) ? waiters.filter(({ retried }) => !retried) : [];
      for (const waiter of waiters) {
        if (again.includes(waiter)) waiter.retried = true;
        else waiter.reject(error);
      }
      this.#waiting.unshift(...again);
      if (!isFailure(error) || endsConnection(error)) throw error;
    }
  }

  reject(error: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** Failures after which the next reading on the same connection would fail as well. */
export const endsConnection = (error: unknown): boolean =>
  isFailure(error) &&
  (error.value.code === 'connection_lost' ||
    error.value.code === 'not_connected' ||
    (error.value.code === 'cancelled' && !error.value.retryable));
