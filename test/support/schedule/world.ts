import { generator, shuffled } from '../../../electron/core/diagnosis/random.ts';
import {
  afterEnd,
  afterwards,
  endedByCancel,
  endedByServer,
  type Ended,
} from '../../../electron/core/schedule/decide/after-end.ts';
import type { Command } from '../../../electron/core/schedule/decide/command.ts';
import { mayCommit } from '../../../electron/core/schedule/decide/lease.ts';
import { windowsNow } from '../../../electron/core/schedule/decide/skip-windows.ts';
import { firstMemory, tick } from '../../../electron/core/schedule/decide/tick.ts';
import type { ModelState, TickMemory, TickState } from '../../../electron/core/schedule/decide/tick-state.ts';
import { severityRank } from '../../../shared/model/alert-severity.ts';
import type { AlertEpisode } from '../../../shared/model/alert.ts';
import type { Attempt, RunnerHeartbeat, SkipCalendar } from '../../../shared/model/schedule.ts';
import { guardedSettings, modelState, settings } from './model-state.ts';
import { nextEventMs } from './next-event.ts';
import { drawRun, sqlstates, type EndedJob, type Job } from './job.ts';
import { calmLoad, type ModelPlan, type RunnerPlan, type WorldPlan } from './world-plan.ts';

type Start = Extract<Command, { kind: 'start' }>;

interface Process {
  readonly plan: RunnerPlan;
  /** Another after each crash. */
  name: string;
  state: 'awake' | 'sleep' | 'gone';
  memory: TickMemory;
}

/**
 * A server, its registry and its runners, moved from event to event. The runners decide by the product's own `tick`; the
 * world only does what the commands say, with the registry's conditions (an expected epoch, a free place), and looks on.
 */
export class World {
  /** The server's clock. */
  nowMs: number;
  /** By how much it was set forward since the plan began; below 0: back. What happens to machines and people knows nothing of it. */
  shiftMs = 0;
  readonly models = new Map<string, ModelState>();
  readonly plans: ReadonlyMap<string, ModelPlan>;
  readonly processes: Process[];
  readonly heartbeats = new Map<string, RunnerHeartbeat>();
  readonly jobs = new Map<string, Job>();
  readonly ended: EndedJob[] = [];
  /** Leases that were claimed, and whose run has not begun yet. */
  readonly claims: { readonly command: Start; readonly runner: string; readonly slept: boolean }[] = [];
  readonly attempts: Attempt[] = [];
  readonly alerts: { readonly atMs: number; readonly step: string; readonly episode: AlertEpisode }[] = [];
  episodes: readonly AlertEpisode[] = [];
  calendars: readonly SkipCalendar[];
  ticks = 0;
  #steps = 0;
  #acts = 0;
  #jumps = 0;
  #runs = 0;
  readonly #random: () => number;

  readonly plan: WorldPlan;

  constructor(plan: WorldPlan) {
    this.plan = plan;
    this.nowMs = plan.startMs;
    this.#random = generator(plan.seed);
    this.plans = new Map(plan.models.map((model) => [model.readModel, model]));
    this.calendars = plan.calendars;
    for (const { readModel, schedule, budgets, reads, takesMs } of plan.models) {
      this.models.set(
        readModel,
        modelState({
          readModel,
          schedule,
          budgets: budgets.map((budget, index) => ({ budget, consumer: `widget:${readModel} ${index}` })),
          reads,
          setAtMs: plan.startMs,
          asOfMs: plan.startMs,
          lastStartedMs: plan.startMs,
          lastEndedMs: plan.startMs,
          durationsMs: [takesMs * 1.25],
        }),
      );
    }
    this.processes = plan.runners.map((runner) => ({
      plan: runner,
      name: runner.runner,
      state: 'awake',
      memory: firstMemory,
    }));
  }

  get awake(): readonly Process[] {
    return this.processes.filter(({ state }) => state === 'awake');
  }

  /** Time as it passes, whatever the server's clock is set to. */
  get passedMs(): number {
    return this.nowMs - this.shiftMs;
  }

  /** One event further: what happened until then, and then every runner that is awake ticks on the same rows. */
  step(): void {
    if (this.#steps > 0) this.nowMs = nextEventMs(this);
    this.#steps += 1;
    this.#setClock();
    this.#processes();
    this.#people();
    this.#beat();
    const claimed = this.claims.splice(0);
    this.#finishJobs();
    const found = this.awake.map((process) => {
      const decided = tick(this.#rows(process.name), process.memory, this.nowMs);
      process.memory = decided.memory;
      this.ticks += 1;
      return { process, commands: decided.commands };
    });
    // All of them decided on the same rows; only the registry's conditions keep the later ones from doing it again.
    for (const index of shuffled(found.length, this.#random)) {
      const { process, commands } = found[index] ?? {};
      for (const command of commands ?? []) this.#carryOut(command, process?.name ?? '');
    }
    this.#beginClaimed(claimed);
  }

  #rows(runner: string): TickState {
    return {
      runner,
      models: [...this.models.values()],
      calendars: this.calendars,
      runners: [...this.heartbeats.values()],
      episodes: this.episodes,
      cannot: [],
      load: { ...(this.loadNow() ?? calmLoad), atMs: this.nowMs },
      settings: { ...(this.plan.guarded ? guardedSettings : settings), atOnce: this.plan.atOnce },
    };
  }

  loadNow() {
    return this.plan.loads.find(({ fromMs, toMs }) => fromMs <= this.passedMs && this.passedMs < toMs)?.load;
  }

  /** Somebody sets the server's clock. Backends work on: their time limits are none of the wall clock's. */
  #setClock(): void {
    for (
      let jump = this.plan.jumps[this.#jumps];
      jump !== undefined && jump.atMs <= this.passedMs;
      jump = this.plan.jumps[this.#jumps]
    ) {
      this.#jumps += 1;
      this.nowMs += jump.byMs;
      this.shiftMs += jump.byMs;
      for (const job of this.jobs.values())
        this.jobs.set(job.runId, { ...job, serverEndMs: job.serverEndMs + jump.byMs });
    }
  }

  #processes(): void {
    for (const process of this.processes) {
      const down = process.plan.down.find(({ fromMs, toMs }) => fromMs <= this.passedMs && this.passedMs < toMs);
      const state = down === undefined ? 'awake' : down.how === 'sleep' ? 'sleep' : 'gone';
      if (state === process.state) continue;
      const beat = this.heartbeats.get(process.name);
      if (down?.how === 'stop' && beat !== undefined) {
        this.heartbeats.set(process.name, { ...beat, stoppedAtMs: this.nowMs });
        this.#handBack(process.name);
      }
      if (state === 'awake' && process.state === 'gone') {
        // Whoever starts it again takes the dead one off the list.
        this.heartbeats.delete(process.name);
        process.name = `${process.plan.runner}-${this.nowMs}`;
        process.memory = firstMemory;
      }
      process.state = state;
    }
  }

  /** A runner that is stopped in good order ends what it has begun. */
  #handBack(runner: string): void {
    for (const job of [...this.jobs.values()].filter((candidate) => candidate.runner === runner)) {
      this.#stop(job, false);
      const ended = {
        state: 'cancelled',
        runId: job.runId,
        endedAtMs: this.nowMs,
        againAtMs: this.nowMs,
        wishStays: true,
      } as const;
      this.#writeEnd(job, ended);
    }
  }

  #people(): void {
    for (
      let act = this.plan.acts[this.#acts];
      act !== undefined && act.atMs <= this.passedMs;
      act = this.plan.acts[this.#acts]
    ) {
      this.#acts += 1;
      if (act.kind === 'calendar') {
        this.calendars = [...this.calendars, act.calendar];
        continue;
      }
      const paused = act.kind === 'pause' ? { atMs: this.nowMs, by: 'Ada', why: 'stock taking' } : null;
      this.#set(act.readModel, act.kind === 'ask' ? { askedAtMs: this.nowMs } : { paused });
    }
  }

  #beat(): void {
    for (const { name, plan } of this.awake) {
      this.heartbeats.set(name, {
        runner: name,
        kind: plan.kind,
        heartbeatAtMs: this.nowMs,
        stoppedAtMs: null,
        cannot: [],
      });
      for (const { readModel, lease } of this.models.values()) {
        if (lease.holder === name) this.#set(readModel, { lease: { ...lease, heartbeatAtMs: this.nowMs } });
      }
    }
    for (const { readModel } of this.models.values()) this.#set(readModel, { sourceMovedAtMs: this.nowMs });
  }

  #set(readModel: string, changes: Partial<ModelState>): void {
    const model = this.models.get(readModel);
    if (model !== undefined) this.models.set(readModel, { ...model, ...changes });
  }

  /** Backends that are done, in the order in which they are. A client that sleeps keeps its own waiting. */
  #finishJobs(): void {
    const done = [...this.jobs.values()]
      .filter(({ serverEndMs }) => serverEndMs <= this.nowMs)
      .toSorted((a, b) => a.serverEndMs - b.serverEndMs);
    for (const job of done) {
      const process = this.processes.find(({ name }) => name === job.runner);
      if (process?.state === 'sleep') continue;
      const alive = process?.state === 'awake';
      const model = this.models.get(job.readModel);
      const commits =
        alive && job.outcome === 'ok' && model !== undefined && mayCommit(model.lease, job.runner, job.epoch);
      this.#stop(job, commits);
      if (alive) this.#writeEnd(job, this.#endOf(job, commits));
    }
  }

  #endOf({ runId, outcome, readModel }: Job, committed: boolean): Ended {
    if (outcome === 'ok') {
      const lost = {
        code: 'busy',
        sqlstate: null,
        retryable: true,
        error: 'Another runner took its lease over.',
      } as const;
      return committed ? { state: 'done', runId } : { state: 'failed', runId, endedAtMs: this.nowMs, ...lost };
    }
    const failed = {
      state: 'failed',
      runId,
      endedAtMs: this.nowMs,
      code: 'server_error',
      sqlstate: sqlstates[outcome],
      retryable: false,
      error: `The refresh of ${readModel} failed.`,
    } as const;
    return endedByServer(failed, readModel, windowsNow(this.calendars, this.nowMs));
  }

  #stop(job: Job, committed: boolean): void {
    this.jobs.delete(job.runId);
    const stoppedAtMs = Math.min(job.serverEndMs, this.nowMs);
    this.ended.push({ ...job, committed, stoppedAtMs, toPassedMs: stoppedAtMs - this.shiftMs });
  }

  /** What a runner writes when its run has ended: nothing where the lease is no more its own. */
  #writeEnd(job: Job, ended: Ended): void {
    const model = this.models.get(job.readModel);
    if (model === undefined || !mayCommit(model.lease, job.runner, job.epoch)) return;
    const after = afterwards(model, afterEnd(model, ended));
    const took = this.nowMs - job.startedAtMs;
    const done = {
      asOfMs: job.asOfMs,
      lastStartedMs: job.startedAtMs,
      lastEndedMs: this.nowMs,
      durationsMs: [took, ...model.durationsMs].slice(0, 20),
      held: null,
      stopped: null,
    };
    const lease = { ...model.lease, holder: null, heartbeatAtMs: null, deadlineMs: null };
    this.#set(job.readModel, { ...after, lease, running: null, ...(ended.state === 'done' ? done : {}) });
  }

  #carryOut(command: Command, runner: string): void {
    switch (command.kind) {
      case 'plan':
        return this.#set(command.readModel, { nextDueMs: command.nextDueMs });
      case 'start':
        return this.#start(command, runner);
      case 'hold': {
        const { kind: _, ...line } = command;
        const held: Attempt = { ...line, atMs: this.nowMs, runId: null, runner };
        this.attempts.push(held);
        return this.#set(command.readModel, { held });
      }
      case 'cancel': {
        const job = this.jobs.get(command.runId);
        if (job === undefined) return;
        this.#stop(job, false);
        // A runner that sleeps or is gone writes nothing; its lease goes stale.
        if (this.awake.some(({ name }) => name === job.runner)) this.#writeEnd(job, endedByCancel(command, this.nowMs));
        return;
      }
      case 'abandon': {
        const job = this.jobs.get(command.runId);
        if (job !== undefined) this.#stop(job, false);
        const model = this.models.get(command.readModel);
        if (model?.running?.runId !== command.runId) return;
        const after = afterwards(model, command.after);
        const mine = model.lease.epoch === command.epoch;
        const lease = { ...model.lease, holder: null, heartbeatAtMs: null, deadlineMs: null };
        return this.#set(command.readModel, { ...(mine ? { ...after, lease } : {}), running: null });
      }
      case 'adjust': {
        const model = this.models.get(command.readModel);
        if (model?.running?.runId !== command.runId) return;
        return this.#set(command.readModel, { running: { ...model.running, effort: command.effort } });
      }
      case 'alert': {
        const { step, episode } = command.step;
        const known = this.episodes.find(({ kind, subject }) => kind === episode.kind && subject === episode.subject);
        if ((known !== undefined) === (step === 'open')) return;
        if (step === 'raised' && severityRank(known?.severity ?? 'critical') >= severityRank(episode.severity)) return;
        const others = this.episodes.filter(
          ({ kind, subject }) => kind !== episode.kind || subject !== episode.subject,
        );
        this.episodes = step === 'recovered' ? others : [...others, episode];
        this.alerts.push({ atMs: this.nowMs, step, episode });
      }
    }
  }

  #start(command: Start, runner: string): void {
    const { readModel, claim, endByMs } = command;
    const model = this.models.get(readModel);
    if (model === undefined) return;
    const taken = [...this.models.values()].filter((other) => other.lease.holder !== null && other !== model).length;
    if (model.lease.epoch !== claim.expectedEpoch || taken >= this.plan.atOnce || endByMs <= this.nowMs) return;
    const { epoch, deadlineMs } = claim;
    const lease = { readModel, epoch, holder: runner, heartbeatAtMs: this.nowMs, deadlineMs };
    this.#set(readModel, { lease, askedAtMs: null, retryAtMs: null, held: null });
    // Now and then it takes a moment from the claim to the run, and somebody else looks in between.
    if (this.#random() < 0.3) this.claims.push({ command, runner, slept: false });
    else this.#begin(command, runner);
  }

  /** A claim becomes a run, if its runner lives; one that slept looks first whether the lease is still its own. */
  #beginClaimed(all: World['claims']): void {
    for (const claimed of all) {
      const { command, runner, slept } = claimed;
      const process = this.processes.find(({ name, state }) => name === runner && state !== 'gone');
      const lease = this.models.get(command.readModel)?.lease;
      if (process === undefined || lease === undefined) continue;
      if (process.state === 'sleep') this.claims.push({ ...claimed, slept: true });
      else if (!slept || mayCommit(lease, runner, command.claim.epoch)) this.#begin(command, runner);
    }
  }

  #begin({ readModel, claim, dueMs, endByMs, effort, reason }: Start, runner: string): void {
    const plan = this.plans.get(readModel);
    if (plan === undefined) return;
    this.#runs += 1;
    const runId = `run-${this.#runs}`;
    const { outcome, takesMs } = drawRun(plan, this.#random);
    const wantsMs = this.nowMs + takesMs;
    const parents = plan.reads.map((name) => this.models.get(name)?.asOfMs ?? 0);
    this.jobs.set(runId, {
      runId,
      readModel,
      runner,
      epoch: claim.epoch,
      dueMs,
      reason: reason.code,
      startedAtMs: this.nowMs,
      fromPassedMs: this.passedMs,
      serverEndMs: Math.max(this.nowMs, Math.min(wantsMs, endByMs)),
      outcome: wantsMs > endByMs ? 'timeout' : outcome,
      asOfMs: parents.length === 0 ? this.nowMs : Math.min(...parents),
    });
    const running = { runId, runner, epoch: claim.epoch, startedAtMs: this.nowMs, endByMs, effort, cancelAsked: null };
    this.#set(readModel, { running });
  }

  /** Runs that still say they run a minute after their runner was last heard of. */
  leftLying(): readonly ModelState[] {
    const awake = new Set(this.awake.map(({ name }) => name));
    return [...this.models.values()].filter(
      ({ running, lease }) =>
        running !== null && !awake.has(running.runner) && Math.abs(this.nowMs - (lease.heartbeatAtMs ?? 0)) > 60_000,
    );
  }
}
