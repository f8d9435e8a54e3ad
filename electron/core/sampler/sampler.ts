import type { SamplerStatus } from '../../../shared/model/connection.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { SamplerMode } from '../../../shared/model/sampling.ts';
import type { SampleStore } from '../history/history.ts';
import type { Clock, Logger } from '../ports.ts';
import { withStatisticsReader, type StatisticsReader, type StatisticsServer } from '../postgres/statistics-reader.ts';
import { DueTimes } from './due-times.ts';
import type { IncidentState } from './incident-rule.ts';
import { closerThan, intervals, lookIntervalMs, textsIntervalMs } from './intervals.ts';
import { Mode } from './mode.ts';
import { Problems, tellBug } from './problems.ts';
import { Readings, type SamplerChange } from './readings.ts';
import { Recorder, type TakenSnapshot } from './recorder.ts';
import type { SeenLoad } from './seen-load.ts';
import { TextReadings, type TextsMemory } from './text-readings.ts';
import { Waiters } from './waiters.ts';

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
export type { SamplerChange };

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
  /** Often enough for somebody who decides by `load`, for so long, ms; asked again, from now on. */
  lookCloser(forMs: number): void;
  /** What the last looks say of the server's load; null before the first. */
  load(): SeenLoad | null;
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
  #closer = { fromMs: 0, untilMs: 0 };
  readonly #mode: Mode;
  readonly #due = new DueTimes();
  readonly #readings: Readings;

  constructor(options: SamplerOptions) {
    this.#options = options;
    const { server, store, clock, logger, mode, after, onChange } = options;
    this.#mode = new Mode({
      byHand: { mode: mode ?? 'background', untilMs: after?.byHandUntilMs ?? null },
      incident: after?.incident ?? null,
      nowMs: () => clock.nowMs(),
      onChange: () => this.#modeChanged(),
    });
    const { serverId } = server;
    this.#recorder = new Recorder({ serverId, store, clock, logger, after: after?.last ?? null });
    this.#texts = new TextReadings({ serverId, store, clock, recorder: this.#recorder, after: after?.texts ?? null });
    this.#problems = new Problems((source, problem) => {
      if (problem !== null) logger.warn({ source, problem }, 'sampling');
      onChange('problem');
    });
    this.#readings = new Readings({
      server,
      clock,
      logger,
      recorder: this.#recorder,
      texts: this.#texts,
      problems: this.#problems,
      mode: this.#mode,
      due: this.#due,
      stopping: () => this.#run?.stopping.signal,
      onChange,
    });
  }

  start(): void {
    if (this.#run !== null) return;
    const stopping = new AbortController();
    const done = this.#sampleUntil(stopping.signal).catch((error: unknown) => {
      if (this.#run?.stopping === stopping) this.#run = null;
      this.#waiters.reject(error);
      tellBug(error, { problems: this.#problems, logger: this.#options.logger });
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
    this.#mode.set(mode, forMs ?? null);
  }

  modeByHand(): SamplerMode {
    return this.#mode.byHand;
  }

  memory(): SamplerMemory {
    return { last: this.#recorder.last, texts: this.#texts.memory(), ...this.#mode.memory() };
  }

  readNow(): Promise<void> {
    if (this.#run === null) {
      const reading = this.#apart.then(() =>
        withStatisticsReader(this.#options.server, (reader) => {
          this.#readings.begin(reader);
          return this.#readings.all(reader);
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
      mode: this.#mode.now,
      lastSampleAtMs,
      lastSnapshotAtMs,
      statements,
      ownCostPercent,
      incidentReason: this.#mode.reason,
      problem: this.#problems.text,
    };
  }

  lookCloser(forMs: number): void {
    const fromMs = this.#options.clock.nowMs();
    const already = this.#looksCloser;
    this.#closer = { fromMs, untilMs: fromMs + forMs };
    if (!already) this.#wakeUp();
  }

  load(): SeenLoad | null {
    return this.#mode.load;
  }

  /** Asked anew after every reading: the mode may have changed during it. */
  get #interval(): { readonly activityMs: number; readonly snapshotMs: number } {
    const usual = (this.#options.rhythm ?? intervals)[this.#mode.now];
    return this.#looksCloser ? closerThan(usual) : usual;
  }

  get #looksCloser(): boolean {
    const nowMs = this.#options.clock.nowMs();
    return nowMs >= this.#closer.fromMs && nowMs < this.#closer.untilMs;
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
    this.#readings.begin(reader);
    this.#due.begin(clock.nowMs(), reader.hasSnapshots);
    while (!signal.aborted) {
      const nowMs = clock.nowMs();
      this.#mode.endByHand();
      this.#due.bringNearer(nowMs, this.#interval);
      if (this.#waiters.any) {
        await this.#waiters.serve(() => this.#readings.all(reader));
        continue;
      }
      switch (this.#due.now(nowMs)) {
        case 'activity':
          await this.#readings.sample(reader);
          this.#due.done('activity', this.#interval.activityMs, clock.nowMs());
          break;
        case 'snapshot':
          await this.#readings.snapshot(reader);
          this.#due.done('snapshot', this.#interval.snapshotMs, clock.nowMs());
          break;
        case 'texts':
          this.#due.textsAgain(textsIntervalMs, nowMs);
          void this.#readings.texts(reader);
          break;
        case 'look':
          this.#due.done('look', lookIntervalMs, nowMs);
          await this.#readings.look(reader);
          break;
        case null:
          await this.#sleepUntil(this.#due.nextMs);
      }
    }
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
