import type { SamplerStatus } from '../../../shared/model/connection.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { SamplerMode } from '../../../shared/model/sampling.ts';
import type { SampleStore } from '../history/history.ts';
import type { Clock, Logger } from '../ports.ts';
import { withStatisticsReader, type StatisticsReader, type StatisticsServer } from '../postgres/statistics-reader.ts';
import { DueTimes } from './due-times.ts';
import { calmState, mute, observe, observeSample, reasonOf, type IncidentState } from './incident-rule.ts';
import { intervals, lookIntervalMs, textsIntervalMs } from './intervals.ts';
import { modeAt, setByHand, type ByHand } from './mode-by-hand.ts';
import { clockProblem, extensionProblem, Problems, rightsProblem, sourceProblem } from './problems.ts';
import { Recorder, type TakenSnapshot } from './recorder.ts';
import { TextReadings, type TextsMemory } from './text-readings.ts';
import { endsConnection, Waiters } from './waiters.ts';

export interface SamplerOptions {
  readonly server: StatisticsServer;
  readonly store: SampleStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** As set by hand before, on a connection that was lost; 'background' unless given. */
  readonly mode?: SamplerMode;
  /** What the sampler before this one remembered of the same server: this one goes on from there. */
  readonly after?: SamplerMemory;
  /** Another rhythm than `intervals`, for a bench whose mornings last seconds. */
  readonly rhythm?: typeof intervals;
  readonly onChange: (kind: SamplerChange) => void;
}
export type SamplerChange = 'sample' | 'snapshot' | 'texts' | 'mode' | 'problem';

/** What outlives a lost connection. */
export interface SamplerMemory {
  readonly last: TakenSnapshot | null;
  readonly incident: IncidentState;
  readonly texts: TextsMemory | null;
  /** When the mode that was set by hand ends by itself, this machine's clock; null: it does not. */
  readonly byHandUntilMs: number | null;
}

/** What the sampler knows itself; the store knows its size. */
export type SamplerState = Omit<SamplerStatus, 'storedBytes'>;

export interface Sampler {
  start(): void;
  /** Resolves when nothing is read or stored any more. Never rejects. */
  stop(): Promise<void>;
  /** By hand. 'background' also ends an incident that began by itself; 'incident' ends by itself after `forMs`, if given. */
  setMode(mode: SamplerMode, forMs?: number): void;
  /** What was set by hand, whatever the mode is: for the `mode` of the sampler that follows this one. */
  modeByHand(): SamplerMode;
  /** For the `after` of the sampler that follows this one. */
  memory(): SamplerMemory;
  /** Takes a snapshot, a sample and missing texts now, stored when it resolves. Works without `start`. Throws `Failure`. */
  readNow(): Promise<void>;
  status(): SamplerState;
}

const retryMs = [1_000, 2_000, 5_000, 15_000, 30_000] as const;

/** Samples one server into the store, on one connection, never two readings at a time. */
export function createSampler(options: SamplerOptions): Sampler {
  return new IntervalSampler(options);
}

class IntervalSampler implements Sampler {
  readonly #options: SamplerOptions;
  readonly #recorder: Recorder;
  readonly #texts: TextReadings;
  readonly #problems: Problems;
  readonly #waiters = new Waiters();
  #run: { readonly stopping: AbortController; readonly done: Promise<void> } | null = null;
  /** One reading after the other, also where `readNow` comes without `start`. */
  #apart: Promise<unknown> = Promise.resolve();
  #wake = new AbortController();
  #byHand: ByHand;
  #incident: IncidentState;
  readonly #due = new DueTimes();
  #hidden = 0;
  #textsKnown = false;

  constructor(options: SamplerOptions) {
    this.#options = options;
    const { server, store, clock, logger, mode, after, onChange } = options;
    this.#byHand = { mode: mode ?? 'background', untilMs: after?.byHandUntilMs ?? null };
    this.#incident = after?.incident ?? calmState;
    const { serverId } = server;
    this.#recorder = new Recorder({ serverId, store, clock, logger, after: after?.last ?? null });
    this.#texts = new TextReadings({ serverId, store, clock, recorder: this.#recorder, after: after?.texts ?? null });
    this.#problems = new Problems((source, problem) => {
      if (problem !== null) logger.warn({ source, problem }, 'sampling');
      onChange('problem');
    });
  }

  start(): void {
    if (this.#run !== null) return;
    const stopping = new AbortController();
    const done = this.#sampleUntil(stopping.signal).catch((error: unknown) => {
      if (this.#run?.stopping === stopping) this.#run = null;
      this.#waiters.reject(error);
      this.#bug(error);
    });
    this.#run = { stopping, done };
  }

  async stop(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    run?.stopping.abort(new Error('the sampler stops'));
    this.#wakeUp();
    await run?.done;
    await this.#apart;
    await this.#texts.ended();
    this.#waiters.reject(stopped());
    try {
      await this.#recorder.keep();
    } catch (error) {
      this.#options.logger.warn({ error: String(error) }, 'the last snapshot could not be kept');
    }
  }

  setMode(mode: SamplerMode, forMs?: number): void {
    const before = this.#mode;
    this.#byHand = setByHand(this.#byHand, mode, this.#options.clock.nowMs(), forMs ?? null);
    if (mode === 'background' && this.#incident.mode === 'incident') this.#incident = mute(this.#incident);
    if (this.#mode !== before) this.#modeChanged();
  }

  modeByHand(): SamplerMode {
    return modeAt(this.#byHand, this.#options.clock.nowMs());
  }

  memory(): SamplerMemory {
    return {
      last: this.#recorder.last,
      incident: this.#incident,
      texts: this.#texts.memory(),
      byHandUntilMs: this.#byHand.untilMs,
    };
  }

  readNow(): Promise<void> {
    if (this.#run === null) {
      const reading = this.#apart.then(() =>
        withStatisticsReader(this.#options.server, (reader) => {
          this.#recorder.begin();
          return this.#readAll(reader);
        }),
      );
      this.#apart = reading.catch(() => undefined);
      return reading;
    }
    const reading = this.#waiters.wait();
    this.#wakeUp();
    return reading;
  }

  status(): SamplerState {
    const { lastSampleAtMs, lastSnapshotAtMs, statements, ownCostPercent } = this.#recorder;
    return {
      serverId: this.#options.server.serverId,
      running: this.#run !== null,
      mode: this.#mode,
      lastSampleAtMs,
      lastSnapshotAtMs,
      statements,
      ownCostPercent,
      incidentReason: this.modeByHand() === 'incident' ? 'Switched on by hand.' : reasonOf(this.#incident),
      problem: this.#problems.text,
    };
  }

  get #mode(): SamplerMode {
    return this.modeByHand() === 'incident' ? 'incident' : this.#incident.mode;
  }

  /** Asked anew after every reading: the mode may have changed during it. */
  get #interval(): { readonly activityMs: number; readonly snapshotMs: number } {
    return (this.#options.rhythm ?? intervals)[this.#mode];
  }

  async #sampleUntil(signal: AbortSignal): Promise<void> {
    const { server, clock } = this.#options;
    let failures = 0;
    await this.#apart;
    while (!signal.aborted) {
      let connected = false;
      try {
        await withStatisticsReader(
          server,
          (reader) => {
            connected = true;
            failures = 0;
            this.#problems.note('connection', null);
            return this.#watch(reader, signal);
          },
          signal,
        );
      } catch (error) {
        if (signal.aborted) return;
        // A connection that broke is opened again for them; one that cannot be opened is their answer.
        if (!connected || !isFailure(error)) this.#waiters.reject(error);
        if (!isFailure(error)) throw error;
        this.#problems.note('connection', error.value.message);
        const delayMs = retryMs[Math.min(failures, retryMs.length - 1)] ?? 30_000;
        failures += 1;
        await this.#sleepUntil(clock.nowMs() + delayMs);
      }
    }
  }

  /** Reads what is due, one after the other, until the connection breaks or the sampler stops. */
  async #watch(reader: StatisticsReader, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    this.#recorder.begin();
    this.#looked(reader);
    this.#due.begin(clock.nowMs(), reader.hasSnapshots);
    while (!signal.aborted) {
      const nowMs = clock.nowMs();
      this.#endByHand(nowMs);
      this.#due.bringNearer(nowMs, this.#interval);
      if (this.#waiters.any) {
        await this.#waiters.serve(() => this.#readAll(reader));
        continue;
      }
      switch (this.#due.now(nowMs)) {
        case 'activity':
          await this.#attempt('activity', reader, () => this.#sample(reader));
          this.#due.done('activity', this.#interval.activityMs, clock.nowMs());
          break;
        case 'snapshot':
          await this.#attempt('snapshot', reader, () => this.#snapshot(reader));
          this.#due.done('snapshot', this.#interval.snapshotMs, clock.nowMs());
          break;
        case 'texts':
          this.#due.textsAgain(textsIntervalMs, nowMs);
          void this.#readTexts(reader);
          break;
        case 'look':
          this.#due.done('look', lookIntervalMs, nowMs);
          await this.#look(reader);
          break;
        case null:
          await this.#sleepUntil(this.#due.nextMs);
      }
    }
  }

  async #readAll(reader: StatisticsReader): Promise<void> {
    // Somebody may have mended just now what was missing.
    if (!reader.hasSnapshots || !reader.seesAll) await reader.look();
    this.#looked(reader);
    if (reader.hasSnapshots) await this.#snapshotIfStillThere(reader);
    await this.#sample(reader);
    await this.#readTexts(reader);
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
    const sample = await this.#recorder.sample(reader);
    this.#problems.note('activity', null);
    await this.#minded();
    this.#options.onChange('sample');
    this.#observed(observeSample(this.#incident, sample));
  }

  async #snapshot(reader: StatisticsReader): Promise<void> {
    const { set, hidden } = await this.#recorder.snapshot(reader);
    this.#problems.note('snapshot', null);
    // Entries are hidden from a role without the right alone: it was revoked, or granted, in between.
    const regraded = reader.seesAll ? hidden > 0 : hidden === 0 && this.#hidden > 0;
    this.#hidden = hidden;
    if (this.#recorder.takeOtherSource()) {
      this.#problems.tell('source', sourceProblem(this.#options.server.settings.label));
    }
    if (regraded) await this.#look(reader);
    this.#options.onChange('snapshot');
    if (set === null) return;
    this.#observed(observe(this.#incident, set));
    // The first texts come as soon as it is known which are wanted, but not in the same breath.
    if (!this.#textsKnown) {
      this.#textsKnown = true;
      this.#due.textsAgain(this.#texts.firstInMs(), this.#options.clock.nowMs());
    }
  }

  #observed(incident: IncidentState): void {
    const before = this.#mode;
    this.#incident = incident;
    if (this.#mode !== before) this.#modeChanged();
  }

  /** Says that a clock was set; the measured difference of the clocks is another one then. */
  async #minded(): Promise<void> {
    this.#problems.sampled();
    const set = this.#recorder.takeClockSet();
    if (set === null) return;
    this.#problems.tell('clock', clockProblem(set));
    await this.#mending(() => this.#options.server.refreshFacts());
  }

  /** Looks again at what server and role can do. A look that fails for another reason than the connection may wait. */
  async #look(reader: StatisticsReader): Promise<void> {
    await this.#mending(async () => {
      if (await reader.look()) this.#looked(reader);
    });
  }

  #looked(reader: StatisticsReader): void {
    const { facts } = this.#options.server;
    this.#problems.note('extension', extensionProblem(reader, facts));
    this.#problems.note('rights', rightsProblem(reader, facts));
    if (!reader.hasSnapshots) this.#problems.note('snapshot', null);
    this.#due.allowSnapshots(reader.hasSnapshots, this.#options.clock.nowMs());
  }

  async #mending(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isFailure(error) || endsConnection(error)) throw error;
      this.#options.logger.warn({ problem: error.value.message }, 'the sampler could not look at its rights');
    }
  }

  /** On a connection of its own, so that no sample waits for it. Never rejects: nobody may be waiting for the texts. */
  async #readTexts(reader: StatisticsReader): Promise<void> {
    if (!reader.hasSnapshots) return;
    const stopping = this.#run?.stopping.signal;
    try {
      const { problem, pauseMs } = await this.#texts.read(reader);
      if (stopping?.aborted) return;
      this.#problems.note('texts', problem);
      if (pauseMs !== null) this.#due.textsAgain(pauseMs, this.#options.clock.nowMs());
      this.#options.onChange('texts');
    } catch (error) {
      this.#bug(error);
    }
  }

  /** A reading that failed is skipped; only a broken connection ends the round. */
  async #attempt(source: 'activity' | 'snapshot', reader: StatisticsReader, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!isFailure(error) || endsConnection(error)) throw error;
      this.#problems.note(source, error.value.message);
      // The extension was dropped, or a right revoked, since the last look.
      await this.#look(reader);
    }
  }

  /** Nobody waits for the loop, so its bugs are told here. */
  #bug(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.logger.error({ error: text }, 'the sampler met a bug');
    this.#problems.note('bug', `An error in Daybreak stopped a reading: ${String(error)}.`);
  }

  /** What was switched on by hand for a while is over: nobody renewed it. */
  #endByHand(nowMs: number): void {
    if (this.#byHand.untilMs === null || nowMs < this.#byHand.untilMs) return;
    this.#byHand = { mode: 'background', untilMs: null };
    if (this.#mode === 'background') this.#modeChanged();
  }

  #modeChanged(): void {
    // A closer look begins at once, a calmer one after its own interval.
    this.#due.bringNearer(this.#options.clock.nowMs(), this.#interval);
    this.#options.onChange('mode');
    this.#wakeUp();
  }

  async #sleepUntil(dueMs: number): Promise<void> {
    this.#wake = new AbortController();
    // Something may have arrived between the look and the sleep.
    if (this.#waiters.any || this.#run === null) return;
    const delayMs = Math.max(0, dueMs - this.#options.clock.nowMs());
    await this.#options.clock.sleep(delayMs, this.#wake.signal).catch((error: unknown) => {
      if (!this.#wake.signal.aborted) throw error;
    });
  }

  #wakeUp(): void {
    this.#wake.abort();
  }
}

const stopped = (): Failure =>
  new Failure({ code: 'cancelled', message: 'The sampler was stopped before it could read.', retryable: true });
