import type { ReplicationState, ServerCounters, StatementCounters } from '../../../shared/model/sampling.ts';
import type { StoredDeltas } from '../history/history.ts';
import { betweenTimes } from './between-statements.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { samplesWithin, type HistoryView, type SeenSample } from './history-view.ts';
import type { TimeWindow } from './input.ts';

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

/** One interval between two snapshots with the samples that fell into it. */
export interface Interval extends TimeWindow {
  readonly seconds: number;
  readonly booked: ReadonlyMap<StatementGroup, Booked>;
  readonly samples: readonly SeenSample[];
  /** null: nobody knows. */
  readonly deallocs: number | null;
  readonly resets: number;
  readonly discontinuities: number;
  readonly coverage: number | null;
  readonly restarted: boolean;
  /** By how much the server's clock was set, ms. */
  readonly clockSetByMs: number;
  /** Of the whole instance; null where they were not read. */
  readonly server: ServerCounters | null;
  /** Standbys as the primary saw them at its end. */
  readonly replication: readonly ReplicationState[];
  /** Time that saving transactions spent between their statements, ms; null where nobody counted it. */
  readonly betweenMs: number | null;
}

/** What only snapshots tell. */
export const uncounted = {
  deallocs: null,
  resets: 0,
  discontinuities: 0,
  coverage: null,
  restarted: false,
  clockSetByMs: 0,
  server: null,
  replication: [],
  betweenMs: null,
} as const;

/** Without statistics the samples are cut into intervals of this many, and of 5 s at least. */
const samplesPerInterval = 5;

export function buildIntervals(view: HistoryView, catalog: Catalog, statisticsAvailable: boolean): Interval[] {
  if (!statisticsAvailable || view.deltas.length === 0) return intervalsOfSamples(view);
  const between = betweenTimes(view, catalog);
  return view.deltas
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .map((stored) => ({ ...intervalOf(stored, view, catalog), betweenMs: between.get(stored) ?? null }));
}

function intervalOf(stored: StoredDeltas, view: HistoryView, catalog: Catalog): Omit<Interval, 'betweenMs'> {
  const counted: StatementCounters[] = [];
  const positions: number[] = [];
  let discontinuities = 0;
  for (const { statementId, counters, discontinuity } of stored.deltas) {
    if (discontinuity) discontinuities += 1;
    const group = catalog.groupOf(statementId);
    // What ran inside a function is already counted in the statement that called it.
    if (group === null || !group.statement.toplevel || counters.calls === 0) continue;
    counted.push(counters);
    positions.push(catalog.positionOf(group));
  }
  const { fromMs, toMs, deallocs, resets, coverage } = stored;
  return {
    fromMs,
    toMs,
    seconds: (toMs - fromMs) / 1000,
    booked: bookedOf(counted, Float64Array.from(positions), catalog),
    samples: samplesWithin(view.samples, { fromMs, toMs }),
    deallocs,
    resets,
    discontinuities,
    coverage,
    restarted: stored.restarted ?? false,
    clockSetByMs: stored.clockSetByMs ?? 0,
    server: stored.server ?? null,
    replication: stored.replication ?? [],
  };
}

/** In one order of groups, whatever the order of the rows: sums of fractions depend on it. */
function bookedOf(counted: readonly StatementCounters[], positions: Float64Array, catalog: Catalog) {
  const booked = new Map<StatementGroup, Booked>();
  const sums = new Float64Array(counted.length * width);
  let rows = 0;
  let before = -1;
  for (const place of places(positions)) {
    const position = positions[place] ?? 0;
    const group = catalog.groups[position];
    const counters = counted[place];
    if (group === undefined || counters === undefined) throw new Error('a statement has no group');
    if (position !== before) booked.set(group, new BookedRow(sums, (rows += 1) - 1));
    before = position;
    const at = (rows - 1) * width;
    add(sums, at, counters.calls);
    add(sums, at + 1, counters.totalExecMs);
    add(sums, at + 2, counters.sumSquaresMs2);
    add(sums, at + 3, counters.rows);
    add(sums, at + 4, counters.sharedBlksHit + counters.sharedBlksRead);
    add(sums, at + 5, counters.tempBlksRead + counters.tempBlksWritten);
    add(sums, at + 6, counters.walBytes);
  }
  return booked;
}

const add = (sums: Float64Array, at: number, more: number): void => {
  sums[at] = (sums[at] ?? 0) + more;
};

/** Indices in the order of their positions: numbers sort several times as fast as objects. */
function places(positions: Float64Array): Float64Array {
  const { length } = positions;
  const keys = positions.map((position, index) => position * length + index).sort();
  return keys.map((key) => key % length);
}

/** Numbers of one group in columns that all of its interval share: a morning has a hundred thousand of them. */
class BookedRow implements Booked {
  readonly #sums: Float64Array;
  readonly #at: number;

  constructor(sums: Float64Array, row: number) {
    this.#sums = sums;
    this.#at = row * width;
  }

  get calls(): number {
    return this.#sums[this.#at] ?? 0;
  }
  get execMs(): number {
    return this.#sums[this.#at + 1] ?? 0;
  }
  get squaresMs2(): number {
    return this.#sums[this.#at + 2] ?? 0;
  }
  get rows(): number {
    return this.#sums[this.#at + 3] ?? 0;
  }
  get blocks(): number {
    return this.#sums[this.#at + 4] ?? 0;
  }
  get tempBlocks(): number {
    return this.#sums[this.#at + 5] ?? 0;
  }
  get walBytes(): number {
    return this.#sums[this.#at + 6] ?? 0;
  }
}
const width = 7;

function intervalsOfSamples(view: HistoryView): Interval[] {
  const first = view.samples[0];
  const last = view.samples.at(-1);
  if (first === undefined || last === undefined) return [];
  const lengthMs = Math.max(5000, samplesPerInterval * (view.spacingMs ?? 1000));
  const intervals: Interval[] = [];
  for (let fromMs = first.atMs; fromMs <= last.atMs; fromMs += lengthMs) {
    const toMs = fromMs + lengthMs;
    const samples = samplesWithin(view.samples, { fromMs, toMs });
    if (samples.length === 0) continue;
    const seconds = lengthMs / 1000;
    intervals.push({ fromMs, toMs, seconds, booked: new Map(), samples, ...uncounted });
  }
  return intervals;
}

/** The part of the interval that lies in the window, 0..1. */
export function overlapShare(interval: TimeWindow, window: TimeWindow): number {
  const shared = Math.min(interval.toMs, window.toMs) - Math.max(interval.fromMs, window.fromMs);
  return Math.max(0, shared) / (interval.toMs - interval.fromMs);
}

/** Average sessions of the interval, over its samples, that `counts` says yes to; null when nobody looked. */
export function averageSessions(
  { samples }: Pick<Interval, 'samples'>,
  counts: (seen: SeenSample['rows'][number]) => boolean,
): number | null {
  if (samples.length === 0) return null;
  return samples.reduce((sum, { rows }) => sum + rows.filter(counts).length, 0) / samples.length;
}
