import type { DeltaSet, Snapshot } from '../../../shared/model/sampling.ts';
import type { SampleStore } from '../history/history.ts';
import type { Clock, Logger } from '../ports.ts';
import type { StatisticsReader } from '../postgres/statistics-reader.ts';
import { goesOnFrom, isSameSource, subtractSnapshots } from './deltas.ts';
import { createOwnCost } from './own-cost.ts';

/** The last snapshot is kept for a restart about once a minute, also while snapshots come every 5 s. */
const keepEveryMs = 50_000;

export interface RecorderOptions {
  readonly serverId: string;
  readonly store: SampleStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One reading each: from the server into the store. Times of day are the server's. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #cost;
  #previous: Snapshot | null = null;
  #restored = false;
  #keptAtMs = Number.NEGATIVE_INFINITY;
  lastSampleAtMs: number | null = null;
  lastSnapshotAtMs: number | null = null;
  statements = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#cost = createOwnCost(options.clock.nowMs());
  }

  get ownCostPercent(): number | null {
    return this.#cost.percent(this.#options.clock.nowMs());
  }

  async sample(reader: StatisticsReader): Promise<void> {
    const { serverId, store } = this.#options;
    const sample = await this.#timed(() => reader.activity());
    await store.saveSample(serverId, sample);
    this.lastSampleAtMs = sample.atMs;
  }

  /** Stores what happened since the snapshot before; null for the first one, which has nothing to be compared with. */
  async snapshot(reader: StatisticsReader): Promise<DeltaSet | null> {
    const { serverId, store } = this.#options;
    const next = await this.#timed(() => reader.snapshot());
    const previous = this.#restored ? this.#previous : await this.#restore(next);
    this.#restored = true;
    let set: DeltaSet | null = null;
    if (previous !== null && goesOnFrom(previous, next)) {
      set = subtractSnapshots(previous, next);
      // Before `#previous` moves on: when the store fails, the next delta covers this interval as well.
      await store.saveDeltas(serverId, set);
    }
    this.#previous = next;
    this.lastSnapshotAtMs = next.atMs;
    this.statements = next.entries.length;
    if (next.atMs - this.#keptAtMs >= keepEveryMs) await this.keep();
    return set;
  }

  /** Fetches the texts that are missing. Resolves to what stands in the way, in words; null when nothing does. */
  async texts(reader: StatisticsReader): Promise<string | null> {
    const { serverId, store } = this.#options;
    const keys = await store.keysWithoutText(serverId);
    if (keys.length === 0) return null;
    const texts = await this.#timed(() => reader.texts(keys));
    if (texts === null) {
      return "The server's file of statement texts is too large to be read without harm: only sampled texts are known.";
    }
    if (texts.length > 0) await store.saveTexts(serverId, texts);
    return null;
  }

  /** Keeps the last snapshot, so that the next engine goes on from it. */
  async keep(): Promise<void> {
    const { serverId, store } = this.#options;
    if (this.#previous === null || this.#previous.atMs === this.#keptAtMs) return;
    await store.saveLastSnapshot(serverId, this.#previous);
    this.#keptAtMs = this.#previous.atMs;
  }

  /**
   * The snapshot that an earlier engine left, where it is sound to go on from it. That no delta was stored after it
   * (an engine that was killed may have stored some, and they would count twice) the store makes sure of.
   */
  async #restore(next: Snapshot): Promise<Snapshot | null> {
    const { serverId, store, logger } = this.#options;
    const left = await store.lastSnapshot(serverId);
    if (left === null || !goesOnFrom(left, next) || !isSameSource(left, next)) return null;
    logger.debug({ serverId, gapMs: next.atMs - left.atMs }, 'the sampler goes on from the last snapshot');
    return left;
  }

  async #timed<T>(read: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const startedMs = clock.nowMs();
    try {
      return await read();
    } finally {
      const endedMs = clock.nowMs();
      this.#cost.add(endedMs, endedMs - startedMs);
    }
  }
}
