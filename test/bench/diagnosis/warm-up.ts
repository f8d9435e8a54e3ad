import type { BenchServer } from './bench-server.ts';
import { prepareLoad, type Load } from './load/start-load.ts';
import type { LoadSegment } from './load/order.ts';
import { usualLines } from './scenarios/lay-out.ts';

const stretchMs = 4_000;
/** Saves that have not become steady by then never will. */
export const longestWarmUpMs = 40_000;
/** Two stretches that are not faster than those before them by so much: it was chance. */
const leastGain = 0.1;
const patience = 2;

/** The saves of a warm-up, before the run's own 0. */
export const warmUpSegment = (usual: Omit<LoadSegment, 'fromMs' | 'toMs'>): LoadSegment => ({
  ...usual,
  fromMs: -longestWarmUpMs,
  toMs: 0,
});

/**
 * Saves until they do not get faster any more. In the first run after a machine or a server had started they fell from
 * 26 to 5 ms within twelve seconds, and a quiet stretch that is not at rest makes a poor yardstick.
 */
export async function warmUp(load: Load): Promise<void> {
  let bestMs = Infinity;
  let without = 0;
  for (let fromMs = -longestWarmUpMs; fromMs < 0 && without < patience; fromMs += stretchMs) {
    const { saves } = await load.run({ zeroAtMs: Date.now() + 200 - fromMs, fromMs, toMs: fromMs + stretchMs });
    const meanMs = saves.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / Math.max(1, saves.length);
    without = meanMs < bestMs * (1 - leastGain) ? 0 : without + 1;
    bestMs = Math.min(bestMs, meanMs);
  }
}

const savesPerSecond = 100;

/** On a copy that is thrown away: neither a calibration nor a run is worth anything on a machine that is still cold. */
export async function warmUpMachine(bench: BenchServer): Promise<void> {
  const database = await bench.database({});
  try {
    const load = await prepareLoad({
      connection: database.erp,
      seed: 1,
      segments: [warmUpSegment({ savesPerSecond, linesPerInvoice: usualLines, stream: 0 })],
      lineForm: 'each',
      exposureRelation: null,
    });
    await warmUp(load);
    load.kill();
  } finally {
    await database.drop();
  }
}
