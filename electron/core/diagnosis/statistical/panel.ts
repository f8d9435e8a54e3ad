import type { StatementGroup } from '../catalog.ts';
import type { TimeWindow } from '../input.ts';

/** A stretch of time as one observation of a regression. */
export interface PanelRow extends TimeWindow {
  /** Position among the panel's days; 0 throughout one morning. */
  readonly day: number;
  /** Position within the day; rows of several days with the same slot have the same clock time. */
  readonly slot: number;
  /** What `outcome` is an average over: seconds in one morning, OLTP calls over days. */
  readonly weight: number;
  /** Seconds of damage per unit of weight. */
  readonly outcome: number;
  /** OLTP's own work (n * L*), seconds per second: no suspect can raise it. */
  readonly load: number;
  /** The part of the row that lies in the incident, 0..1. */
  readonly inWindow: number;
}

/** One suspect, or several that cannot be told apart, as a column. */
export interface PanelColumn {
  readonly groups: readonly StatementGroup[];
  /** Average active sessions in each row. */
  readonly exposure: Float64Array;
  /** The same by work done, scaled to the same mean; null where none was booked and no run was seen to begin. */
  readonly work: Float64Array | null;
}

export interface Panel {
  readonly kind: 'morning' | 'days';
  /** In order of time. */
  readonly rows: readonly PanelRow[];
  readonly columns: readonly PanelColumn[];
  readonly days: number;
  readonly slots: number;
  /** Usual length of a row, ms. */
  readonly bucketMs: number;
}

/** Suspects whose exposures are summed into one column. */
export function mergeColumns(panel: Panel, sets: readonly (readonly number[])[]): Panel {
  return { ...panel, columns: sets.map((set) => merged(set.flatMap((index) => panel.columns[index] ?? []))) };
}

function merged(columns: readonly PanelColumn[]): PanelColumn {
  const [first] = columns;
  if (first === undefined) throw new Error('a column of no suspects');
  if (columns.length === 1) return first;
  const works = columns.map(({ work }) => work).filter((work) => work !== null);
  return {
    groups: columns.flatMap(({ groups }) => groups),
    exposure: added(columns.map(({ exposure }) => exposure)),
    work: works.length === columns.length ? added(works) : null,
  };
}

function added(parts: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(parts[0]?.length ?? 0);
  for (const part of parts) for (const [index, value] of part.entries()) total[index] = (total[index] ?? 0) + value;
  return total;
}

/** `work` in the unit of `exposure`: what counts is when it was done, not how it is measured. */
export function scaledTo(exposure: Float64Array, work: Float64Array, rows: readonly PanelRow[]): Float64Array | null {
  let active = 0;
  let done = 0;
  for (const [index, { weight }] of rows.entries()) {
    active += weight * (exposure[index] ?? 0);
    done += weight * (work[index] ?? 0);
  }
  return done <= 0 ? null : work.map((value) => (value * active) / done);
}
