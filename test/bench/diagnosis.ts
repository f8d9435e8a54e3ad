/**
 * `npm run bench:diagnosis`: the scenarios of "Ground truth" on a real server, `--runs N` seeds of each (default 1),
 * against its gates. `--scenario S1,S5` runs some of them, `--seed N` begins with another seed, `--server 15` uses
 * Debian's server. `--keep DIR` keeps every run, and `--replay DIR` judges kept runs again without a server;
 * `--cores-unknown` then judges those of S1, S5 and S7 a second time as if nobody had entered the cores (no gate).
 */
import { parseArgs } from 'node:util';
import { openBenchServer, type BenchServer } from './diagnosis/bench-server.ts';
import { calibrate } from './diagnosis/calibrate.ts';
import { diagnosisGates } from './diagnosis/diagnosis-gates.ts';
import { judge, type Judged } from './diagnosis/judge.ts';
import { standardLengths } from './diagnosis/scenarios/lay-out.ts';
import { runScenario } from './diagnosis/run-scenario.ts';
import { scenarioIds, scenarioOf } from './diagnosis/scenarios/scenarios.ts';
import { keepRun, readRuns, withoutCores } from './diagnosis/stored-run.ts';
import { runLine, scenarioTable } from './diagnosis/table.ts';
import { warmUpMachine } from './diagnosis/warm-up.ts';
import { finish } from './gates.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    scenario: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
    server: { type: 'string', default: '18' },
    scale: { type: 'string', default: '0.25' },
    keep: { type: 'string' },
    replay: { type: 'string' },
    'cores-unknown': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const wanted = values.scenario?.flatMap((list) => list.toUpperCase().split(',')) ?? scenarioIds;
const unknown = wanted.filter((id) => !scenarioIds.includes(id));
if (unknown.length > 0)
  throw new Error(`unknown scenarios: ${unknown.join(', ')}; there are ${scenarioIds.join(', ')}`);

/** Where the processors decide, or must not. */
const decidedByCores = ['S1', 'S5', 'S7'];
if (values['cores-unknown'] && values.replay === undefined) throw new Error('--cores-unknown needs --replay');

const { judged, coresUnknown, conditions } =
  values.replay === undefined ? await measure() : await replay(values.replay);
if (judged.length === 0) throw new Error('there is nothing to judge');
console.log(`\n${scenarioTable(judged)}`);
if (coresUnknown.length > 0) console.log(`\n${scenarioTable(coresUnknown, ' cores unknown')}`);
finish('diagnosis', diagnosisGates(judged), { ...conditions, runs: judged, coresUnknown });

async function replay(dir: string) {
  const judged: Judged[] = [];
  const coresUnknown: Judged[] = [];
  for (const run of await readRuns(dir)) {
    if (!wanted.includes(run.scenario)) continue;
    judged.push(say(judge(run)));
    if (values['cores-unknown'] && decidedByCores.includes(run.scenario)) coresUnknown.push(judge(withoutCores(run)));
  }
  return { judged, coresUnknown, conditions: { replayed: true } };
}

async function measure() {
  const seeds = Array.from({ length: Number(values.runs) }, (_, index) => Number(values.seed) + index);
  if (values.server !== '15' && values.server !== '18') throw new Error('--server is 15 or 18');
  const bench = await openBenchServer({
    major: values.server === '15' ? 15 : 18,
    scale: Number(values.scale),
    awake: true,
  });
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  try {
    return await runAll(bench, seeds, interrupted.signal);
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    await bench.stop();
    console.error('interrupted: nothing was judged');
    process.exit(130);
  } finally {
    await bench.stop();
  }
}

async function runAll(bench: BenchServer, seeds: readonly number[], signal: AbortSignal) {
  await warmUpMachine(bench);
  const calibration = await calibrate(bench);
  const conditions = { server: bench.version, seeds, calibration, lengths: standardLengths };
  console.log(`PostgreSQL ${bench.version}, seeds ${seeds.join(' ')}, ${JSON.stringify(calibration)}`);
  const judged: Judged[] = [];
  const startedMs = performance.now();
  // Scenario by scenario: the server restarts only between those that want other settings.
  const all = wanted.flatMap((id) => seeds.map((seed) => ({ seed, scenario: scenarioOf(id, seed) })));
  for (const { seed, scenario } of all) {
    const run = await runScenario({ bench, scenario, seed, calibration, lengths: standardLengths, signal });
    if (values.keep !== undefined) await keepRun(values.keep, run);
    judged.push(say(judge(run)));
    const leftSeconds = ((performance.now() - startedMs) / 1000 / judged.length) * (all.length - judged.length);
    console.log(`    ${judged.length} of ${all.length}, about ${Math.ceil(leftSeconds / 60)} min left`);
  }
  return { judged, coresUnknown: [], conditions };
}

function say(run: Judged): Judged {
  console.log(runLine(run));
  if (values.verbose) console.log(JSON.stringify(run, null, 2));
  return run;
}
