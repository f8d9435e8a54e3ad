import { randomUUID } from 'node:crypto';
import type { CancelAsked } from '../../../shared/model/schedule.ts';
import { assertNever, isFailure } from '../../../shared/model/failure.ts';
import type { ScheduleRegistry } from '../../../shared/model/schedule-view.ts';
import type { OpenServer } from '../connections/known-servers.ts';
import type { Clock, Logger } from '../ports.ts';
import type { RunnerIdentity } from '../read-model/registry/runner-rows.ts';
import { ScheduleTables } from '../read-model/registry/schedule-registry.ts';
import type { ScheduleRows } from '../read-model/registry/schedule-state.ts';
import { ClaimedRuns, type ClaimedRunsOptions, type RunCounts } from './claimed-runs.ts';
import type { Command } from './decide/command.ts';
import { heartbeatEveryMs } from './decide/lease.ts';
import type { ServerLoad } from './decide/load.ts';
import { windowsNow } from './decide/skip-windows.ts';
import { firstMemory, tick } from './decide/tick.ts';
import type { TickMemory, TickState } from './decide/tick-state.ts';
import { OwnTroubles } from './own-troubles.ts';
import { guardRecordOf } from './guard-record.ts';
import { decidedBy, settingsOf } from './schedule-settings.ts';

export interface ScheduleRunnerOptions {
  readonly identity: RunnerIdentity;
  /** The open server. Throws a `Failure` while it is out of reach. */
  readonly server: () => Promise<OpenServer>;
  readonly refresh: ClaimedRunsOptions['refresh'];
  readonly load: (nowMs: number) => ServerLoad | null;
  /** Asks that the load is looked at often for so long, ms. */
  readonly lookCloser?: ((forMs: number) => void) | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onChange: (readModel: string | null) => void;
  readonly tickEveryMs?: number | undefined;
}

export interface RunnerStatus {
  readonly running: number;
  /** Why nothing is refreshed; null: nothing stands in the way. */
  readonly problem: string | null;
  readonly registry: ScheduleRegistry | null;
  readonly ticks: number;
  /** This machine's steady clock at the last tick that came through; null: none did. */
  readonly lastTickAtSteadyMs: number | null;
  /** What it took: the registry's answer, and the decisions. */
  readonly lastTick: { readonly readMs: number; readonly decideMs: number; readonly models: number } | null;
  readonly runs: RunCounts;
  /** Runs that were taken over from runners that are gone. */
  readonly takenOver: number;
  /** How old the oldest number is, over its budget, in the registry's last answer, ms; null: nothing is late. */
  readonly latest: ScheduleRows | null;
}

const usualTickMs = 2_000;
/** How often it is asked whether the registry is of a step that is understood. */
const lookEveryMs = 60_000;
const forgetEveryMs = 3_600_000;
/** Until the tick after next, also where ticks are late. */
const lookCloserForMs = 15_000;
/** Backends of runs that were taken over are looked after for so long. */
const forgottenForMs = 120_000;

/**
 * Refreshes what is due on one server: reads the registry, asks the decisions, does what they say. Several of them on one
 * server are safe, whichever process they run in; one that sleeps, dies or is cut off is taken over from.
 */
export class ScheduleRunner {
  readonly #options: ScheduleRunnerOptions;
  readonly #runs: ClaimedRuns;
  readonly #troubles = new OwnTroubles();
  #reportedTroubles = '[]';
  #loop: Promise<void> = Promise.resolve();
  #stopping: AbortController | null = null;
  #wake = new AbortController();
  #memory: TickMemory = firstMemory;
  #tables: { readonly server: OpenServer; readonly tables: ScheduleTables; lookedAtMs: number } | null = null;
  #rows: ScheduleRows | null = null;
  #rowsAtMs = 0;
  #reportedAtMs = -Infinity;
  #forgotAtMs = -Infinity;
  #abandonedAtMs = -Infinity;
  #ticks = 0;
  #takenOver = 0;
  #problem: string | null = null;
  #registry: ScheduleRegistry | null = null;
  #lastTick: RunnerStatus['lastTick'] = null;
  #lastTickAtMs: number | null = null;

  constructor(options: ScheduleRunnerOptions) {
    this.#options = options;
    this.#runs = new ClaimedRuns({
      refresh: options.refresh,
      logger: options.logger,
      nowMs: () => this.#serverNowMs(),
      windows: () => windowsNow(this.#rows?.calendars ?? [], this.#serverNowMs()),
      troubles: this.#troubles,
      onEnd: (readModel) => {
        options.onChange(readModel);
        this.wake();
      },
    });
  }

  get on(): boolean {
    return this.#stopping !== null;
  }

  start(): void {
    if (this.#stopping !== null) return;
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#loop = this.#tickUntil(stopping.signal);
  }

  /** Somebody asked for a refresh, or a run ended: the next look comes at once. */
  wake(): void {
    this.#wake.abort();
  }

  /** Ends a run of this runner at once, instead of at its next heartbeat. False where it is another's. */
  cancelAsked(runId: string, asked: CancelAsked): boolean {
    return this.#runs.cancelAsked(runId, asked);
  }

  /**
   * Begins nothing new, lets what runs end within `graceMs`, and hands the rest back: cancelled on the server, free for
   * every other runner, due again at once.
   */
  async stop(graceMs: number): Promise<void> {
    const stopping = this.#stopping;
    if (stopping === null) return;
    this.#stopping = null;
    stopping.abort();
    this.wake();
    await this.#loop;
    const { clock, logger } = this.#options;
    if (this.#runs.size > 0 && graceMs > 0) {
      const patience = new AbortController();
      const over = clock.sleep(graceMs, patience.signal).catch(() => undefined);
      await Promise.race([this.#runs.ended(), over]);
      patience.abort();
    }
    if (this.#runs.size > 0) logger.info({ runs: this.#runs.size }, 'handing refreshes back');
    this.#runs.handBack();
    await this.#runs.ended();
    try {
      const tables = await this.#open();
      if (tables === null) return;
      await this.#runs.sayEnds(tables);
      await tables.endRunner(this.#options.identity.runner);
    } catch (error) {
      logger.warn({ reason: String(error) }, 'the registry was not told that the runner ends');
    }
  }

  status(): RunnerStatus {
    return {
      running: this.#runs.size,
      problem: this.#problem,
      registry: this.#registry,
      ticks: this.#ticks,
      lastTickAtSteadyMs: this.#lastTickAtMs,
      lastTick: this.#lastTick,
      runs: this.#runs.counts,
      takenOver: this.#takenOver,
      latest: this.#rows,
    };
  }

  async #tickUntil(signal: AbortSignal): Promise<void> {
    const { logger, tickEveryMs = usualTickMs } = this.#options;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const before = this.#problem;
      try {
        this.#problem = await this.#tick(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#problem = error instanceof Error ? error.message : String(error);
        if (!isFailure(error)) logger.error({ err: error }, 'a tick of the schedule ended with a bug');
      }
      if (this.#problem !== before) {
        if (this.#problem !== null) logger.warn({ problem: this.#problem }, 'nothing is refreshed just now');
        this.#options.onChange(null);
      }
      await this.#options.clock.sleep(tickEveryMs, AbortSignal.any([signal, this.#wake.signal])).catch(() => undefined);
    }
  }

  /** One look and what follows. Resolves to what stands in the way. Throws the failures of the server. */
  async #tick(signal: AbortSignal): Promise<string | null> {
    const tables = await this.#open();
    if (tables === null) return this.#registry?.message ?? null;
    await this.#runs.sayEnds(tables);
    const beganMs = this.#steadyMs();
    const rows = await tables.state();
    const readMs = this.#steadyMs() - beganMs;
    this.#rows = rows;
    this.#rowsAtMs = this.#steadyMs();
    const settings = settingsOf(rows.settings);
    const load = this.#options.load(rows.nowMs);
    if (settings.guard && rows.models.some(({ running }) => running !== null))
      this.#options.lookCloser?.(lookCloserForMs);
    const state: TickState = {
      runner: this.#options.identity.runner,
      models: rows.models,
      calendars: rows.calendars,
      runners: rows.runners,
      // The watchdog is no part of the runner: it has to see when there is none.
      episodes: null,
      load,
      cannot: this.#troubles.list(rows.nowMs),
      settings: decidedBy(settings, load?.cores ?? null),
    };
    const decided = tick(state, this.#memory, rows.nowMs);
    this.#memory = decided.memory;
    this.#lastTick = { readMs, decideMs: this.#steadyMs() - this.#rowsAtMs, models: rows.models.length };
    await this.#report(tables, state.cannot);
    await this.#carryOut(tables, decided.commands, state, signal);
    await this.#tidy(tables, settings.keepRunsDays);
    this.#ticks += 1;
    this.#lastTickAtMs = this.#steadyMs();
    return null;
  }

  /** The tables of the open server; null where schedules cannot be kept there, which `registry` says. */
  async #open(): Promise<ScheduleTables | null> {
    const server = await this.#options.server();
    if (this.#tables?.server !== server) {
      this.#tables = { server, tables: new ScheduleTables(server), lookedAtMs: -Infinity };
    }
    const open = this.#tables;
    if (this.#steadyMs() - open.lookedAtMs > lookEveryMs || this.#registry?.state !== 'ready') {
      this.#registry = await open.tables.look();
      open.lookedAtMs = this.#steadyMs();
    }
    return this.#registry.state === 'ready' ? open.tables : null;
  }

  async #report(tables: ScheduleTables, cannot: TickState['cannot']): Promise<void> {
    const troubles = JSON.stringify(cannot);
    if (this.#steadyMs() - this.#reportedAtMs < heartbeatEveryMs && troubles === this.#reportedTroubles) return;
    await tables.report(this.#options.identity, { running: this.#runs.size, ...this.#lastTick, cannot });
    this.#reportedAtMs = this.#steadyMs();
    this.#reportedTroubles = troubles;
  }

  async #carryOut(
    tables: ScheduleTables,
    commands: readonly Command[],
    state: TickState,
    signal: AbortSignal,
  ): Promise<void> {
    const epochs = new Map(state.models.map(({ readModel, lease }) => [readModel, lease.epoch]));
    const due = commands.flatMap((command) =>
      command.kind === 'plan' ? [{ ...command, epoch: epochs.get(command.readModel) ?? 0 }] : [],
    );
    await tables.planDue(due);
    if (due.length > 0) this.#options.onChange(null);
    // What starts comes before the lines that say why the rest waits: after a downtime there are many.
    for (const command of commands) {
      if (signal.aborted) return;
      if (command.kind === 'hold') continue;
      const record = guardRecordOf(command, state);
      await this.#despiteRefusal(command.kind, async () => {
        const done = await this.#do(tables, command, state);
        if (done && record !== null) await tables.recordGuard([record]);
      });
    }
    const holds = commands.filter((command) => command.kind === 'hold');
    if (signal.aborted || holds.length === 0) return;
    await this.#despiteRefusal('hold', async () => {
      const atMs = this.#serverNowMs();
      const { runner } = this.#options.identity;
      const made = { atMs, runId: null, runner };
      const lines = holds.map(({ readModel, state: held, dueMs, untilMs, reason }) => ({
        ...made,
        readModel,
        state: held,
        dueMs,
        untilMs,
        reason,
      }));
      await tables.holdBack(lines);
      await tables.recordGuard(holds.flatMap((command) => guardRecordOf(command, state) ?? []));
      this.#options.onChange(null);
    });
  }

  /** What the server refuses is looked at again with the next tick; a server that is gone ends this one. */
  async #despiteRefusal(command: Command['kind'], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isFailure(error) || error.value.code === 'connection_lost') throw error;
      this.#options.logger.warn({ command, reason: error.message }, 'a decision could not be carried out');
    }
  }

  /** False where somebody else was faster, or has done it. */
  async #do(tables: ScheduleTables, command: Exclude<Command, { kind: 'hold' }>, state: TickState): Promise<boolean> {
    const { logger, identity, onChange } = this.#options;
    switch (command.kind) {
      case 'plan':
      case 'alert':
        return true;
      case 'start': {
        const model = state.models.find(({ readModel }) => readModel === command.readModel);
        const server = this.#tables?.server;
        if (model === undefined || server === undefined) return false;
        const lease = await tables.claim({
          ...command,
          runId: randomUUID(),
          runner: identity.runner,
          asked: model.askedAtMs !== null,
          atOnce: state.settings.atOnce,
        });
        if (lease === null) return false;
        const { readModel, reason, effort } = command;
        logger.info({ readModel, runId: lease.runId, epoch: lease.epoch, reason, effort }, 'refresh starts');
        this.#runs.start(server, model, lease, command);
        onChange(readModel);
        return true;
      }
      case 'cancel': {
        const { readModel, runId, runner, reason } = command;
        logger.info({ readModel, runId, runner, reason }, 'refresh is cancelled');
        return this.#runs.cancel(command) || tables.cancelRun(readModel, runId);
      }
      case 'adjust': {
        const { readModel, runId, effort } = command;
        if (!this.#runs.setEffort(runId, effort)) return false;
        await tables.setEffort(readModel, runId, effort);
        return true;
      }
      case 'abandon': {
        const { readModel, runId, epoch, after, reason } = command;
        const done = await tables.abandon({ readModel, runId, epoch, after, error: reason.text });
        if (!done) return false;
        this.#takenOver += 1;
        this.#abandonedAtMs = this.#steadyMs();
        logger.warn({ readModel, runId, epoch, reason }, 'a run is taken over');
        onChange(readModel);
        return true;
      }
      default:
        return assertNever(command);
    }
  }

  async #tidy(tables: ScheduleTables, keepRunsDays: number): Promise<void> {
    const nowMs = this.#steadyMs();
    if (nowMs - this.#abandonedAtMs < forgottenForMs) await tables.endForgotten();
    if (nowMs - this.#forgotAtMs < forgetEveryMs) return;
    this.#forgotAtMs = nowMs;
    await tables.forgetOldRuns(keepRunsDays);
  }

  /** The server's clock, as its last answer said and this machine's steady clock went on: nobody sets that one. */
  #serverNowMs(): number {
    return (this.#rows?.nowMs ?? this.#options.clock.nowMs()) + (this.#steadyMs() - this.#rowsAtMs);
  }

  #steadyMs(): number {
    const { clock } = this.#options;
    return clock.steadyMs?.() ?? clock.nowMs();
  }
}
