import type { AlertNotice } from '../../../shared/model/alerts.ts';
import type { Notifier } from '../ports.ts';
import type { AlertMessage } from './message.ts';
import type { SendOutcome } from './send.ts';

/** A window that stops reading must not hold memory. */
const waitingLimit = 100;

/** Messages for this machine: the desktop's own notifications, and a notice in every open window. */
export class Notices {
  readonly #notifier: Notifier;
  readonly #listeners = new Set<(notice: AlertNotice) => void>();
  readonly #onWatched: () => void;
  #seq = 0;

  /** `onWatched`: a window has begun to listen, so what waited for one can be told. */
  constructor(notifier: Notifier, onWatched: () => void) {
    this.#notifier = notifier;
    this.#onWatched = onWatched;
  }

  /** Whether somebody at this machine would see a message now. */
  get isSeen(): boolean {
    return this.#notifier.visible === true || this.#listeners.size > 0;
  }

  show(message: AlertMessage): SendOutcome {
    if (!this.isSeen) {
      return {
        ok: false,
        problem: 'no_window',
        error: 'No window of Daybreak is open on this machine. It is shown as soon as one is.',
      };
    }
    const { subject, severity, over, serverId, items } = message;
    const body =
      items.length === 1 ? (items[0]?.text ?? '') : items.map(({ title }) => title).join('\n') || message.text;
    this.#seq += 1;
    const notice: AlertNotice = {
      seq: this.#seq,
      title: subject,
      body,
      severity,
      over,
      serverId,
      episodeIds: items.map(({ episodeId }) => episodeId),
    };
    for (const listener of this.#listeners) listener(notice);
    this.#notifier.notify(subject, body);
    return { ok: true, detail: 'shown on this machine' };
  }

  /** From now on, until `signal` aborts. */
  async *subscribe(signal?: AbortSignal): AsyncGenerator<AlertNotice, void, void> {
    let waiting: AlertNotice[] = [];
    let wake: (() => void) | null = null;
    const rouse = () => {
      wake?.();
      wake = null;
    };
    const listener = (notice: AlertNotice) => {
      waiting = [...waiting.slice(-waitingLimit), notice];
      rouse();
    };
    this.#listeners.add(listener);
    signal?.addEventListener('abort', rouse);
    this.#onWatched();
    try {
      while (!signal?.aborted) {
        const batch = waiting;
        waiting = [];
        yield* batch;
        if (waiting.length === 0 && !signal?.aborted) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#listeners.delete(listener);
      signal?.removeEventListener('abort', rouse);
    }
  }
}
