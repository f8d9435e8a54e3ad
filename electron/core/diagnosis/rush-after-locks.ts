import type { StatementGroup } from './catalog.ts';
import type { IntervalDamage } from './damage.ts';

/** What of an interval's waiting is the rush behind a lock. */
export interface Rush {
  readonly seconds: number;
  readonly byRoot: ReadonlyMap<StatementGroup, number>;
}

const none: Rush = { seconds: 0, byRoot: new Map() };

/**
 * Who waits behind a lock goes on when it is let go, all at the same moment and together with those who came since: for
 * a while the processors are short, and no report is to be seen. (A row lock of 10 s under 250 saves a second: 145 s
 * waited behind it and 50 s more between the statements, none of which the same load had without the lock.)
 *
 * So waiting for processors that nobody accounts for belongs to the holder of the lock, in the intervals with the queue
 * and for as long after it as it lasted; never more than was waited behind the lock itself: a server that is at work
 * for less than half of its time empties a queue in less time than it took to fill.
 */
export class RushAfterLocks {
  readonly #owed = new Map<StatementGroup, number>();
  #beganMs = 0;
  #endedMs = -Infinity;

  /**
   * Intervals come in the order of time.
   *
   * @param roots Their parts of `lockSeconds`.
   * @param unaccountedSeconds Waiting for processors in this interval that no session accounts for.
   */
  take(
    { interval }: Pick<IntervalDamage, 'interval'>,
    lockSeconds: number,
    roots: ReadonlyMap<StatementGroup, number>,
    unaccountedSeconds: number,
  ): Rush {
    const lengthMs = interval.toMs - interval.fromMs;
    if (interval.fromMs - this.#endedMs > Math.max(lengthMs, this.#endedMs - this.#beganMs)) this.#owed.clear();
    if (lockSeconds > 0 && roots.size > 0) {
      if (interval.fromMs - this.#endedMs > lengthMs) this.#beganMs = interval.fromMs;
      this.#endedMs = interval.toMs;
      for (const [root, part] of roots) this.#owed.set(root, (this.#owed.get(root) ?? 0) + part * lockSeconds);
    }
    let owed = 0;
    for (const seconds of this.#owed.values()) owed += seconds;
    const seconds = Math.min(owed, Math.max(0, unaccountedSeconds));
    if (seconds <= 0) return none;
    const byRoot = new Map([...this.#owed].map(([root, own]) => [root, (own * seconds) / owed]));
    for (const [root, own] of byRoot) this.#owed.set(root, (this.#owed.get(root) ?? 0) - own);
    return { seconds, byRoot };
  }
}
