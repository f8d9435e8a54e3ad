import { availableParallelism, cpus } from 'node:os';
import type { BenchServer } from './bench-server.ts';
import { query } from './bench-server.ts';
import { prepareLoad } from './load/start-load.ts';
import type { Calibration } from './plan.ts';
import { usualLines } from './scenarios/lay-out.ts';
import { salesByItem } from './scenarios/queries.ts';

/** Of the processors, while nobody reports: busy enough that a report is felt, far from saturation. */
const quietUtilisation = 0.3;
const probe = { savesPerSecond: 40, seconds: 6, passes: 4 } as const;
/** Beyond these the load generator itself would be what is measured. */
const rates = { least: 5, most: 250 } as const;

/**
 * What this machine can do. The cost of a save is taken in processor time, so that other work on the machine does not
 * matter.
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
    const machineBefore = machineBusyMs();
    const before = await bench.cpuMs();
    const { saves, cpuMs } = await load.run(Date.now() + 200);
    const after = await bench.cpuMs();
    if (saves.length === 0) throw new Error('no save came through while the load was calibrated');
    const serverMs = before === null || after === null ? machineBusyMs() - machineBefore - cpuMs : after - before;
    const perSaveMs = (serverMs + cpuMs) / saves.length;
    const cores = availableParallelism();
    const wanted = (quietUtilisation * cores * 1000) / perSaveMs;

    const alone = 'set max_parallel_workers_per_gather = 0';
    const report = `${alone}; set work_mem = '64MB'; ${salesByItem(probe.passes, 'revenue_probe')}`;
    // The fastest of three: others' work can only make it longer.
    const passedMs: number[] = [];
    for (let run = 0; run < 3; run += 1) {
      const startedMs = performance.now();
      await query(database.admin, report);
      passedMs.push(performance.now() - startedMs);
    }
    return {
      cores,
      savesPerSecond: Math.round(Math.min(rates.most, Math.max(rates.least, wanted))),
      passesPerSecond: probe.passes / (Math.min(...passedMs) / 1000),
    };
  } finally {
    await database.drop();
  }
}

const machineBusyMs = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.sys + times.nice + times.irq, 0);
