import { Failure } from '../../../shared/model/failure.ts';

/** A person who went home must not keep every refresh out for ever. */
const patienceMs = 3_600_000;

/** Plans that are built and compared, and wait for somebody's word before they switch. */
export class HeldPlans {
  readonly #waiting = new Map<string, () => void>();

  /** Resolves with the word, and when `signal` aborts. Throws `cancelled` after an hour. */
  async wait(planId: string, signal: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.set(planId, resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (signal.aborted) resolve();
        timer = setTimeout(
          () =>
            reject(
              new Failure({ code: 'cancelled', message: 'Nobody let the plan go on to its switch within an hour.' }),
            ),
          patienceMs,
        );
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(planId);
    }
  }

  /** False where no such plan waits. */
  proceed(planId: string): boolean {
    const go = this.#waiting.get(planId);
    go?.();
    return go !== undefined;
  }
}
