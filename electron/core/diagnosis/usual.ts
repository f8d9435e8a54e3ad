import { flagsOf, positionsOf, type BookedGroups } from './booked.ts';
import type { StatementGroup } from './catalog.ts';
import { canSuffer } from './roles.ts';

/** L0 and W0 of one victim. */
export interface Usual {
  /** Median of the quiet intervals' means, weighted by calls, ms. */
  readonly meanMs: number;
  /** The same of shared blocks per call. */
  readonly blocks: number;
}

/** A victim with fewer quiet calls has no usual latency. */
export const callsForUsual = 5;

/** L0 and W0 of all victims, by their positions in the catalog. */
export class UsualLatencies {
  readonly groups: readonly StatementGroup[];
  /** NaN: not known. */
  readonly meanMs: Float64Array;
  readonly blocks: Float64Array;

  constructor(groups: readonly StatementGroup[]) {
    this.groups = groups;
    this.meanMs = new Float64Array(groups.length).fill(NaN);
    this.blocks = new Float64Array(groups.length);
  }

  get(group: StatementGroup): Usual | undefined {
    const position = positionsOf(this.groups).get(group) ?? -1;
    const meanMs = this.meanMs[position] ?? NaN;
    return Number.isNaN(meanMs) ? undefined : { meanMs, blocks: this.blocks[position] ?? 0 };
  }

  /** The victims of which it is known. */
  victims(): StatementGroup[] {
    return this.groups.filter((_, position) => !Number.isNaN(this.meanMs[position] ?? NaN));
  }

  /** These, and where they know nothing, those. */
  or(others: UsualLatencies): UsualLatencies {
    const both = new UsualLatencies(this.groups);
    for (let position = 0; position < this.groups.length; position += 1) {
      const from = Number.isNaN(this.meanMs[position] ?? NaN) ? others : this;
      both.meanMs[position] = from.meanMs[position] ?? NaN;
      both.blocks[position] = from.blocks[position] ?? 0;
    }
    return both;
  }

  /** n * L0 of all that ran and have the flag (`flagsOf`), ms; what is not known counts as nothing. */
  workOf(booked: BookedGroups, flags: Uint8Array): number {
    let workMs = 0;
    for (let row = 0; row < booked.size; row += 1) {
      const position = booked.positions[row] ?? 0;
      const meanMs = this.meanMs[position] ?? NaN;
      if (flags[position] === 1 && !Number.isNaN(meanMs)) workMs += (booked.calls[row] ?? 0) * meanMs;
    }
    return workMs;
  }

  /** L* = L0 * max(1, W / W0), ms; NaN for a statement whose usual latency is not known. */
  expectedMs(position: number, calls: number, blocks: number): number {
    const meanMs = this.meanMs[position] ?? NaN;
    const before = this.blocks[position] ?? 0;
    if (before <= 0) return meanMs;
    const growth = blocks / calls / before;
    return growth > 1 ? meanMs * growth : meanMs;
  }
}

/** What groups did in a stretch of time, each once. */
export type CountedStretch = Pick<BookedGroups, 'size' | 'positions' | 'calls' | 'execMs' | 'blocks'>;

/** Medians over the stretches, weighted by calls. */
export function usualLatencies(
  groups: readonly StatementGroup[],
  stretches: readonly CountedStretch[],
): UsualLatencies {
  const suffers = flagsOf(groups, canSuffer);
  const starts = new Int32Array(groups.length + 1);
  for (const booked of stretches) {
    for (let row = 0; row < booked.size; row += 1) {
      const position = booked.positions[row] ?? 0;
      if (suffers[position] === 1) starts[position + 1] = (starts[position + 1] ?? 0) + 1;
    }
  }
  for (let position = 0; position < groups.length; position += 1) {
    starts[position + 1] = (starts[position + 1] ?? 0) + (starts[position] ?? 0);
  }
  const all = starts[groups.length] ?? 0;
  const [latency, work, weights] = [new Float64Array(all), new Float64Array(all), new Float64Array(all)];
  const next = starts.slice();
  for (const booked of stretches) {
    for (let row = 0; row < booked.size; row += 1) {
      const position = booked.positions[row] ?? 0;
      if (suffers[position] !== 1) continue;
      const place = next[position] ?? 0;
      next[position] = place + 1;
      const calls = booked.calls[row] ?? 0;
      latency[place] = (booked.execMs[row] ?? 0) / calls;
      work[place] = (booked.blocks[row] ?? 0) / calls;
      weights[place] = calls;
    }
  }
  const usual = new UsualLatencies(groups);
  for (let position = 0; position < groups.length; position += 1) {
    const [from, to] = [starts[position] ?? 0, starts[position + 1] ?? 0];
    let calls = 0;
    for (let place = from; place < to; place += 1) calls += weights[place] ?? 0;
    if (calls < callsForUsual) continue;
    const own = weights.subarray(from, to);
    usual.meanMs[position] = medianByWeight(latency.subarray(from, to), own);
    usual.blocks[position] = medianByWeight(work.subarray(from, to), own);
  }
  return usual;
}

/**
 * The value at which half of the weight lies below, as `weightedMedian` has it. Sorts by insertion: there are a few
 * values each of some thousand statements.
 */
function medianByWeight(values: Float64Array, weights: Float64Array): number {
  const { length } = values;
  const ordered = new Float64Array(length);
  const own = new Float64Array(length);
  let total = 0;
  for (let index = 0; index < length; index += 1) {
    const value = values[index] ?? 0;
    const weight = weights[index] ?? 0;
    total += weight;
    let to = index;
    while (to > 0 && (ordered[to - 1] ?? 0) > value) {
      ordered[to] = ordered[to - 1] ?? 0;
      own[to] = own[to - 1] ?? 0;
      to -= 1;
    }
    ordered[to] = value;
    own[to] = weight;
  }
  let below = 0;
  for (let index = 0; index < length; index += 1) {
    below += own[index] ?? 0;
    if (below > total / 2) return ordered[index] ?? 0;
    if (below === total / 2) return ((ordered[index] ?? 0) + (ordered[Math.min(index + 1, length - 1)] ?? 0)) / 2;
  }
  return NaN;
}
