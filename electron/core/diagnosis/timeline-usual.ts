import type { PackedRollup } from '../history/history.ts';
import { bookedScratch, readBooked, type BookedScratch } from '../history/rollup-blob.ts';
import type { StatementTable } from './timeline-table.ts';
import { callsForUsual } from './usual.ts';

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

/** L0 and W0 by the position of the victim, as in baseline.ts; 0 where it is not known. */
export interface UsualColumns {
  readonly meanMs: Float64Array;
  readonly blocks: Float64Array;
}

/** Collects quiet stretches; `usual` tells the medians. */
export function usualOfStretches(table: StatementTable) {
  const size = table.groups.length;
  const seen = Array.from({ length: size }, (): Point[] | null => null);
  return {
    add({ count, touched, calls, execUs, blocks }: GroupSums): void {
      for (let place = 0; place < count; place += 1) {
        const position = touched[place] ?? 0;
        if (table.suffers[position] !== 1) continue;
        const n = calls[position] ?? 0;
        const one = { meanMs: (execUs[position] ?? 0) / 1000 / n, blocks: (blocks[position] ?? 0) / n, weight: n };
        const before = seen[position];
        if (before) before.push(one);
        else seen[position] = [one];
      }
    },
    usual(): UsualColumns {
      const usual = { meanMs: new Float64Array(size), blocks: new Float64Array(size) };
      for (const [position, points] of seen.entries()) {
        if (points === null || points.reduce((total, { weight }) => total + weight, 0) < callsForUsual) continue;
        usual.meanMs[position] = medianOf(points, 'meanMs');
        usual.blocks[position] = medianOf(points, 'blocks');
      }
      return usual;
    },
  };
}

interface Point {
  readonly meanMs: number;
  readonly blocks: number;
  readonly weight: number;
}

/** The value at which half of the weight lies below, as `weightedMedian`; sorts the points. */
function medianOf(points: Point[], name: 'meanMs' | 'blocks'): number {
  points.sort((a, b) => a[name] - b[name]);
  let half = 0;
  for (const { weight } of points) half += weight / 2;
  let below = 0;
  for (const [index, { [name]: value, weight }] of points.entries()) {
    below += weight;
    if (below > half) return value;
    if (below === half) return (value + (points[index + 1]?.[name] ?? value)) / 2;
  }
  return 0;
}
