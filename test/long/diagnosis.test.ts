import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBenchServer, type BenchServer } from '../bench/diagnosis/bench-server.ts';
import { calibrate } from '../bench/diagnosis/calibrate.ts';
import { judge } from '../bench/diagnosis/judge.ts';
import type { Calibration } from '../bench/diagnosis/plan.ts';
import { runScenario } from '../bench/diagnosis/run-scenario.ts';
import { standardLengths as lengths } from '../bench/diagnosis/scenarios/lay-out.ts';
import { scenarioIds, scenarioOf } from '../bench/diagnosis/scenarios/scenarios.ts';
import { runLine } from '../bench/diagnosis/table.ts';

/** Every scenario once, as the bench runs them; over several runs the gates of `npm run bench:diagnosis` decide. */
describe('all scenarios of the ground truth', () => {
  let bench: BenchServer;
  let calibration: Calibration;

  beforeAll(async () => {
    bench = await openBenchServer({ major: 18, scale: 0.25, awake: true });
    calibration = await calibrate(bench);
  });
  afterAll(() => bench?.stop());

  it.each(scenarioIds.map((id) => [id, scenarioOf(id, 1).title]))('%s: %s', async (id) => {
    const run = await runScenario({ bench, scenario: scenarioOf(id, 1), seed: 1, calibration, lengths });
    const judged = judge(run);
    console.log(runLine(judged));
    expect(run.client.failed, run.client.firstError ?? '').toBe(0);
    expect(judged).toMatchObject({ shortOf: [], falselyAccused: [] });
  });
});
