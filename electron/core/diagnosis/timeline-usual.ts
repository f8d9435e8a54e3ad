import type { DetailedRollup } from '../history/history.ts';
import { callsForUsual } from './baseline.ts';
import { weightedMedian } from './history-view.ts';
import type { StatementTable } from './timeline-table.ts';

/**
 * Sums of one rollup by group, in arrays that are used again for the next: a day of minutes has a million of them.
 * `touched[0 .. count)` are the positions of the groups that ran.
 */
export interface GroupSums {
  readonly calls: Float64Array;
  readonly execMs: Float64Array;
  readonly blocks: Float64Array;
  readonly touched: Int32Array;
  count: number;
}

export const groupSums = (groups: number): GroupSums => ({
  calls: new Float64Array(groups),
  execMs: new Float64Array(groups),
  blocks: new Float64Array(groups),
  touched: new Int32Array(groups),
  count: 0,
});

/** Replaces what was summed before. `wanted`: 1 for the groups that count. */
export function sumGroups(
  sums: GroupSums,
  rollup: DetailedRollup,
  { positionOf }: StatementTable,
  wanted: Uint8Array,
): void {
  const { calls, execMs, blocks, touched } = sums;
  for (let place = 0; place < sums.count; place += 1) {
    const position = touched[place] ?? 0;
    calls[position] = execMs[position] = blocks[position] = 0;
  }
  const [ids, n, ms, read] = [rollup.statementIds, rollup.calls, rollup.execMs, rollup.blocks];
  let count = 0;
  for (let index = 0; index < ids.length; index += 1) {
    const position = positionOf[ids[index] ?? 0] ?? -1;
    const more = n[index] ?? 0;
    if (more === 0 || position < 0 || wanted[position] !== 1) continue;
    const before = calls[position] ?? 0;
    if (before === 0) touched[count++] = position;
    calls[position] = before + more;
    execMs[position] = (execMs[position] ?? 0) + (ms[index] ?? 0);
    blocks[position] = (blocks[position] ?? 0) + (read[index] ?? 0);
  }
  sums.count = count;
}

/** L0 and W0 by the position of the victim, as in baseline.ts; 0 where it is not known. */
export interface UsualColumns {
  readonly meanMs: Float64Array;
  readonly blocks: Float64Array;
  /** 1 where meanMs is known. */
  readonly known: Uint8Array;
}

export function usualOf(quiet: readonly DetailedRollup[], table: StatementTable): UsualColumns {
  const size = table.groups.length;
  const seen = Array.from({ length: size }, (): { latency: number; blocks: number; calls: number }[] | null => null);
  const sums = groupSums(size);
  for (const rollup of quiet) {
    sumGroups(sums, rollup, table, table.suffers);
    for (let place = 0; place < sums.count; place += 1) {
      const position = sums.touched[place] ?? 0;
      const calls = sums.calls[position] ?? 0;
      const one = {
        latency: (sums.execMs[position] ?? 0) / calls,
        blocks: (sums.blocks[position] ?? 0) / calls,
        calls,
      };
      const before = seen[position];
      if (before) before.push(one);
      else seen[position] = [one];
    }
  }
  const usual = { meanMs: new Float64Array(size), blocks: new Float64Array(size), known: new Uint8Array(size) };
  for (const [position, points] of seen.entries()) {
    if (points === null || points.reduce((total, { calls }) => total + calls, 0) < callsForUsual) continue;
    usual.meanMs[position] = weightedMedian(points.map((one) => ({ value: one.latency, weight: one.calls }))) ?? 0;
    usual.blocks[position] = weightedMedian(points.map((one) => ({ value: one.blocks, weight: one.calls }))) ?? 0;
    usual.known[position] = 1;
  }
  return usual;
}
