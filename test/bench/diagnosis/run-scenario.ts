import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { generator } from '../../../resources/demo-erp/workload/work-plan.ts';
import type { PreparedActor } from './actors/actor.ts';
import { query, type BenchServer, type RunDatabase } from './bench-server.ts';
import { startEngine } from './engine.ts';
import { prepareLoad } from './load/start-load.ts';
import type { Calibration, Lengths, RunPlan, Scenario, Span } from './plan.ts';
import type { StoredRun } from './stored-run.ts';

export interface RunRequest {
  readonly bench: BenchServer;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly calibration: Calibration;
  readonly lengths: Lengths;
}

/** Connections, prepared statements and the sampler's first snapshot come before the run. */
const leadMs = 1_500;
/** After the incident the verdict is asked for, with the last interval booked and texts read. */
const askAfterMs = 600;

/** One run on a fresh copy of the ERP: quiet, incident, and the pair without the culprit. */
export async function runScenario({ bench, scenario, seed, calibration, lengths }: RunRequest): Promise<StoredRun> {
  const plan = scenario.plan({ seed, calibration, lengths });
  const database = await bench.database(scenario.serverSettings);
  const ending: (() => Promise<unknown>)[] = [() => database.drop()];
  try {
    for (const sql of plan.setup) await query(database.admin, sql);
    await query(database.admin, 'select pg_stat_statements_reset()');
    const actors = await prepareActors(plan, database, seed, ending);
    const load = await prepareLoad({
      connection: database.erp,
      seed,
      segments: plan.load,
      lineForm: plan.lineForm,
      exposureRelation: plan.exposureRelation,
    });
    ending.push(async () => load.kill());
    const engine = await startEngine(database, plan.rhythm);
    ending.push(() => engine.stop());

    const startedAtMs = startAt(plan);
    const failing = new AbortController();
    const until = (atMs: number) =>
      sleep(Math.max(0, startedAtMs + atMs - Date.now()), undefined, { signal: failing.signal });
    const atWork = actors.map(({ actor, spans }) => act(actor, spans, until));
    const saving = load.run(startedAtMs);
    const asking = (async () => {
      await until(plan.incident.toMs + askAfterMs);
      await engine.readNow();
      return Date.now();
    })();
    const [client, asOfMs] = await Promise.all([saving, asking, ...atWork]).finally(() =>
      failing.abort(new Error('the run is over')),
    );
    const loadAverage = loadavg()[0] ?? 0;
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
      startedAtMs,
      plan: { quiet, incident: plan.incident, paired, endMs, calendar, rhythm },
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

/** Soon; with compressed days at the beginning of one. */
function startAt({ calendar }: RunPlan): number {
  const soonMs = Date.now() + leadMs;
  return calendar === null ? soonMs : Math.ceil(soonMs / calendar.dayMs) * calendar.dayMs;
}
