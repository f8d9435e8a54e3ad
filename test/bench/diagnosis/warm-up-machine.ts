import type { BenchServer } from './bench-server.ts';
import { prepareLoad } from './load/start-load.ts';
import { usualLines } from './scenarios/lay-out.ts';

/** Saves are as fast as they get when a stretch is hardly faster than the one before it. */
const leastGain = 0.1;
const savesPerSecond = 100;
const stretchMs = 5_000;
const wholeMs = 60_000;

/**
 * Saves on a copy that is thrown away, until they do not get faster any more. In the first run after a machine had
 * started they fell from 26 to 5 ms within twelve seconds: neither that quiet stretch nor a calibration in it is worth
 * anything.
 */
export async function warmUpMachine(bench: BenchServer): Promise<void> {
  const database = await bench.database({});
  try {
    const load = await prepareLoad({
      connection: database.erp,
      seed: 1,
      segments: [{ fromMs: 0, toMs: wholeMs, savesPerSecond, linesPerInvoice: usualLines, stream: 0 }],
      lineForm: 'each',
      exposureRelation: null,
    });
    let beforeMs = Infinity;
    for (let fromMs = 0; fromMs < wholeMs; fromMs += stretchMs) {
      const { saves } = await load.run({ zeroAtMs: Date.now() + 200 - fromMs, fromMs, toMs: fromMs + stretchMs });
      const meanMs = saves.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / Math.max(1, saves.length);
      if (meanMs > beforeMs * (1 - leastGain)) break;
      beforeMs = meanMs;
    }
    load.kill();
  } finally {
    await database.drop();
  }
}
