import { isFailure } from '../../../shared/model/failure.ts';
import type { Clock, Logger } from '../ports.ts';
import type { StatisticsReader, StatisticsServer } from '../postgres/statistics-reader.ts';
import type { DueTimes } from './due-times.ts';
import type { Mode } from './mode.ts';
import { clockProblem, extensionProblem, rightsProblem, sourceProblem, tellBug, type Problems } from './problems.ts';
import type { Recorder } from './recorder.ts';
import type { TextReadings } from './text-readings.ts';
import { endsConnection } from './waiters.ts';

export type SamplerChange = 'sample' | 'snapshot' | 'texts' | 'mode' | 'problem';

export interface ReadingsParts {
  readonly server: StatisticsServer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recorder: Recorder;
  readonly texts: TextReadings;
  readonly problems: Problems;
  readonly mode: Mode;
  readonly due: DueTimes;
  /** Aborted when the sampler stops; undefined where it does not run. */
  readonly stopping: () => AbortSignal | undefined;
  readonly onChange: (kind: SamplerChange) => void;
}

/** What one reading brings about: it is stored, mode and due times follow it, and what stands in its way is told. */
export class Readings {
  readonly #parts: ReadingsParts;
  #hidden = 0;
  #textsKnown = false;

  constructor(parts: ReadingsParts) {
    this.#parts = parts;
  }

  /** A session begins. */
  begin(reader: StatisticsReader): void {
    this.#parts.recorder.begin();
    this.#looked(reader);
  }

  /** A sample; one that fails is skipped. Throws what ends the connection, and bugs. */
  async sample(reader: StatisticsReader): Promise<void> {
    await this.#attempt('activity', reader, () => this.#sample(reader));
  }

  /** A snapshot; one that fails is skipped. Throws what ends the connection, and bugs. */
  async snapshot(reader: StatisticsReader): Promise<void> {
    await this.#attempt('snapshot', reader, () => this.#snapshot(reader));
  }

  /** Looks again at what server and role can do. A look that fails for another reason than the connection may wait. */
  async look(reader: StatisticsReader): Promise<void> {
    await this.#mending(async () => {
      if (await reader.look()) this.#looked(reader);
    });
  }

  /** On a connection of its own, so that no sample waits for it. Never rejects: nobody may be waiting for the texts. */
  async texts(reader: StatisticsReader): Promise<void> {
    if (!reader.hasSnapshots) return;
    const stopping = this.#parts.stopping();
    try {
      const { problem, pauseMs } = await this.#parts.texts.read(reader);
      if (stopping?.aborted) return;
      this.#parts.problems.note('texts', problem);
      if (pauseMs !== null) this.#parts.due.textsAgain(pauseMs, this.#parts.clock.nowMs());
      this.#parts.onChange('texts');
    } catch (error) {
      tellBug(error, this.#parts);
    }
  }

  /** All of them, for somebody who waits: one that fails is thrown. */
  async all(reader: StatisticsReader): Promise<void> {
    // Somebody may have mended just now what was missing.
    if (!reader.hasSnapshots || !reader.seesAll) await reader.look();
    this.#looked(reader);
    if (reader.hasSnapshots) await this.#snapshotIfStillThere(reader);
    await this.#sample(reader);
    await this.texts(reader);
  }

  /** The extension may have been dropped since the last look: then there is still the activity. */
  async #snapshotIfStillThere(reader: StatisticsReader): Promise<void> {
    try {
      await this.#snapshot(reader);
    } catch (error) {
      if (!isFailure(error) || endsConnection(error)) throw error;
      await reader.look();
      this.#looked(reader);
      if (reader.hasSnapshots) throw error;
    }
  }

  async #sample(reader: StatisticsReader): Promise<void> {
    const sample = await this.#parts.recorder.sample(reader);
    this.#parts.problems.note('activity', null);
    await this.#minded();
    this.#parts.onChange('sample');
    this.#parts.mode.sampled(sample);
  }

  async #snapshot(reader: StatisticsReader): Promise<void> {
    const { set, hidden } = await this.#parts.recorder.snapshot(reader);
    this.#parts.problems.note('snapshot', null);
    // Entries are hidden from a role without the right alone: it was revoked, or granted, in between.
    const regraded = reader.seesAll ? hidden > 0 : hidden === 0 && this.#hidden > 0;
    this.#hidden = hidden;
    if (this.#parts.recorder.takeOtherSource()) {
      this.#parts.problems.tell('source', sourceProblem(this.#parts.server.settings.label));
    }
    if (regraded) await this.look(reader);
    this.#parts.onChange('snapshot');
    if (set === null) return;
    this.#parts.mode.counted(set);
    // The first texts come as soon as it is known which are wanted, but not in the same breath.
    if (!this.#textsKnown) {
      this.#textsKnown = true;
      this.#parts.due.textsAgain(this.#parts.texts.firstInMs(), this.#parts.clock.nowMs());
    }
  }

  /** Says that a clock was set; the measured difference of the clocks is another one then. */
  async #minded(): Promise<void> {
    this.#parts.problems.sampled();
    const set = this.#parts.recorder.takeClockSet();
    if (set === null) return;
    this.#parts.problems.tell('clock', clockProblem(set));
    await this.#mending(() => this.#parts.server.refreshFacts());
  }

  #looked(reader: StatisticsReader): void {
    const { facts } = this.#parts.server;
    this.#parts.problems.note('extension', extensionProblem(reader, facts));
    this.#parts.problems.note('rights', rightsProblem(reader, facts));
    if (!reader.hasSnapshots) this.#parts.problems.note('snapshot', null);
    this.#parts.due.allowSnapshots(reader.hasSnapshots, this.#parts.clock.nowMs());
  }

  async #mending(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isFailure(error) || endsConnection(error)) throw error;
      this.#parts.logger.warn({ problem: error.value.message }, 'the sampler could not look at its rights');
    }
  }

  /** A reading that failed is skipped; only a broken connection ends the round. */
  async #attempt(source: 'activity' | 'snapshot', reader: StatisticsReader, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!isFailure(error) || endsConnection(error)) throw error;
      this.#parts.problems.note(source, error.value.message);
      // The extension was dropped, or a right revoked, since the last look.
      await this.look(reader);
    }
  }
}
