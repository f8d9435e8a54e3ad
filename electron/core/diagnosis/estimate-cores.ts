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
  const rungs = rungsOf(points);
  const fits = candidates.flatMap((cores) => fitBend(rungs, cores));
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
  const { booked } = interval;
  for (let row = 0; row < booked.size; row += 1) {
    const meanMs = usual.meanMs[booked.positions[row] ?? 0] ?? NaN;
    if (Number.isNaN(meanMs)) continue;
    const own = booked.calls[row] ?? 0;
    expected += own * meanMs;
    spent += booked.execMs[row] ?? 0;
    calls += own;
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

/** Points with the same sessions: a sum of squares asks for three sums of them, and a day has a hundred such numbers. */
interface Rung {
  readonly sessions: number;
  points: number;
  greatest: number;
  weight: number;
  /** Of log(slowdown), times the weight; and of its square. */
  logs: number;
  squares: number;
}

function rungsOf(points: readonly Point[]): Rung[] {
  const rungs = new Map<number, Rung>();
  for (const { sessions, slowdown, weight } of points) {
    let rung = rungs.get(sessions);
    if (rung === undefined) {
      rung = { sessions, points: 0, greatest: 0, weight: 0, logs: 0, squares: 0 };
      rungs.set(sessions, rung);
    }
    const log = Math.log(Math.max(slowdown, 0.1));
    rung.points += 1;
    rung.greatest = Math.max(rung.greatest, slowdown);
    rung.weight += weight;
    rung.logs += weight * log;
    rung.squares += weight * log ** 2;
  }
  return [...rungs.values()];
}

/** Least squares of log(slowdown) = log(1 + k * (sessions - cores)+ / cores); none when one side is too thin. */
function fitBend(rungs: readonly Rung[], cores: number): { readonly cores: number; readonly error: number }[] {
  const above = rungs.filter(({ sessions }) => sessions > cores);
  const pointsAbove = above.reduce((sum, { points }) => sum + points, 0);
  const all = rungs.reduce((sum, { points }) => sum + points, 0);
  if (pointsAbove < fewestPoints || all - pointsAbove < fewestPoints) return [];
  if (!above.some(({ greatest }) => greatest >= leastBend)) return [];
  const errorOf = (steepness: number) => {
    let error = 0;
    for (const { sessions, weight, logs, squares } of rungs) {
      const expected = sessions > cores ? Math.log(1 + (steepness * (sessions - cores)) / cores) : 0;
      error += squares - 2 * expected * logs + expected ** 2 * weight;
    }
    return error;
  };
  // Short calls wait for whole turns of the run queue, so the slope may be far steeper than 1.
  const slopes = Array.from({ length: 60 }, (_, index) => 0.1 * 1.12 ** index);
  const error = Math.min(...slopes.map(errorOf));
  return error < errorOf(0) * 0.5 ? [{ cores, error }] : [];
}
