import type { WidgetData } from '../../../shared/model/dashboard.ts';

/** For how long a number that was read for one window will do for another that asks by itself, ms. */
export const recentMs = { live: 15_000, aged: 60_000 } as const;

/** Rows that are held altogether: what is beyond is read again. */
const mostRows = 200_000;

interface Held {
  readonly data: WidgetData;
  readonly readAtMs: number;
}

/**
 * What was read a moment ago, so that many windows on one dashboard are one query. By connection and widget; the oldest
 * goes first. Pure but for what it holds: time is an argument.
 */
export class RecentReads {
  readonly #held = new Map<string, Held>();
  #rows = 0;

  /** The number under `key`, read at most `maxAgeMs` ago; null where there is none. */
  get(key: string, maxAgeMs: number, nowMs: number): WidgetData | null {
    const held = this.#held.get(key);
    return held !== undefined && nowMs - held.readAtMs <= maxAgeMs && nowMs >= held.readAtMs ? held.data : null;
  }

  /** `readAtMs`: when its query was begun. */
  put(key: string, data: WidgetData, readAtMs: number): void {
    this.#drop(key);
    this.#held.set(key, { data, readAtMs });
    this.#rows += data.rows.length;
    for (const [oldest, { readAtMs: then }] of this.#held) {
      if (this.#rows <= mostRows && readAtMs - then <= recentMs.aged) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#rows -= held.data.rows.length;
  }
}
