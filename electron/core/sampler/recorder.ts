import type { ActivitySample, DeltaSet, Snapshot } from '../../../shared/model/sampling.ts';
import type { SampleStore } from '../history/history.ts';
import type { Clock, Logger } from '../ports.ts';
import type { StatisticsReader } from '../postgres/statistics-reader.ts';
import { Cursors } from './cursors.ts';
import { goesOnFrom, isSameSource, subtractSnapshots, type Passed } from './deltas.ts';
import { elapsedBetween, momentBefore, type Elapsed, type Moment } from './elapsed.ts';
import { createOwnCost } from './own-cost.ts';

/**
 * The last snapshot is kept for the next engine when this one stops, and now and then for one that is killed. To encode
 * and pack 5,000 entries takes 6 to 19 ms of processor time (docs/decisions/0007). An engine that is killed later than
 * that loses the statistics of one interval.
 */
const keepEveryMs = 10 * 60_000;

/** A snapshot, and what the clocks said then; null for one that an earlier engine left. */
export interface TakenSnapshot {
  readonly snapshot: Snapshot;
  readonly moment: Moment | null;
}

export interface RecorderOptions {
  readonly serverId: string;
  readonly store: SampleStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The last snapshot of the recorder before this one, where it was of this process. */
  readonly after?: TakenSnapshot | null;
}

/** One reading each: from the server into the store. Times of day are the server's. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #cost;
  readonly #cursors: Cursors;
  #previous: TakenSnapshot | null = null;
  /** The last snapshot is of the session that is open now, or proved to be of the same server. */
  #compared = false;
  #otherSource = false;
  #keptAtMs = Number.NEGATIVE_INFINITY;
  #lastMoment: Moment | null = null;
  #clockSet: Elapsed | null = null;
  lastSampleAtMs: number | null = null;
  lastSnapshotAtMs: number | null = null;
  statements = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#cost = createOwnCost(this.#nowMs());
    this.#cursors = new Cursors(() => options.store.statements(options.serverId));
  }

  get ownCostPercent(): number | null {
    return this.#cost.percent(this.#nowMs());
  }

  /** For the recorder that goes on from here. */
  get last(): TakenSnapshot | null {
    return this.#previous ?? this.#options.after ?? null;
  }

  /** The clock that was set since this was last asked, if one was. */
  takeClockSet(): Elapsed | null {
    const set = this.#clockSet;
    this.#clockSet = null;
    return set;
  }

  /** A session begins: what answers now may be another server than before. */
  begin(): void {
    this.#compared = false;
  }

  /** True where what answers is not what answered before, since this was last asked. */
  takeOtherSource(): boolean {
    const other = this.#otherSource;
    this.#otherSource = false;
    return other;
  }

  /** Resolves with what was seen, as the server showed it. */
  async sample(reader: StatisticsReader): Promise<ActivitySample> {
    const { serverId, store, clock } = this.#options;
    const before = momentBefore(clock);
    const sample = await this.timed(() => reader.activity());
    this.#notice({ ...before, serverMs: sample.atMs });
    await store.saveSample(serverId, await this.#cursors.named(sample));
    this.lastSampleAtMs = sample.atMs;
    return sample;
  }

  /**
   * Stores what happened since the snapshot before. `set` is null for the first one, which has nothing to be compared
   * with; `hidden` entries are those whose queryid this role may not see.
   */
  async snapshot(reader: StatisticsReader): Promise<{ readonly set: DeltaSet | null; readonly hidden: number }> {
    const { serverId, store, clock } = this.#options;
    const before = momentBefore(clock);
    const next = await this.timed(() => reader.snapshot());
    const moment = { ...before, serverMs: next.atMs };
    this.#notice(moment);
    const previous = this.#compared ? this.#previous : await this.#goOnFrom(next, moment);
    this.#compared = true;
    let set: DeltaSet | null = null;
    if (previous !== null) {
      const { passed, gapMs } = between(previous, moment);
      if (gapMs !== null && goesOnFrom(previous.snapshot, next, gapMs)) {
        set = subtractSnapshots(previous.snapshot, next, passed);
        // Before `#previous` moves on: when the store fails, the next delta covers this interval as well.
        await store.saveDeltas(serverId, set);
      }
    }
    this.#previous = { snapshot: next, moment };
    this.lastSnapshotAtMs = next.atMs;
    this.statements = next.entries.length;
    // A clock that was set back must not keep it from being kept.
    if (Math.abs(next.atMs - this.#keptAtMs) >= keepEveryMs) await this.keep();
    return { set, hidden: next.hiddenEntries ?? 0 };
  }

  /** Counts the time of a reading as what the sampler costs; `took` is told it, in ms, also when the reading fails. */
  async timed<T>(read: () => Promise<T>, took?: (ms: number) => void): Promise<T> {
    const startedMs = this.#nowMs();
    try {
      return await read();
    } finally {
      const endedMs = this.#nowMs();
      this.#cost.add(endedMs, endedMs - startedMs);
      took?.(endedMs - startedMs);
    }
  }

  /** Keeps the last snapshot, so that the next engine goes on from it. */
  async keep(): Promise<void> {
    const { serverId, store } = this.#options;
    if (this.#previous === null || this.#previous.snapshot.atMs === this.#keptAtMs) return;
    await store.saveLastSnapshot(serverId, this.#previous.snapshot);
    this.#keptAtMs = this.#previous.snapshot.atMs;
  }

  /**
   * The last snapshot of the session before, of an earlier recorder in this process, or of the store, where it is sound
   * to go on from it. That no delta was stored after it (an engine that was killed may have stored some, and they would
   * count twice) the store makes sure of.
   */
  async #goOnFrom(next: Snapshot, moment: Moment): Promise<TakenSnapshot | null> {
    const { serverId, store, logger } = this.#options;
    const stored = async () => {
      const snapshot = await store.lastSnapshot(serverId);
      return snapshot === null ? null : { snapshot, moment: null };
    };
    const left = this.last ?? (await stored());
    if (left === null) return null;
    const same = isSameSource(left.snapshot, next);
    // An engine that begins has nothing to compare with that anybody saw.
    this.#otherSource = !same && left.moment !== null;
    const { gapMs } = between(left, moment);
    if (!same || gapMs === null || !goesOnFrom(left.snapshot, next, gapMs)) return null;
    logger.debug({ serverId, gapMs }, 'the sampler goes on from the last snapshot');
    return left;
  }

  #notice(moment: Moment): void {
    const elapsed = this.#lastMoment === null ? null : elapsedBetween(this.#lastMoment, moment);
    this.#lastMoment = moment;
    if (elapsed !== null && elapsed.set !== 'none') this.#clockSet = elapsed;
  }

  /** For lengths of time; the wall clock where the door has no other. */
  #nowMs(): number {
    const { clock } = this.#options;
    return clock.steadyMs?.() ?? clock.nowMs();
  }
}

/** How long it is since `previous`; `passed` only where the server's clock was set in between. */
function between(
  { snapshot, moment }: TakenSnapshot,
  now: Moment,
): { readonly passed: Passed | null; readonly gapMs: number | null } {
  if (moment === null) return { passed: null, gapMs: now.serverMs - snapshot.atMs };
  const { ms, set, byMs } = elapsedBetween(moment, now);
  return { passed: set === 'server' && ms !== null ? { ms, clockSetByMs: byMs } : null, gapMs: ms };
}
