import type { ReplicationState, ServerCounters } from '../../../shared/model/sampling.ts';
import type { StoredDeltas } from '../history/history.ts';
import { BookKeeper, flagsOf, nothingBooked, type BookedGroups } from './booked.ts';
import { betweenTimes } from './between-statements.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { samplesWithin, type HistoryView, type SeenSample } from './history-view.ts';
import type { TimeWindow } from './input.ts';

/** One interval between two snapshots with the samples that fell into it. */
export interface Interval extends TimeWindow {
  readonly seconds: number;
  readonly booked: BookedGroups;
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
  if (!statisticsAvailable || view.deltas.length === 0) return intervalsOfSamples(view, catalog);
  const between = betweenTimes(view, catalog);
  const books = new BookKeeper(catalog.groups);
  return view.deltas
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .map((stored) => ({ ...intervalOf(stored, view, catalog, books), betweenMs: between.get(stored) ?? null }));
}

function intervalOf(
  stored: StoredDeltas,
  view: HistoryView,
  catalog: Catalog,
  books: BookKeeper,
): Omit<Interval, 'betweenMs'> {
  const { columns, positions } = catalog.countersOf(stored);
  // What ran inside a function is already counted in the statement that called it.
  const toplevel = flagsOf(catalog.groups, isToplevel);
  const counts = positions.map((position, row) =>
    position >= 0 && toplevel[position] === 1 && columns.calls[row] !== 0 ? position : -1,
  );
  const { fromMs, toMs, deallocs, resets, coverage } = stored;
  return {
    fromMs,
    toMs,
    seconds: (toMs - fromMs) / 1000,
    booked: books.book(counts, columns),
    samples: samplesWithin(view.samples, { fromMs, toMs }),
    deallocs,
    resets,
    discontinuities: columns.discontinuities,
    coverage,
    restarted: stored.restarted ?? false,
    clockSetByMs: stored.clockSetByMs ?? 0,
    server: stored.server ?? null,
    replication: stored.replication ?? [],
  };
}

const isToplevel = ({ toplevel }: StatementGroup): boolean => toplevel;

function intervalsOfSamples(view: HistoryView, catalog: Catalog): Interval[] {
  const booked = nothingBooked(catalog.groups);
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
    intervals.push({ fromMs, toMs, seconds, booked, samples, ...uncounted });
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
  let sessions = 0;
  for (const { rows } of samples) for (const seen of rows) if (counts(seen)) sessions += 1;
  return sessions / samples.length;
}
