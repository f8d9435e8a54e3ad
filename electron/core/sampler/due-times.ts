import { lookIntervalMs, nextDue, textsIntervalMs } from './intervals.ts';

export type Due = 'activity' | 'snapshot' | 'texts' | 'look';

const never = Number.POSITIVE_INFINITY;

/** When the sampler does what next, on this machine's clock, ms. */
export class DueTimes {
  #textsIntervalMs = textsIntervalMs;
  readonly #dueMs: Record<Due, number> = { activity: never, snapshot: never, texts: never, look: never };

  /** A session begins: it looks first at what is there. */
  begin(nowMs: number, hasSnapshots: boolean): void {
    this.#dueMs.activity = nowMs;
    this.#dueMs.snapshot = hasSnapshots ? nowMs : never;
    this.#dueMs.look = nowMs + lookIntervalMs;
  }

  /** What is due, the most urgent first; null when nothing is. */
  now(nowMs: number): Due | null {
    const { activity, snapshot, texts, look } = this.#dueMs;
    if (activity <= nowMs) return 'activity';
    if (snapshot <= nowMs) return 'snapshot';
    if (texts <= nowMs) return 'texts';
    return look <= nowMs ? 'look' : null;
  }

  get nextMs(): number {
    return Math.min(...Object.values(this.#dueMs));
  }

  /** It was done: due again on its beat, unless it was found in between that there is nothing to do. */
  done(what: Due, intervalMs: number, nowMs: number): void {
    if (this.#dueMs[what] !== never) this.#dueMs[what] = nextDue(this.#dueMs[what], intervalMs, nowMs);
  }

  /** Texts are let alone for so long. */
  textsAgain(pauseMs: number, nowMs: number): void {
    this.#textsIntervalMs = pauseMs;
    this.#dueMs.texts = nowMs + pauseMs;
  }

  allowSnapshots(allowed: boolean, nowMs: number): void {
    if (!allowed) this.#dueMs.snapshot = never;
    else if (this.#dueMs.snapshot === never) this.#dueMs.snapshot = nowMs;
  }

  /**
   * Nothing is further away than its interval: after a change of mode, and where this machine's clock was set back and
   * what was due in a minute would be due in an hour and a minute.
   */
  bringNearer(nowMs: number, { activityMs, snapshotMs }: { readonly activityMs: number; readonly snapshotMs: number }) {
    const longest = { activity: activityMs, snapshot: snapshotMs, texts: this.#textsIntervalMs, look: lookIntervalMs };
    for (const what of ['activity', 'snapshot', 'texts', 'look'] as const) {
      const dueMs = this.#dueMs[what];
      if (dueMs !== never) this.#dueMs[what] = Math.min(dueMs, nowMs + longest[what]);
    }
  }
}
