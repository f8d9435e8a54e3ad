import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBenchServer, type BenchServer } from '../../bench/diagnosis/bench-server.ts';
import { calibrate } from '../../bench/diagnosis/calibrate.ts';
import { judge, type Judged } from '../../bench/diagnosis/judge.ts';
import type { Calibration } from '../../bench/diagnosis/plan.ts';
import { runScenario } from '../../bench/diagnosis/run-scenario.ts';
import { shortLengths as lengths } from '../../bench/diagnosis/scenarios/lay-out.ts';
import { scenarioOf } from '../../bench/diagnosis/scenarios/scenarios.ts';

/** Clients that wait less than so many times as long as in quiet times have felt no incident. */
const felt = 2;
const mostRuns = 6;

/**
 * Five scenarios of the ground-truth harness with short windows, on a server of their own: others' statements on a
 * shared one would be suspects. Other work on the machine can slow the quiet stretch as much as the culprit slows the
 * incident (a client's save took 19.8 ms in quiet times and 12.5 ms beside the reports): where the clients felt no
 * incident there need be nobody to be named. The right verdict counts all the same, any other is no evidence, and the run
 * is made again. So it is once where a felt incident was not explained, which the bench allows in one run of seven; an
 * innocent who is accused is never excused. How large a share is, and how fast anything was, is the bench's business.
 */
describe('the verdict over a real morning', { timeout: 240_000 }, () => {
  let bench: BenchServer;
  let calibration: Calibration;

  beforeAll(async () => {
    bench = await openBenchServer({ major: 18, scale: 0.25 });
    calibration = await calibrate(bench);
  });
  afterAll(() => bench?.stop());

  const verdict = async (id: string, seed: number): Promise<Judged> => {
    const run = await runScenario({ bench, scenario: scenarioOf(id, seed), seed, calibration, lengths });
    expect(run.client.saves.length).toBeGreaterThan(100);
    expect(run.client.failed, run.client.firstError ?? '').toBe(0);
    return judge(run);
  };
  const expectOnIncident = async (id: string, seed: number, demanded: object): Promise<void> => {
    let misses = 0;
    for (let runs = 1; ; runs += 1) {
      const judged = await verdict(id, seed);
      const { quietMeanMs, incidentMeanMs } = judged.truth;
      try {
        return expect(judged).toMatchObject(demanded);
      } catch (error) {
        const isFelt = incidentMeanMs >= felt * quietMeanMs;
        if (isFelt) misses += 1;
        if (misses > 1 || (isFelt && judged.falselyAccused.length > 0) || runs === mostRuns) throw error;
      }
    }
  };

  it('names the report that fills the processors (S1)', async () => {
    await expectOnIncident('S1', 1, { shortOf: [], falselyAccused: [], conclusion: 'culprits' });
  });

  it('names a refresh that is not concurrent as the holder of the lock (S3)', async () => {
    await expectOnIncident('S3', 2, { shortOf: [], falselyAccused: [], first: { grade: 'B' } });
  });

  it('tells the culprit from a harmless report that ran all the time (S5)', async () => {
    await expectOnIncident('S5', 1, { shortOf: [], falselyAccused: [] });
  });

  it('accuses nobody of a surge of saves (S6)', async () => {
    expect(await verdict('S6', 1)).toMatchObject({ shortOf: [], falselyAccused: [] });
  });

  it('names the culprit over two resets of the statistics, and flags them (S9)', async () => {
    await expectOnIncident('S9', 1, { shortOf: [], falselyAccused: [] });
  });
});
