import { expectedBetween, findBaseline, type Baseline } from './baseline.ts';
import { buildCatalog, type Catalog } from './catalog.ts';
import { viewHistory } from './history-view.ts';
import type { Cores, StoredHistory } from './input.ts';
import { averageSessions, buildIntervals, type Interval } from './intervals.ts';
import { findSaveUnit, type SaveUnit } from './saves.ts';

const candidates = [2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128];
/** Intervals needed on both sides of the bend. */
const fewestPoints = 4;
/** Latencies that never double say nothing about where they bend. */
const leastBend = 2;
/** Candidates whose error is within this factor of the best fit cannot be told apart; the largest of them is taken. */
const alike = 1.15;

export interface Point {
  readonly sessions: number;
  /** OLTP latency over its usual latency. */
  readonly slowdown: number;
  readonly weight: number;
}

/**
 * The number of cores from where OLTP latency bends over sessions on the processors: flat below, growing above.
 * Where several numbers fit alike the largest is taken: a server taken for too large accuses too late, one taken for
 * too small accuses the innocent. Unknown when the history has no quiet stretch, no bend, or nothing on one side.
 */
export function estimateCores(history: StoredHistory): Cores {
  const view = viewHistory(history);
  const catalog = buildCatalog(history, view);
  const intervals = buildIntervals(view, catalog, true);
  return estimateFrom(intervals, catalog, findSaveUnit(intervals));
}

export function estimateFrom(intervals: readonly Interval[], catalog: Catalog, unit: SaveUnit): Cores {
  const unknown: Cores = { value: null, source: 'unknown' };
  const baseline = findBaseline(intervals, catalog, {
    incident: null,
    given: null,
    cores: unknown,
    unit,
  });
  return coresFrom(intervals.flatMap((interval) => pointOf(interval, baseline, unit)));
}

/** The same from latencies that were put beside their usual ones already. */
export function coresFrom(points: readonly Point[]): Cores {
  const fits = candidates.flatMap((cores) => fitBend(points, cores));
  const best = Math.min(...fits.map(({ error }) => error));
  const plausible = fits.filter(({ error }) => error <= best * alike);
  const largest = plausible.at(-1);
  return largest === undefined ? { value: null, source: 'unknown' } : { value: largest.cores, source: 'estimate' };
}

function pointOf(interval: Interval, { usual, between }: Baseline, unit: SaveUnit): Point[] {
  const sessions = averageSessions(interval, ({ use }) => use === 'cpu');
  let expected = 0;
  let spent = 0;
  let calls = 0;
  for (const [group, booked] of interval.booked) {
    const before = usual.get(group);
    if (before === undefined) continue;
    expected += booked.calls * before.meanMs;
    spent += booked.execMs;
    calls += booked.calls;
  }
  const pause = expectedBetween(interval, between, unit);
  if (pause !== null) {
    expected += pause.expectedMs;
    spent += pause.spentMs;
  }
  return sessions === null || expected === 0
    ? []
    : [{ sessions, slowdown: spent / expected, weight: Math.sqrt(calls) }];
}

/** Least squares of log(slowdown) = log(1 + k * (sessions - cores)+ / cores); none when one side is too thin. */
function fitBend(points: readonly Point[], cores: number): { readonly cores: number; readonly error: number }[] {
  const above = points.filter(({ sessions }) => sessions > cores);
  const below = points.filter(({ sessions }) => sessions <= cores);
  if (above.length < fewestPoints || below.length < fewestPoints) return [];
  if (!above.some(({ slowdown }) => slowdown >= leastBend)) return [];
  const errorOf = (steepness: number) =>
    points.reduce((total, { sessions, slowdown, weight }) => {
      const expected = 1 + (steepness * Math.max(0, sessions - cores)) / cores;
      return total + weight * (Math.log(Math.max(slowdown, 0.1)) - Math.log(expected)) ** 2;
    }, 0);
  // Short calls wait for whole turns of the run queue, so the slope may be far steeper than 1.
  const slopes = Array.from({ length: 60 }, (_, index) => 0.1 * 1.12 ** index);
  const error = Math.min(...slopes.map(errorOf));
  return error < errorOf(0) * 0.5 ? [{ cores, error }] : [];
}
