import type { PackedRollup } from '../history/history.ts';
import { bookedScratch, readBooked, type BookedScratch } from '../history/rollup-blob.ts';
import type { StatementTable } from './timeline-table.ts';
import { usualLatencies, type CountedStretch, type UsualLatencies } from './usual.ts';

/**
 * Sums of one rollup by group, in arrays that are used again for the next: a day of minutes has a million of them.
 * `touched[0 .. count)` are the positions of the groups that ran.
 */
export interface GroupSums {
  readonly scratch: BookedScratch;
  readonly calls: Float64Array;
  readonly execUs: Float64Array;
  readonly blocks: Float64Array;
  readonly touched: Int32Array;
  count: number;
}

export const groupSums = (groups: number): GroupSums => ({
  scratch: bookedScratch(),
  calls: new Float64Array(groups),
  execUs: new Float64Array(groups),
  blocks: new Float64Array(groups),
  touched: new Int32Array(groups),
  count: 0,
});

/** Replaces what was summed before. `wanted`: 1 for the groups that count. */
export function sumGroups(
  sums: GroupSums,
  rollup: PackedRollup,
  { positionOf }: StatementTable,
  wanted: Uint8Array,
): void {
  const { scratch, calls, execUs, blocks, touched } = sums;
  for (let place = 0; place < sums.count; place += 1) {
    const position = touched[place] ?? 0;
    calls[position] = 0;
    execUs[position] = 0;
    blocks[position] = 0;
  }
  readBooked(rollup, scratch);
  const { length, statementIds, calls: n, execUs: us, blocks: read } = scratch;
  let count = 0;
  for (let index = 0; index < length; index += 1) {
    const more = n[index] ?? 0;
    if (more === 0) continue;
    const id = statementIds[index] ?? 0;
    const position = id < positionOf.length ? (positionOf[id] ?? -1) : -1;
    if (position < 0 || wanted[position] !== 1) continue;
    const before = calls[position] ?? 0;
    if (before === 0) {
      touched[count] = position;
      count += 1;
    }
    calls[position] = before + more;
    execUs[position] = (execUs[position] ?? 0) + (us[index] ?? 0);
    blocks[position] = (blocks[position] ?? 0) + (read[index] ?? 0);
  }
  sums.count = count;
}

/** Collects quiet stretches; `usual` tells the medians. */
export function usualOfStretches({ groups }: StatementTable) {
  const stretches: CountedStretch[] = [];
  return {
    add({ count, touched, calls, execUs, blocks }: GroupSums): void {
      const positions = touched.slice(0, count);
      const column = (value: (position: number) => number) => Float64Array.from(positions, value);
      stretches.push({
        size: count,
        positions,
        calls: column((position) => calls[position] ?? 0),
        execMs: column((position) => (execUs[position] ?? 0) / 1000),
        blocks: column((position) => blocks[position] ?? 0),
      });
    },
    usual: (): UsualLatencies => usualLatencies(groups, stretches),
  };
}
