import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { generator } from '../../../resources/demo-erp/workload/work-plan.ts';
import type { PreparedActor } from './actors/actor.ts';
import { query, type BenchServer, type RunDatabase } from './bench-server.ts';
import { machineBusyMs } from './calibrate.ts';
import { startEngine } from './engine.ts';
import { prepareLoad } from './load/start-load.ts';
import type { LoadResult, LoadSegment } from './load/order.ts';
import type { Calibration, Lengths, RunPlan, Scenario, Span } from './plan.ts';
import type { StoredRun } from './stored-run.ts';
import { warmUp, warmUpSegment } from './warm-up.ts';

export interface RunRequest {
  readonly bench: BenchServer;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly calibration: Calibration;
  readonly lengths: Lengths;
  /** Aborting ends the run: it rejects, and leaves nothing behind. */
  readonly signal?: AbortSignal;
}

/** Connections, prepared statements and the sampler's first snapshot come before the run. */
const leadMs = 1_500;
/** After the incident the verdict is asked for, with the last interval booked and texts read. */
const askAfterMs = 600;
/** Between the last save of the incident and the pair. */
const restMs = 500;

/** One run on a fresh copy of the ERP: quiet, incident, and the pair without the culprit. */
export async function runScenario(request: RunRequest): Promise<StoredRun> {
  const { bench, scenario, seed, calibration, lengths, signal } = request;
  const plan = scenario.plan({ seed, calibration, lengths });
  const database = await bench.database(scenario.serverSettings);
  const ending: (() => Promise<unknown>)[] = [() => database.drop()];
  try {
    for (const sql of plan.setup) await query(database.admin, sql);
    const actors = await prepareActors(plan, database, seed, ending);
    const load = await prepareLoad({
      connection: database.erp,
      seed,
      segments: [...(lengths.warmUp ? [warmUpSegment(firstOf(plan))] : []), ...plan.load],
      lineForm: plan.lineForm,
      exposureRelation: plan.exposureRelation,
    });
    ending.push(async () => load.kill());
    if (lengths.warmUp) await warmUp(load);
    signal?.throwIfAborted();
    await query(database.admin, 'select pg_stat_statements_reset()');
    const engine = await startEngine(database, plan.rhythm);
    ending.push(() => engine.stop());

    const startedAtMs = startAt(plan);
    const busy = await watchOthers(bench);
    const failing = new AbortController();
    const giveUp = () => {
      failing.abort(new Error('the run was given up'));
      load.kill();
    };
    if (signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    ending.push(async () => signal?.removeEventListener('abort', giveUp));
    const from = (zeroAtMs: number) => (atMs: number) =>
      sleep(Math.max(0, zeroAtMs + atMs - Date.now()), undefined, { signal: failing.signal });
    const part = async (zeroAtMs: number, span: Span): Promise<LoadResult> => {
      const within = ({ fromMs }: Span) => fromMs >= span.fromMs && fromMs < span.toMs;
      const atWork = actors.map(({ actor, spans }) => act(actor, spans.filter(within), from(zeroAtMs)));
      const [result] = await Promise.all([load.run({ zeroAtMs, ...span }), ...atWork]);
      return result;
    };
    const asking = (async () => {
      await from(startedAtMs)(plan.incident.toMs + askAfterMs);
      await engine.readNow();
      return Date.now();
    })();
    const { pairsAtMs } = plan;
    const whole = (async () => {
      const first = await part(startedAtMs, { fromMs: 0, toMs: pairsAtMs });
      if (plan.paired === null) return { results: [first], pairShiftMs: 0 };
      const pairShiftMs = shiftOf(plan, Date.now() - startedAtMs - pairsAtMs);
      const span = { fromMs: pairsAtMs, toMs: plan.endMs };
      return { results: [first, await part(startedAtMs + pairShiftMs, span)], pairShiftMs };
    })();
    const [{ results, pairShiftMs }, asOfMs] = await Promise.all([whole, asking]).finally(() =>
      failing.abort(new Error('the run is over')),
    );
    const loadAverage = loadavg()[0] ?? 0;
    const client = together(results);
    const othersCores = await busy(client.cpuMs);
    await engine.readNow();
    const problem = engine.problem();
    if (problem !== null) throw new Error(`sampling met a problem: ${problem}`);
    const incident = { fromMs: startedAtMs + plan.incident.fromMs, toMs: startedAtMs + plan.incident.toMs };
    const gathered = await engine.input(incident);
    const { quiet, paired, endMs, calendar, rhythm } = plan;
    return {
      scenario: scenario.id,
      seed,
      calibration,
      serverVersion: bench.version,
      loadAverage,
      othersCores,
      startedAtMs,
      plan: { quiet, incident: plan.incident, paired, endMs, calendar, rhythm },
      pairShiftMs,
      client,
      history: {
        ...gathered,
        ...(calendar === null ? {} : { calendar: { ...calendar, timeZone: gathered.timeZone } }),
      },
      asOfMs,
    };
  } finally {
    for (const end of ending.reverse()) await end();
  }
}

async function prepareActors(plan: RunPlan, database: RunDatabase, seed: number, ending: (() => Promise<unknown>)[]) {
  const prepared: { readonly actor: PreparedActor; readonly spans: readonly Span[] }[] = [];
  for (const [index, { actor, spans }] of plan.actors.entries()) {
    const ready = await actor.prepare({ database, random: generator(seed, 61, index) });
    ending.push(() => ready.close());
    prepared.push({ actor: ready, spans });
  }
  return prepared;
}

async function act(
  actor: PreparedActor,
  spans: readonly Span[],
  until: (atMs: number) => Promise<void>,
): Promise<void> {
  for (const { fromMs, toMs } of spans) {
    await until(fromMs);
    const over = new AbortController();
    const ending = until(toMs).finally(() => over.abort(new Error('its time is over')));
    await Promise.all([actor.work(over.signal), ending]);
  }
}

/** Answers later how many processors everybody else has kept busy since now. */
async function watchOthers(bench: BenchServer): Promise<(loadCpuMs: number) => Promise<number | null>> {
  const machine = machineBusyMs();
  const server = await bench.cpuMs();
  const self = process.cpuUsage();
  const sinceMs = performance.now();
  return async (loadCpuMs) => {
    const served = await bench.cpuMs();
    if (server === null || served === null) return null;
    const { user, system } = process.cpuUsage(self);
    const oursMs = served - server + loadCpuMs + (user + system) / 1000;
    return Math.max(0, machineBusyMs() - machine - oursMs) / (performance.now() - sinceMs);
  };
}

function firstOf({ load: [first] }: RunPlan): LoadSegment {
  if (first === undefined) throw new Error('a run has saves');
  return { ...first, stream: 0 };
}

/** Soon; with compressed days at the beginning of one. */
function startAt({ calendar }: RunPlan): number {
  const soonMs = Date.now() + leadMs;
  return calendar === null ? soonMs : Math.ceil(soonMs / calendar.dayMs) * calendar.dayMs;
}

/** How much later the pair begins when the savers came to rest so late; whole days where days are compressed. */
function shiftOf({ calendar }: RunPlan, lateMs: number): number {
  const atLeastMs = Math.max(0, lateMs + restMs);
  return calendar === null ? atLeastMs : Math.ceil(atLeastMs / calendar.dayMs) * calendar.dayMs;
}

/** A run's parts as one. */
const together = (results: readonly LoadResult[]): LoadResult => ({
  saves: results.flatMap(({ saves }) => saves),
  failed: results.reduce((sum, { failed }) => sum + failed, 0),
  firstError: results.find(({ firstError }) => firstError !== null)?.firstError ?? null,
  unfinished: results.reduce((sum, { unfinished }) => sum + unfinished, 0),
  cpuMs: results.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  lagP99Ms: Math.max(...results.map(({ lagP99Ms }) => lagP99Ms)),
});
