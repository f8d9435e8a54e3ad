import { availableParallelism } from 'node:os';
import type { BenchServer } from './bench-server.ts';
import { query } from './bench-server.ts';
import { prepareLoad } from './load/start-load.ts';
import type { Calibration } from './plan.ts';
import { machineBusyMs } from '../support/processor-time.ts';
import { usualLines } from './scenarios/lay-out.ts';
import { salesByItem } from './scenarios/queries.ts';

/** Of the processors, while nobody reports: busy enough that a report is felt, far from saturation. */
const quietUtilisation = 0.3;
/** On a machine that others fill, a little is always left to be had by the scheduler. */
const leastFreeCores = 0.5;
const probe = { savesPerSecond: 40, seconds: 6, passes: 4 } as const;
/** Beyond these the load generator itself would be what is measured. */
const rates = { least: 5, most: 250 } as const;

/**
 * What this machine can do. The cost of a save is taken in processor time, so that other work on the machine does not
 * lengthen it; what others use of the processors while this is measured is taken off what there is.
 */
export async function calibrate(bench: BenchServer): Promise<Calibration> {
  const database = await bench.database({});
  try {
    const load = await prepareLoad({
      connection: database.erp,
      seed: 1,
      segments: [
        {
          fromMs: 0,
          toMs: probe.seconds * 1000,
          savesPerSecond: probe.savesPerSecond,
          linesPerInvoice: usualLines,
          stream: 0,
        },
      ],
      lineForm: 'each',
      exposureRelation: null,
    });
    const busyBefore = machineBusyMs() - (await bench.awakeCpuMs());
    const startedMs = performance.now();
    const before = await bench.cpuMs();
    const toMs = probe.seconds * 1000;
    const { saves, cpuMs } = await load.run({ zeroAtMs: Date.now() + 200, fromMs: 0, toMs });
    const after = await bench.cpuMs();
    load.kill();
    if (saves.length === 0) throw new Error('no save came through while the load was calibrated');
    const passedMs = performance.now() - startedMs;
    const busyMs = machineBusyMs() - (await bench.awakeCpuMs()) - busyBefore;
    const serverMs = before === null || after === null ? busyMs - cpuMs : after - before;
    const perSaveMs = (serverMs + cpuMs) / saves.length;
    const cores = availableParallelism();
    const othersCores = Math.max(0, busyMs - serverMs - cpuMs) / passedMs;
    const freeCores = Math.max(leastFreeCores, cores - othersCores);

    const alone = 'set max_parallel_workers_per_gather = 0';
    const report = `${alone}; set work_mem = '64MB'; ${salesByItem(probe.passes, 'revenue_probe')}`;
    const reports = 3;
    const reportsBefore = await bench.cpuMs();
    const reportsStartedMs = performance.now();
    for (let run = 0; run < reports; run += 1) await query(database.admin, report);
    const reportsPassedMs = performance.now() - reportsStartedMs;
    const reportsAfter = await bench.cpuMs();
    const reportsMs = reportsBefore === null || reportsAfter === null ? reportsPassedMs : reportsAfter - reportsBefore;
    return {
      cores,
      othersCores,
      saveCpuMs: perSaveMs,
      savesPerSecond: Math.round(
        Math.min(rates.most, Math.max(rates.least, (quietUtilisation * freeCores * 1000) / perSaveMs)),
      ),
      passesPerSecond: (reports * probe.passes) / (reportsMs / 1000),
    };
  } finally {
    await database.drop();
  }
}
