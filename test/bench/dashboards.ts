/**
 * `npm run bench:dashboards`: how dashboards open out of the cache (`open-dashboards/measure-opening.ts`). Then a dashboard
 * of twelve widgets out of read models against the same twelve as live queries, through the engine as a window asks for
 * them, two at a time, in the same run. Then what `--readers 20`, each of whom loads all twelve every 5 s, do to people who
 * save invoices: phases with readers and quiet ones take turns, `--pairs 5` of `--seconds 30` each. `--scale 1` is the demo
 * ERP with 600,000 invoices. Idle processors are kept awake meanwhile (`--asleep`: they are not): a virtual processor that
 * sleeps makes quiet saves slower than busy ones (decision 0006).
 */
import { parseArgs } from 'node:util';
import { readWidget } from '../../electron/core/dashboards/read-widget.ts';
import { startWorkload } from '../../resources/demo-erp/workload/start-workload.ts';
import { formatDuration } from '../../shared/format/duration.ts';
import type { LoadReport } from '../../shared/model/demo.ts';
import type { Widget, WidgetSource } from '../../shared/model/dashboard.ts';
import { buildShippedModels, openDemoEngine, type DemoEngine } from './dashboards/demo-engine.ts';
import { questions, type Question } from './dashboards/widgets.ts';
import { atLeast, atMost, finish } from './gates.ts';
import { measureOpening } from './open-dashboards/measure-opening.ts';
import { asItIs, keepAwake } from './support/keep-awake.ts';

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '30' },
    readers: { type: 'string', default: '20' },
    rate: { type: 'string', default: '40' },
    loads: { type: 'string', default: '3' },
    asleep: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);

const widgetOf = (widgetId: string, source: WidgetSource): Widget => ({
  widgetId,
  title: widgetId,
  question: '?',
  kind: 'table',
  source,
  budget: { minutes: 60 },
  x: null,
  series: null,
  values: ['amount'],
  formats: {},
  currency: null,
  layout: { x: 0, y: 0, w: 6, h: 4 },
});
const liveOf = ({ widgetId, liveSql }: Question) => widgetOf(widgetId, { kind: 'live', sql: liveSql });
const modelOf = ({ widgetId, readModel, modelSql }: Question) =>
  widgetOf(widgetId, { kind: 'read_model', readModel, sql: modelSql });

const clock = { nowMs: () => Date.now(), sleep: () => Promise.resolve() };
const median = (of: readonly number[]): number => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? Number.NaN;
const round = (value: number): number => Number(value.toFixed(2));

/** All widgets, two at a time, as a window does: ms. */
async function loadAll({ server }: DemoEngine, widgets: readonly Widget[]): Promise<number> {
  const waiting = [...widgets];
  const beganMs = performance.now();
  const lane = async () => {
    for (let widget = waiting.shift(); widget !== undefined; widget = waiting.shift()) {
      await readWidget(server, widget, clock, new AbortController().signal);
    }
  };
  await Promise.all([lane(), lane()]);
  return performance.now() - beganMs;
}

interface Loads {
  readonly liveMs: readonly number[];
  readonly modelMs: readonly number[];
}

/** By turns, so that both have the same machine. The first of each is what a window sees that was just opened. */
async function measureLoads(demo: DemoEngine): Promise<Loads> {
  const [live, model] = [questions.map(liveOf), questions.map(modelOf)];
  const measured = { liveMs: [] as number[], modelMs: [] as number[] };
  for (let n = 0; n < Number(values.loads); n += 1) {
    measured.modelMs.push(round(await loadAll(demo, model)));
    measured.liveMs.push(round(await loadAll(demo, live)));
    console.log(
      `load ${n + 1}: read models ${formatDuration(measured.modelMs[n] ?? 0)}, live ${formatDuration(measured.liveMs[n] ?? 0)}`,
    );
  }
  return measured;
}

async function phase({ erp }: DemoEngine, readers: number, seed: number): Promise<LoadReport> {
  const workload = startWorkload({
    app: erp.appConnection,
    dashboards: erp.dashboardsConnection,
    ratePerSecond: Number(values.rate),
    managers: readers,
    dashboardEverySeconds: 5,
    widgets: questions.map(({ widgetId, modelSql }) => ({ widgetId, sql: modelSql })),
    seed,
    durationSeconds: seconds,
  });
  return workload.finished;
}

interface Pair {
  readonly quiet: LoadReport;
  readonly read: LoadReport;
}

/** Each pair saves the same invoices at the same moments, and the order of its phases turns each time. */
async function measurePairs(demo: DemoEngine): Promise<Pair[]> {
  await phase(demo, 0, 0);
  const pairs: Pair[] = [];
  for (let n = 1; n <= Number(values.pairs); n += 1) {
    const first = await phase(demo, n % 2 === 0 ? Number(values.readers) : 0, n);
    const second = await phase(demo, n % 2 === 0 ? 0 : Number(values.readers), n);
    const pair = n % 2 === 0 ? { quiet: second, read: first } : { quiet: first, read: second };
    pairs.push(pair);
    const { quiet, read } = pair;
    console.log(
      `pair ${n}: save p95 quiet ${quiet.save.p95Ms.toFixed(1)} ms, with readers ${read.save.p95Ms.toFixed(1)} ms; ` +
        `${read.dashboard.loads} loads of twelve, p95 ${read.dashboard.p95Ms.toFixed(0)} ms, skipped ${read.dashboard.skipped}; ` +
        `errors ${read.errors.saves + read.errors.loads + quiet.errors.saves}; driver lag p99 ${read.eventLoopLag.p99Ms.toFixed(1)} ms`,
    );
  }
  return pairs;
}

async function measure(): Promise<{ loads: Loads; pairs: Pair[] }> {
  const demo = await openDemoEngine(Number(values.scale));
  try {
    await buildShippedModels(demo);
    const loads = await measureLoads(demo);
    const awake = values.asleep ? asItIs : await keepAwake();
    try {
      return { loads, pairs: await measurePairs(demo) };
    } finally {
      awake.stop();
    }
  } finally {
    await demo.stop();
  }
}

const opening = await measureOpening();
const { loads, pairs } = await measure();
const ratio = median(pairs.map(({ quiet, read }) => read.save.p95Ms / quiet.save.p95Ms));
const addedMs = median(pairs.map(({ quiet, read }) => read.save.p95Ms - quiet.save.p95Ms));
finish(
  'dashboards',
  [
    atLeast('liveOverReadModels', round(median(loads.liveMs) / median(loads.modelMs)), 100),
    {
      name: 'saveP95OverQuiet',
      value: round(ratio),
      bound: `<=1.25, or at most 2 ms more: ${round(addedMs)}`,
      ok: ratio <= 1.25 || addedMs <= 2,
    },
    atMost(
      'errors',
      pairs.reduce((sum, { quiet, read }) => sum + quiet.errors.saves + read.errors.saves + read.errors.loads, 0),
      0,
    ),
    ...opening.gates,
  ],
  { questions: questions.map(({ widgetId }) => widgetId), loads, pairs, opening: opening.details },
);
