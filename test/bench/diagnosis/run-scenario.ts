import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { generator } from '../../../resources/demo-erp/workload/work-plan.ts';
import type { PreparedActor } from './actors/actor.ts';
import { query, type BenchServer, type RunDatabase } from './bench-server.ts';
import { startEngine } from './engine.ts';
import { prepareLoad } from './load/start-load.ts';
import type { LoadResult, LoadSegment } from './load/order.ts';
import type { Calibration, Lengths, Pair, RunPlan, Scenario, Span } from './plan.ts';
import { machineBusyMs } from '../support/processor-time.ts';
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
/** Between the last save of a part and the next part. */
const restMs = 500;

/** One run on a fresh copy of the ERP: quiet, incident, and the pair without the culprit around it or after it. */
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
    const play = async (zeroAtMs: number, span: Span): Promise<LoadResult> => {
      const within = ({ fromMs }: Span) => fromMs >= span.fromMs && fromMs < span.toMs;
      const atWork = actors.map(({ actor, spans }) => act(actor, spans.filter(within), from(zeroAtMs)));
      const [result] = await Promise.all([load.run({ zeroAtMs, ...span }), ...atWork]);
      return result;
    };
    const playMain = async (zeroAtMs: number) => {
      const asking = (async () => {
        await from(zeroAtMs)(plan.incident.toMs + askAfterMs);
        await engine.readNow();
        return Date.now();
      })();
      return Promise.all([play(zeroAtMs, plan.main), asking]);
    };
    const playPair = async ({ window, part }: Pair, zeroAtMs: number): Promise<Played> => ({
      zeroAtMs,
      window,
      result: await play(zeroAtMs, part),
    });
    const whole = (async () => {
      const played: Played[] = [];
      const [before, after] = [true, false].map((is) =>
        plan.pairs.filter(({ part }) => part.fromMs < plan.main.fromMs === is),
      );
      for (const pair of before ?? []) played.push(await playPair(pair, zeroFor(plan, pair.part, leadMs)));
      const startedAtMs = zeroFor(plan, plan.main, leadMs);
      const [result, asOfMs] = await playMain(startedAtMs);
      for (const pair of after ?? []) {
        const earliestMs = startedAtMs + pair.part.fromMs;
        const waitMs = Math.max(earliestMs - Date.now(), restMs);
        played.push(await playPair(pair, zeroFor(plan, pair.part, waitMs)));
      }
      return { startedAtMs, result, asOfMs, played };
    })();
    const { startedAtMs, result, asOfMs, played } = await whole.finally(() =>
      failing.abort(new Error('the run is over')),
    );
    const loadAverage = loadavg()[0] ?? 0;
    const moved = played.map((each) => ({ ...each, byMs: each.zeroAtMs - startedAtMs }));
    const client = together([result, ...moved.map((each) => later(each.result, each.byMs))]);
    const othersCores = await busy(client.cpuMs);
    await engine.readNow();
    const problem = engine.problem();
    if (problem !== null) throw new Error(`sampling met a problem: ${problem}`);
    const incident = { fromMs: startedAtMs + plan.incident.fromMs, toMs: startedAtMs + plan.incident.toMs };
    const gathered = await engine.input(incident);
    const { quiet, main, calendar, rhythm } = plan;
    const paired = moved.map(({ window, byMs }) => ({ fromMs: window.fromMs + byMs, toMs: window.toMs + byMs }));
    return {
      scenario: scenario.id,
      seed,
      calibration,
      serverVersion: bench.version,
      loadAverage,
      othersCores,
      startedAtMs,
      plan: { quiet, incident: plan.incident, main, paired, calendar, rhythm },
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
  const awake = await bench.awakeCpuMs();
  const server = await bench.cpuMs();
  const self = process.cpuUsage();
  const sinceMs = performance.now();
  return async (loadCpuMs) => {
    const served = await bench.cpuMs();
    if (server === null || served === null) return null;
    const { user, system } = process.cpuUsage(self);
    const awakeMs = (await bench.awakeCpuMs()) - awake;
    const oursMs = served - server + loadCpuMs + awakeMs + (user + system) / 1000;
    return Math.max(0, machineBusyMs() - machine - oursMs) / (performance.now() - sinceMs);
  };
}

function firstOf({ load: [first] }: RunPlan): LoadSegment {
  if (first === undefined) throw new Error('a run has saves');
  return { ...first, stream: 0 };
}

/** A pair that was played: the moment that its times count from, its window in the plan, and what the savers had. */
interface Played {
  readonly zeroAtMs: number;
  readonly window: Span;
  readonly result: LoadResult;
}

/** The moment to count from so that a part begins after `waitMs`; with compressed days at the beginning of one. */
function zeroFor({ calendar }: RunPlan, part: Span, waitMs: number): number {
  const soonMs = Date.now() + waitMs - part.fromMs;
  return calendar === null ? soonMs : Math.ceil(soonMs / calendar.dayMs) * calendar.dayMs;
}

const later = (result: LoadResult, byMs: number): LoadResult => ({
  ...result,
  saves: result.saves.map((save) => ({ ...save, intendedMs: save.intendedMs + byMs })),
});

/** A run's parts as one. */
const together = (results: readonly LoadResult[]): LoadResult => ({
  saves: results.flatMap(({ saves }) => saves),
  failed: results.reduce((sum, { failed }) => sum + failed, 0),
  firstError: results.find(({ firstError }) => firstError !== null)?.firstError ?? null,
  unfinished: results.reduce((sum, { unfinished }) => sum + unfinished, 0),
  cpuMs: results.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  lagP99Ms: Math.max(...results.map(({ lagP99Ms }) => lagP99Ms)),
});
