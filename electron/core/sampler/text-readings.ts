import { formatDuration } from '../../../shared/format/duration.ts';
import { isFailure, type Failure } from '../../../shared/model/failure.ts';
import type { SampleStore } from '../history/history.ts';
import type { Clock } from '../ports.ts';
import type { StatisticsReader } from '../postgres/statistics-reader.ts';
import { keyText } from './deltas.ts';
import { firstTextsMs, textsPauseMs } from './intervals.ts';
import { MissingTexts } from './missing-texts.ts';
import type { Recorder } from './recorder.ts';

/** What outlives a lost connection: a reading that took the server down must not be the first thing after it. */
export interface TextsMemory {
  readonly missing: MissingTexts;
  /** Readings in a row that failed. */
  readonly failures: number;
  /** No reading by itself before that, this machine's clock, and how long that was away when it was set, ms. */
  readonly again: { readonly atMs: number; readonly pauseMs: number } | null;
}

export interface TextReadingsOptions {
  readonly serverId: string;
  readonly store: SampleStore;
  readonly clock: Clock;
  /** Counts what it costs, and knows what the server counts. */
  readonly recorder: Pick<Recorder, 'timed' | 'last'>;
  readonly after: TextsMemory | null;
}

export interface TextReading {
  /** What stands in the way, in words; null where nothing does. */
  readonly problem: string | null;
  /** How long until the next one, ms; null where the server was not asked, and nothing changes. */
  readonly pauseMs: number | null;
}

/**
 * Reads the texts of statements that were seen for the first time. Any reading makes the server load its whole file of
 * texts: what is costly is done less often, and what fails as well.
 */
export class TextReadings {
  readonly #options: TextReadingsOptions;
  readonly #missing: MissingTexts;
  #failures: number;
  #again: TextsMemory['again'];
  #reading: Promise<TextReading> | null = null;

  constructor(options: TextReadingsOptions) {
    this.#options = options;
    this.#missing = options.after?.missing ?? new MissingTexts();
    this.#failures = options.after?.failures ?? 0;
    this.#again = options.after?.again ?? null;
  }

  memory(): TextsMemory {
    return { missing: this.#missing, failures: this.#failures, again: this.#again };
  }

  /** How long until the first reading of this sampler, ms: soon, or when the last one before it said. */
  firstInMs(): number {
    if (this.#again === null) return firstTextsMs;
    const { atMs, pauseMs } = this.#again;
    // The clock may have been set back since.
    return Math.max(firstTextsMs, Math.min(atMs - this.#options.clock.nowMs(), pauseMs));
  }

  /** One at a time: who comes while one is under way gets that one. Throws bugs alone. */
  read(reader: StatisticsReader): Promise<TextReading> {
    this.#reading ??= this.#read(reader).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** Resolves when none is under way. Never rejects. */
  async ended(): Promise<void> {
    await this.#reading?.catch(() => undefined);
  }

  async #read(reader: StatisticsReader): Promise<TextReading> {
    const { serverId, store, recorder } = this.#options;
    let tookMs = 0;
    try {
      const missing = await store.keysWithoutText(serverId);
      const present = new Set(recorder.last?.snapshot.entries.map(({ key }) => keyText(key)));
      const keys = this.#missing.wanted(missing, present);
      if (keys.length === 0) return notAsked;
      const texts = await recorder.timed(
        () => reader.texts(keys),
        (ms) => (tookMs = ms),
      );
      if (texts?.length === 0) this.#missing.cameInVain(keys);
      else if (texts !== null) await store.saveTexts(serverId, texts);
      this.#failures = 0;
      return this.#next(tookMs, () => (texts === null ? tooLarge : null));
    } catch (error) {
      if (!isFailure(error)) throw error;
      // Also where it was the sampler that stopped: it stops when the server goes away, be it for this very reading.
      this.#failures += 1;
      return this.#next(tookMs, (pauseMs) => failedText(error, pauseMs));
    }
  }

  #next(tookMs: number, problem: (pauseMs: number) => string | null): TextReading {
    const pauseMs = textsPauseMs(tookMs, this.#failures);
    this.#again = { atMs: this.#options.clock.nowMs() + pauseMs, pauseMs };
    return { problem: problem(pauseMs), pauseMs };
  }
}

const notAsked: TextReading = { problem: null, pauseMs: null };
const tooLarge =
  "The server's file of statement texts is too large to be read without harm: only sampled texts are known.";

function failedText({ value: { message, action } }: Failure, pauseMs: number): string {
  const mend = action === undefined ? '' : ` To mend it: ${action}`;
  return `Texts of statements could not be read. ${message}${mend} The next try is in ${formatDuration(pauseMs)}.`;
}
