import { generator } from '../../electron/core/diagnosis/random.ts';
import { noCounters } from '../../electron/core/diagnosis/no-counters.ts';
import type {
  StoredActivityRow,
  StoredDeltas,
  StoredSample,
  StoredStatement,
} from '../../electron/core/history/history.ts';
import type { StatementCounters } from '../../shared/model/sampling.ts';
import { rowOf, stored } from './diagnosis-rows.ts';
import { saveMs, saveSteps, textOfStep, type Run, type Save } from './diagnosis-save.ts';
import type { LockHeld, Scenario, Simulated } from './diagnosis-scenario.ts';

const startMs = Date.UTC(2026, 10, 19, 7, 0, 0);
const stepSeconds = 0.01;
const turnSeconds = 0.003;
const rhythms = {
  incident: { sampleSeconds: 1, snapshotSeconds: 5 },
  background: { sampleSeconds: 5, snapshotSeconds: 60 },
} as const;
const connections = 16;
/** What the client needs between two statements. */
const pauseSeconds = 0.0002;

export function simulate(scenario: Scenario): Simulated {
  return new Simulation(scenario).run();
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #random: () => number;
  readonly #saves: Save[] = [];
  readonly #runs: Run[];
  readonly #samples: StoredSample[] = [];
  readonly #deltas: StoredDeltas[] = [];
  readonly #truth = new Map<string, number>();
  #counters = new Map<string, StatementCounters>();
  #trueDamageSeconds = 0;
  #queued = 0;
  #pausedMs = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#random = generator(scenario.seed);
    let pid = 2000;
    this.#runs = scenario.reports.flatMap((report) =>
      Array.from({ length: report.users }, () => ({
        report,
        pid: (pid += 10),
        startedAt: 0,
        left: 0,
        pausedUntil: report.startsAfterSeconds ?? this.#random() * Math.min(2, report.pauseSeconds ?? 1),
        running: false,
      })),
    );
  }

  run(): Simulated {
    const { quietSeconds, incidentSeconds } = this.#scenario;
    const end = quietSeconds + incidentSeconds;
    const { sampleSeconds, snapshotSeconds } = rhythms[this.#scenario.sampling ?? 'incident'];
    let nextSnapshot = snapshotSeconds;
    let nextSample = 0.5;
    for (let now = 0; now < end; now += stepSeconds) {
      const incident = now >= quietSeconds;
      this.#arrive(now, incident);
      this.#advanceReports(now, incident);
      this.#advanceSaves(now, incident);
      const { openDialog } = this.#scenario;
      if (openDialog !== undefined && Math.abs(now - openDialog.fromSecond - openDialog.seconds) < stepSeconds / 2) {
        this.#pausedMs += openDialog.seconds * 1000;
      }
      if (now >= nextSample) {
        this.#sample(now);
        nextSample += sampleSeconds;
      }
      if (now + stepSeconds >= nextSnapshot) {
        this.#snapshot(nextSnapshot - snapshotSeconds, nextSnapshot);
        nextSnapshot += snapshotSeconds;
      }
    }
    return {
      trueDamageSeconds: this.#trueDamageSeconds,
      truth: this.#truth,
      input: {
        fromMs: startMs + quietSeconds * 1000,
        toMs: startMs + end * 1000,
        baseline: null,
        statements: this.#statements(),
        deltas: this.#deltas,
        samples: this.#samples,
        overrides: new Map(),
        cores: { value: this.#scenario.cores, source: 'setting' },
        widgets: this.#scenario.reports.map(({ name, text }) => ({
          widgetId: name,
          fingerprint: text,
          dashboardTitle: 'Executive dashboard',
        })),
        statisticsAvailable: true,
        ownApplicationNames: ['daybreak-sampler'],
        timeZone: 'Europe/Berlin',
      },
    };
  }

  #arrive(now: number, incident: boolean): void {
    const { savesPerSecond, surge = 1 } = this.#scenario;
    const chance = savesPerSecond * (incident ? surge : 1) * stepSeconds;
    if (this.#random() < chance) this.#queued += 1;
    while (this.#queued > 0 && this.#saves.length < connections) {
      this.#queued -= 1;
      const used = new Set(this.#saves.map(({ pid }) => pid));
      let pid = 1000;
      while (used.has(pid)) pid += 1;
      const save: Save = {
        pid,
        step: -1,
        startedAt: now,
        endsAt: now,
        waitingForLock: false,
        pausedSeconds: 0,
        previousStartedAt: now,
        waits: { total: 0, byReport: new Map() },
      };
      this.#saves.push(save);
      this.#nextStep(save, now, incident);
    }
  }

  #nextStep(save: Save, at: number, incident: boolean): void {
    save.step += 1;
    const step = saveSteps[save.step];
    if (step === undefined) return;
    const { cores, outsideProcesses = 0, savesPerSecond, surge = 1 } = this.#scenario;
    const work =
      (step.ms / 1000) * (incident ? (this.#scenario.biggerDocuments ?? 1) : 1) * (0.8 + this.#random() * 0.4);
    const reports = this.#onCpu();
    const outside = incident ? outsideProcesses : 0;
    // Another saver runs for a fraction of a turn and goes back to sleep.
    const savers = (savesPerSecond * (incident ? surge : 1) * saveMs) / 1000;
    const others = sum(reports.map(({ processes }) => processes)) + outside + savers;
    const queue = Math.max(0, others + 1 - cores) / cores;
    const turn = Math.min(1, others - savers) * turnSeconds * (0.5 + this.#random());
    const wait = queue * (turn + work / Math.max(0.05, 1 - savers / cores));
    const before = this.#scenario.waits === 'inside' ? 0 : wait;
    save.previousStartedAt = save.startedAt;
    save.pausedSeconds += before + pauseSeconds;
    save.startedAt = at + pauseSeconds + before;
    save.endsAt = at + pauseSeconds + work + wait;
    save.waits = { total: wait, byReport: new Map() };
    for (const { name, processes } of reports) {
      const before = save.waits.byReport.get(name) ?? 0;
      save.waits.byReport.set(name, before + (wait * processes) / Math.max(1, others));
    }
    save.waitingForLock = step.id === 'stock' && this.#heldLock(save.startedAt) !== undefined;
  }

  #advanceSaves(now: number, incident: boolean): void {
    for (const save of this.#saves.slice()) {
      if (save.waitingForLock && save.startedAt <= now) {
        const held = this.#heldLock(now);
        if (held !== undefined) {
          this.#hurt(stepSeconds, incident, new Map([[held.text, stepSeconds]]));
          continue;
        }
        save.endsAt = now + (save.endsAt - save.startedAt);
        save.waitingForLock = false;
      }
      while (save.endsAt <= now && !save.waitingForLock && saveSteps[save.step] !== undefined) {
        const step = saveSteps[save.step];
        if (step === undefined) break;
        const blocks = step.blocks * (incident ? (this.#scenario.biggerDocuments ?? 1) : 1);
        this.#book(step.id, { execMs: (save.endsAt - save.startedAt) * 1000, rows: 1, blocks, temp: 0 });
        this.#hurt(save.waits.total, incident, save.waits.byReport);
        this.#nextStep(save, save.endsAt, incident);
      }
      if (saveSteps[save.step] !== undefined) continue;
      this.#saves.splice(this.#saves.indexOf(save), 1);
      this.#pausedMs += save.pausedSeconds * 1000;
    }
  }

  #hurt(seconds: number, incident: boolean, byWhom: ReadonlyMap<string, number>): void {
    if (!incident) return;
    this.#trueDamageSeconds += seconds;
    for (const [name, part] of byWhom) this.#truth.set(name, (this.#truth.get(name) ?? 0) + part);
  }

  #advanceReports(now: number, incident: boolean): void {
    const { cores, outsideProcesses = 0 } = this.#scenario;
    const onCpu = this.#onCpu();
    const demand = sum(onCpu.map(({ processes }) => processes)) + (incident ? outsideProcesses : 0) + 0.3;
    const speed = Math.min(1, cores / demand);
    for (const run of this.#runs) {
      const { report } = run;
      if (!incident && report.inQuietToo !== true) continue;
      if (!run.running) {
        if (now < run.pausedUntil + (report.inQuietToo === true ? 0 : this.#scenario.quietSeconds)) continue;
        run.running = true;
        run.startedAt = now;
        run.left = report.cpuSeconds * (0.9 + this.#random() * 0.2);
      }
      run.left -= report.harmless === true ? stepSeconds : stepSeconds * speed * (report.processes ?? 1);
      const cancelled = now - run.startedAt >= (report.cancelledAfterSeconds ?? Infinity);
      if (run.left > 0 && !cancelled) continue;
      run.running = false;
      run.pausedUntil =
        now - (report.inQuietToo === true ? 0 : this.#scenario.quietSeconds) + (report.pauseSeconds ?? 0.2);
      const execMs = (now - run.startedAt) * 1000;
      if (!cancelled) this.#book(report.name, { execMs, rows: 12, blocks: 25_000, temp: report.tempBlocks ?? 0 });
    }
  }

  #onCpu(): { readonly name: string; readonly processes: number }[] {
    return this.#runs
      .filter(({ running, report }) => running && report.harmless !== true)
      .map(({ report }) => ({ name: report.name, processes: report.processes ?? 1 }));
  }

  #heldLock(now: number): LockHeld | undefined {
    return this.#scenario.locks?.find(({ fromSecond, seconds }) => now >= fromSecond && now < fromSecond + seconds);
  }

  #book(id: string, call: { execMs: number; rows: number; blocks: number; temp: number }): void {
    const before = this.#counters.get(id) ?? noCounters;
    this.#counters.set(id, {
      ...before,
      calls: before.calls + 1,
      rows: before.rows + call.rows,
      totalExecMs: before.totalExecMs + call.execMs,
      sumSquaresMs2: before.sumSquaresMs2 + call.execMs ** 2,
      sharedBlksHit: before.sharedBlksHit + call.blocks,
      tempBlksWritten: before.tempBlksWritten + call.temp,
    });
  }

  #snapshot(from: number, to: number): void {
    const { quietSeconds, incidentSeconds, reset = false } = this.#scenario;
    const fromMs = startMs + from * 1000;
    const toMs = startMs + to * 1000;
    const middle = startMs + (quietSeconds + incidentSeconds / 2) * 1000;
    const wasReset = reset && fromMs <= middle && middle < toMs;
    const half = (value: number) => (wasReset ? Math.ceil(value / 2) : value);
    this.#deltas.push({
      fromMs,
      toMs,
      deallocs: 0,
      resets: wasReset ? 1 : 0,
      coverage: 0.97,
      idleInTransactionMs: this.#pausedMs,
      deltas: [...this.#counters].map(([statementId, counters]) => ({
        statementId,
        discontinuity: wasReset,
        counters: {
          ...counters,
          calls: half(counters.calls),
          totalExecMs: wasReset ? counters.totalExecMs / 2 : counters.totalExecMs,
        },
      })),
    });
    this.#counters = new Map();
    this.#pausedMs = 0;
  }

  #sample(now: number): void {
    const rows: StoredActivityRow[] = [];
    const held = this.#heldLock(now);
    if (held !== undefined) {
      const idle = held.holder === 'idle in transaction';
      rows.push(
        rowOf(`lock ${held.text}`, 3000, {
          query: held.text,
          state: idle ? 'idle in transaction' : 'active',
          waitEventType: idle ? 'Client' : 'IO',
          waitEvent: idle ? 'ClientRead' : 'DataFileRead',
          queryStartMs: startMs + held.fromSecond * 1000,
          applicationName: idle ? 'psql' : 'nightly',
        }),
      );
    }
    for (const save of this.#saves) {
      const step = saveSteps[save.step];
      if (step === undefined) continue;
      if (save.startedAt > now) {
        const previous = saveSteps[save.step - 1];
        const query = previous === undefined ? 'begin' : textOfStep(previous.id);
        const queryStartMs = startMs + Math.round(save.previousStartedAt * 1000);
        const idle = { state: 'idle in transaction', waitEventType: 'Client', waitEvent: 'ClientRead' };
        rows.push(rowOf(previous?.id ?? 'begin', save.pid, { query, queryStartMs, applicationName: 'erp', ...idle }));
        continue;
      }
      const waiting = save.waitingForLock;
      rows.push(
        rowOf(step.id, save.pid, {
          query: textOfStep(step.id),
          waitEventType: waiting ? 'Lock' : null,
          waitEvent: waiting ? 'transactionid' : null,
          blockedByPids: waiting ? [3000] : [],
          queryStartMs: startMs + Math.round(save.startedAt * 1000),
          applicationName: 'erp',
        }),
      );
    }
    const { openDialog } = this.#scenario;
    if (openDialog !== undefined && now >= openDialog.fromSecond && now < openDialog.fromSecond + openDialog.seconds) {
      rows.push(
        rowOf('header', 3001, {
          query: textOfStep('header'),
          state: 'idle in transaction',
          waitEventType: 'Client',
          waitEvent: 'ClientRead',
          queryStartMs: startMs + openDialog.fromSecond * 1000,
          applicationName: 'erp',
        }),
      );
    }
    for (const { running, report, pid, startedAt } of this.#runs) {
      if (!running) continue;
      const applicationName = report.applicationName ?? 'metabase';
      const queryStartMs = startMs + Math.round(startedAt * 1000);
      const wait = report.harmless === true ? { waitEventType: 'Timeout', waitEvent: 'PgSleep' } : {};
      rows.push(rowOf(report.name, pid, { query: report.text, applicationName, queryStartMs, ...wait }));
      for (let worker = 1; worker < (report.processes ?? 1); worker += 1) {
        const backend = { backendType: 'parallel worker', leaderPid: pid };
        rows.push(rowOf(report.name, pid + worker, { query: report.text, applicationName, queryStartMs, ...backend }));
      }
    }
    this.#samples.push({ atMs: startMs + Math.round(now * 1000), rows });
  }

  #statements(): StoredStatement[] {
    const steps = [...new Set(saveSteps.map(({ id }) => id))].map((id) => stored(id, textOfStep(id), 'erp'));
    const reports = this.#scenario.reports.map(({ name, text }) => stored(name, text, 'bi'));
    const locks = (this.#scenario.locks ?? []).map(({ text }) => stored(`lock ${text}`, text, 'dba'));
    return [...steps, stored('begin', 'begin', 'erp'), ...reports, ...locks];
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
