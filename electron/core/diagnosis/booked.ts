import type { StatementGroup } from './catalog.ts';

/** What a group did in one interval, summed over its statements. */
export interface Booked {
  readonly calls: number;
  readonly execMs: number;
  /** Sum over the calls of their time squared. */
  readonly squaresMs2: number;
  readonly rows: number;
  /** Shared blocks, hit or read. */
  readonly blocks: number;
  readonly tempBlocks: number;
  readonly walBytes: number;
}

/**
 * What all groups of one catalog did in one interval: parallel arrays, one element for each group that ran, in the order
 * of the catalog (sums of fractions depend on it). A morning has a hundred thousand of them, and a verdict passes over
 * them twenty times.
 */
export class BookedGroups {
  /** Of the catalog. */
  readonly groups: readonly StatementGroup[];
  readonly size: number;
  /** Where each group stands in `groups`, rising. */
  readonly positions: Int32Array;
  readonly calls: Float64Array;
  readonly execMs: Float64Array;
  readonly squaresMs2: Float64Array;
  readonly rows: Float64Array;
  readonly blocks: Float64Array;
  readonly tempBlocks: Float64Array;
  readonly walBytes: Float64Array;

  constructor(groups: readonly StatementGroup[], positions: Int32Array) {
    const size = positions.length;
    this.groups = groups;
    this.size = size;
    this.positions = positions;
    const sums = new Float64Array(size * 7);
    const column = (index: number) => sums.subarray(index * size, (index + 1) * size);
    this.calls = column(0);
    this.execMs = column(1);
    this.squaresMs2 = column(2);
    this.rows = column(3);
    this.blocks = column(4);
    this.tempBlocks = column(5);
    this.walBytes = column(6);
  }

  /** undefined where the group did not run, or belongs to another catalog. */
  get(group: StatementGroup): Booked | undefined {
    const row = this.rowOf(positionsOf(this.groups).get(group) ?? -1);
    if (row < 0) return undefined;
    return {
      calls: this.calls[row] ?? 0,
      execMs: this.execMs[row] ?? 0,
      squaresMs2: this.squaresMs2[row] ?? 0,
      rows: this.rows[row] ?? 0,
      blocks: this.blocks[row] ?? 0,
      tempBlocks: this.tempBlocks[row] ?? 0,
      walBytes: this.walBytes[row] ?? 0,
    };
  }

  /** By bisection; -1 where the group did not run. */
  rowOf(position: number): number {
    const { positions } = this;
    let low = 0;
    let high = positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((positions[middle] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return positions[low] === position ? low : -1;
  }

  /** Whether a group that ran has the flag (`flagsOf`). */
  some(flags: Uint8Array): boolean {
    for (let row = 0; row < this.size; row += 1) if (flags[this.positions[row] ?? 0] === 1) return true;
    return false;
  }

  /** The calls of all groups with the flag. */
  callsOf(flags: Uint8Array): number {
    let calls = 0;
    for (let row = 0; row < this.size; row += 1) {
      if (flags[this.positions[row] ?? 0] === 1) calls += this.calls[row] ?? 0;
    }
    return calls;
  }
}

/** Adds up what belongs to the same group. One for each catalog: its room is used again for the next interval. */
export class BookKeeper {
  readonly #groups: readonly StatementGroup[];
  /** Of the row that a group has in the interval, plus one; 0: none. */
  readonly #rowOf: Int32Array;

  constructor(groups: readonly StatementGroup[]) {
    this.#groups = groups;
    this.#rowOf = new Int32Array(groups.length);
  }

  /**
   * @param positions Of the group of each row; -1 for a row that does not count.
   * @param columns One element a row.
   */
  book(positions: Int32Array, columns: BookedColumns): BookedGroups {
    const rowOf = this.#rowOf;
    let size = 0;
    for (let row = 0; row < positions.length; row += 1) {
      const position = positions[row] ?? -1;
      if (position < 0 || rowOf[position] !== 0) continue;
      rowOf[position] = 1;
      size += 1;
    }
    const found = new Int32Array(size);
    let next = 0;
    for (let row = 0; row < positions.length; row += 1) {
      const position = positions[row] ?? -1;
      if (position < 0 || rowOf[position] !== 1) continue;
      rowOf[position] = 2;
      found[next] = position;
      next += 1;
    }
    found.sort();
    for (let row = 0; row < size; row += 1) rowOf[found[row] ?? 0] = row + 1;
    const booked = new BookedGroups(this.#groups, found);
    for (let row = 0; row < positions.length; row += 1) {
      const position = positions[row] ?? -1;
      if (position < 0) continue;
      const to = (rowOf[position] ?? 0) - 1;
      add(booked.calls, to, columns.calls, row);
      add(booked.execMs, to, columns.execMs, row);
      add(booked.squaresMs2, to, columns.squaresMs2, row);
      add(booked.rows, to, columns.rows, row);
      add(booked.blocks, to, columns.blocks, row);
      add(booked.tempBlocks, to, columns.tempBlocks, row);
      if (columns.walBytes !== null) add(booked.walBytes, to, columns.walBytes, row);
    }
    for (let row = 0; row < size; row += 1) rowOf[found[row] ?? 0] = 0;
    return booked;
  }
}

export interface BookedColumns {
  readonly calls: Float64Array;
  readonly execMs: Float64Array;
  readonly squaresMs2: Float64Array;
  readonly rows: Float64Array;
  readonly blocks: Float64Array;
  readonly tempBlocks: Float64Array;
  /** null where nobody knows. */
  readonly walBytes: Float64Array | null;
}

function add(sums: Float64Array, to: number, values: Float64Array, from: number): void {
  sums[to] = (sums[to] ?? 0) + (values[from] ?? 0);
}

export const nothingBooked = (groups: readonly StatementGroup[]): BookedGroups =>
  new BookedGroups(groups, new Int32Array(0));

const places = new WeakMap<readonly StatementGroup[], ReadonlyMap<StatementGroup, number>>();

/** Where each group stands among the groups of its catalog. */
export function positionsOf(groups: readonly StatementGroup[]): ReadonlyMap<StatementGroup, number> {
  let positions = places.get(groups);
  if (positions === undefined) {
    positions = new Map(groups.map((group, position) => [group, position]));
    places.set(groups, positions);
  }
  return positions;
}

const known = new WeakMap<readonly StatementGroup[], Map<(group: StatementGroup) => boolean, Uint8Array>>();

/** 1 by position where the predicate holds; the same array for the same catalog and predicate. */
export function flagsOf(groups: readonly StatementGroup[], holds: (group: StatementGroup) => boolean): Uint8Array {
  let ofGroups = known.get(groups);
  if (ofGroups === undefined) known.set(groups, (ofGroups = new Map()));
  let flags = ofGroups.get(holds);
  if (flags === undefined) ofGroups.set(holds, (flags = Uint8Array.from(groups, (group) => Number(holds(group)))));
  return flags;
}
