/**
 * `npm run bench:guard`: the eight o'clock morning of the demo ERP, whose dashboards read the read models that ship with
 * it, while this engine keeps those within a budget of `--minutes 1`: with the load guard, without it, and quiet, when
 * nothing is refreshed. The three take turns, in another order each time, `--pairs 5` of `--seconds 60` each. Processors
 * are kept awake meanwhile (`--asleep`: they are not; decision 0006).
 */
import { parseArgs } from 'node:util';
import { formatDuration } from '../../shared/format/duration.ts';
import type { LoadReport } from '../../shared/model/demo.ts';
import { buildShippedModels, openDemoEngine } from './dashboards/demo-engine.ts';
import { atLeast, atMost, finish } from './gates.ts';
import { runPhase, type Phase, type PhaseKind } from './guard/phase.ts';
import { asItIs, keepAwake } from './support/keep-awake.ts';

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '60' },
    minutes: { type: 'string', default: '1' },
    rate: { type: 'string', default: '40' },
    managers: { type: 'string', default: '5' },
    asleep: { type: 'boolean', default: false },
  },
});

const orders: readonly (readonly PhaseKind[])[] = [
  ['quiet', 'guarded', 'unguarded'],
  ['guarded', 'unguarded', 'quiet'],
  ['unguarded', 'quiet', 'guarded'],
  ['guarded', 'quiet', 'unguarded'],
  ['unguarded', 'guarded', 'quiet'],
  ['quiet', 'unguarded', 'guarded'],
];

type Triple = Readonly<Record<PhaseKind, Phase>>;

const median = (of: readonly number[]): number => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? Number.NaN;
const round = (value: number): number => Number(value.toFixed(2));
const errorsIn = ({ errors }: LoadReport): number => errors.saves + errors.loads;

function counted(of: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const one of of) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

const refreshed = ({ runs }: Phase): number => runs.filter(({ state }) => state === 'done').length;
const decided = ({ decisions }: Phase) =>
  counted(decisions.map(({ decision, reason }) => `${decision} ${reason.code}`));

/** How long refreshes took, together: the part of a morning in which one ran, if none ran beside another. */
const refreshingMs = ({ runs }: Phase): number =>
  runs.reduce((sum, { startedAtMs, endedAtMs }) => sum + (endedAtMs === null ? 0 : endedAtMs - startedAtMs), 0);

function tell(pair: number, phase: Phase): void {
  const { kind, load, runs, decisions, missed } = phase;
  console.log(
    `pair ${pair}, ${kind}: save p95 ${load.save.p95Ms.toFixed(1)} ms of ${load.save.n}, p50 ${load.save.p50Ms.toFixed(1)} ms; ` +
      `runs ${JSON.stringify(counted(runs.map(({ state }) => state)))}, ${formatDuration(refreshingMs(phase))} in all; errors ${errorsIn(load)}; ` +
      `driver lag p99 ${load.eventLoopLag.p99Ms.toFixed(1)} ms`,
  );
  for (const { readModel, decision, reason } of decisions.toReversed()) {
    console.log(`  ${readModel}: ${decision}, ${reason.text}`);
  }
  for (const { readModel, fromMs, toMs, reason } of missed) {
    console.log(`  ${readModel} was over its budget for ${round((toMs - fromMs) / 1000)} s: ${reason ?? 'NO REASON'}`);
  }
}

async function measure(): Promise<Triple[]> {
  const demo = await openDemoEngine(Number(values.scale), { background: true });
  try {
    console.log(`the demo ERP is open after ${formatDuration(performance.now())}`);
    await buildShippedModels(demo, { minutes: Number(values.minutes) });
    console.log(`its read models are built after ${formatDuration(performance.now())}`);
    const awake = values.asleep ? asItIs : await keepAwake();
    try {
      const options = {
        seconds: Number(values.seconds),
        ratePerSecond: Number(values.rate),
        managers: Number(values.managers),
      };
      // What is usual is learned from it, too.
      await runPhase(demo, 'quiet', { ...options, seed: 0 });
      const triples: Triple[] = [];
      for (let pair = 1; pair <= Number(values.pairs); pair += 1) {
        const phases: Partial<Record<PhaseKind, Phase>> = {};
        for (const kind of orders[(pair - 1) % orders.length] ?? []) {
          const phase = await runPhase(demo, kind, { ...options, seed: pair });
          tell(pair, phase);
          phases[kind] = phase;
        }
        const { quiet, guarded, unguarded } = phases;
        if (quiet !== undefined && guarded !== undefined && unguarded !== undefined) {
          triples.push({ quiet, guarded, unguarded });
        }
      }
      return triples;
    } finally {
      awake.stop();
    }
  } finally {
    await demo.stop();
  }
}

const triples = await measure();
const against = (kind: PhaseKind) => ({
  ratio: median(triples.map((one) => one[kind].load.save.p95Ms / one.quiet.load.save.p95Ms)),
  addedMs: median(triples.map((one) => one[kind].load.save.p95Ms - one.quiet.load.save.p95Ms)),
});
const [guarded, unguarded] = [against('guarded'), against('unguarded')];
const missed = triples.flatMap((one) => one.guarded.missed);
const withoutReason = missed.filter(({ reason }) => reason === null);
const all = triples.flatMap(({ quiet, guarded: on, unguarded: off }) => [quiet, on, off]);
const inAll = (kind: PhaseKind) => triples.reduce((sum, one) => sum + refreshed(one[kind]), 0);
console.log(
  `\nguard off: save p95 ${round(unguarded.ratio)} times quiet (${round(unguarded.addedMs)} ms more), ${inAll('unguarded')} refreshes; ` +
    `guard on: ${round(guarded.ratio)} times (${round(guarded.addedMs)} ms more), ${inAll('guarded')} refreshes`,
);
finish(
  'guard',
  [
    {
      name: 'saveP95WithGuardOverQuiet',
      value: round(guarded.ratio),
      bound: `<=1.25, or at most 2 ms more: ${round(guarded.addedMs)}`,
      ok: guarded.ratio <= 1.25 || guarded.addedMs <= 2,
    },
    atMost('missedWithoutReason', withoutReason.length, 0),
    // A guard that lets nothing run spares everybody, and keeps no budget.
    atLeast('refreshesWithGuardOverWithout', round(inAll('guarded') / Math.max(1, inAll('unguarded'))), 0.8),
    atMost(
      'errors',
      all.reduce((sum, { load }) => sum + errorsIn(load), 0),
      0,
    ),
  ],
  {
    guardOff: { ratio: round(unguarded.ratio), addedMs: round(unguarded.addedMs) },
    decisions: triples.map((one) => decided(one.guarded)),
    refreshes: { guarded: inAll('guarded'), unguarded: inAll('unguarded') },
    missed,
    phases: all.map(({ kind, load, runs }) => ({ kind, load, runs: counted(runs.map(({ state }) => state)) })),
  },
);
