import { flagsOf } from './booked.ts';
import type { Catalog } from './catalog.ts';
import { weightedMedian } from './history-view.ts';
import type { Cores, TimeWindow } from './input.ts';
import { averageSessions, overlapShare, type Interval } from './intervals.ts';
import { canBeBlamed, canSuffer } from './roles.ts';
import { calmLoad, quietSessions } from './usual-days.ts';
import { savingTime, type SaveUnit } from './saves.ts';
import { usualLatencies, type UsualLatencies } from './usual.ts';

export interface UsualBetween {
  /** Median per save, ms. */
  readonly meanMs: number;
  /** Median of OLTP calls per save: a save with more statements has more time between them. */
  readonly callsPerSave: number;
}

export interface Baseline {
  readonly intervals: readonly Interval[];
  readonly seconds: number;
  readonly usual: UsualLatencies;
  /** L0 and W0 of the time between the statements of a save; null where nobody counts it. */
  readonly between: UsualBetween | null;
  /**
   * Where the quiet intervals come from: given by the caller, the same hour of earlier days (with what is quiet around
   * the incident), around the incident, or out of the incident itself.
   */
  readonly origin: 'given' | 'days' | 'around' | 'within' | 'none';
}

/** Where something always runs, the quietest part of the intervals has to do, provided that ... */
const quietPart = 0.2;
/** ... sessions on the processors stay below `calmLoad` of the cores, or, where nobody knows the cores, below this part of the busiest interval. A queue that never empties is no quiet. */
const calmPart = 0.5;
export const fewestIntervals = 2;
/** Nearest to the incident: last week's numbers describe another cache and another plan. */
export const mostIntervals = 120;

export function findBaseline(
  intervals: readonly Interval[],
  catalog: Catalog,
  options: {
    readonly incident: TimeWindow | null;
    readonly given: TimeWindow | null;
    readonly cores: Cores;
    readonly unit: SaveUnit;
    /** Quiet minutes of earlier days at the incident's hour (`quietDays`). */
    readonly days?: readonly Interval[];
  },
): Baseline {
  const { incident, given, cores, unit, days = [] } = options;
  const baseOf = (quiet: readonly Interval[], origin: Baseline['origin']) =>
    baselineOf(quiet, { catalog, origin, unit });
  // An interval without OLTP calls tells nothing about their latency; without statistics its sessions have to do.
  const activityOnly = intervals.every(({ booked }) => booked.size === 0);
  const suffers = flagsOf(catalog.groups, canSuffer);
  const tells = ({ booked, samples }: Interval) => (activityOnly ? samples.length > 0 : booked.some(suffers));
  if (given !== null) {
    const inside = intervals.filter((interval) => overlapShare(interval, given) > 0.9 && tells(interval));
    return baseOf(inside, inside.length === 0 ? 'none' : 'given');
  }
  const candidates = intervals.filter((interval) => tells(interval) && interval.samples.length > 0);
  const quiet = quietest(candidates, catalog, cores);
  const around = quiet.filter((interval) => incident === null || overlapShare(interval, incident) < 0.01);
  if (days.length > 0) return withDays(baseOf(nearest(around, incident), 'days'), baseOf(days, 'days'));
  if (around.length >= fewestIntervals) return baseOf(nearest(around, incident), 'around');
  return quiet.length >= fewestIntervals ? baseOf(nearest(quiet, incident), 'within') : baseOf([], 'none');
}

function quietest(candidates: readonly Interval[], catalog: Catalog, cores: Cores): Interval[] {
  const rated = candidates.map((interval) => ({
    one: interval,
    // Who waits for a lock is no quiet either, though its holder may stand idle and seem to do nothing.
    exposure:
      averageSessions(interval, ({ statementId, use }) => {
        const group = catalog.groupOf(statementId);
        return use !== null && use !== 'other' && group !== null && (canBeBlamed(group) || use === 'lock');
      }) ?? 0,
    onCpu: averageSessions(interval, ({ use }) => use === 'cpu') ?? 0,
  }));
  return quietOf(rated, cores);
}

/** The quiet ones of stretches that are rated by average sessions of suspects, and of all on the processors. */
export function quietOf<T>(
  rated: readonly { readonly one: T; readonly exposure: number; readonly onCpu: number }[],
  cores: Cores,
): T[] {
  const quiet = rated.filter(({ exposure }) => exposure <= quietSessions);
  if (quiet.length >= fewestIntervals) return quiet.map(({ one }) => one);
  const exposures = rated.map(({ exposure }) => exposure).toSorted((a, b) => a - b);
  const limit = exposures[Math.floor(exposures.length * quietPart)] ?? 0;
  const busiest = Math.max(...rated.map(({ onCpu }) => onCpu));
  const calm = cores.value === null ? calmPart * busiest : calmLoad * cores.value;
  return rated.filter(({ exposure, onCpu }) => exposure <= limit && onCpu <= calm).map(({ one }) => one);
}

function nearest(intervals: readonly Interval[], incident: TimeWindow | null): readonly Interval[] {
  if (incident === null) return intervals.slice(-mostIntervals);
  const distance = ({ fromMs, toMs }: Interval) => Math.max(incident.fromMs - toMs, fromMs - incident.toMs);
  return intervals
    .toSorted((a, b) => distance(a) - distance(b) || a.fromMs - b.fromMs)
    .slice(0, mostIntervals)
    .toSorted((a, b) => a.fromMs - b.fromMs);
}

/** The same hour of other days says what is usual; what it does not know, and who waits for what, is seen around. */
function withDays(around: Baseline, daily: Baseline): Baseline {
  return {
    origin: 'days',
    intervals: [...daily.intervals, ...around.intervals],
    seconds: daily.seconds + around.seconds,
    usual: daily.usual.or(around.usual),
    between: daily.between ?? around.between,
  };
}

function baselineOf(
  intervals: readonly Interval[],
  {
    catalog,
    origin,
    unit,
  }: { readonly catalog: Catalog; readonly origin: Baseline['origin']; readonly unit: SaveUnit },
): Baseline {
  const seconds = intervals.reduce((sum, one) => sum + one.seconds, 0);
  const usual = usualLatencies(
    catalog.groups,
    intervals.map(({ booked }) => booked),
  );
  return { intervals, seconds, usual, between: usualBetween(intervals, unit), origin };
}

function usualBetween(intervals: readonly Interval[], unit: SaveUnit): UsualBetween | null {
  const seen = intervals.flatMap((interval) => {
    const { saves } = savingTime(interval, unit);
    if (interval.betweenMs === null || saves === 0 || unit.kind !== 'saves') return [];
    return [{ mean: interval.betweenMs / saves, calls: savingCalls(interval, unit) / saves, weight: saves }];
  });
  const meanMs = weightedMedian(seen.map(({ mean: value, weight }) => ({ value, weight })));
  const callsPerSave = weightedMedian(seen.map(({ calls: value, weight }) => ({ value, weight })));
  return meanMs === null || callsPerSave === null ? null : { meanMs, callsPerSave };
}

const savingCalls = ({ booked }: Interval, unit: SaveUnit): number =>
  booked.callsOf(flagsOf(booked.groups, unit.belongs));

export interface BetweenTime {
  readonly saves: number;
  readonly calls: number;
  readonly spentMs: number;
  /** n * L*, L* = L0 * max(1, W / W0) with W = statements per save. */
  readonly expectedMs: number;
}

/** The time between statements in one interval, beside what it usually is; null where either is not known. */
export function expectedBetween(interval: Interval, between: UsualBetween | null, unit: SaveUnit): BetweenTime | null {
  const { saves } = savingTime(interval, unit);
  if (between === null || interval.betweenMs === null || saves === 0) return null;
  const calls = savingCalls(interval, unit);
  const growth = between.callsPerSave === 0 ? 1 : calls / saves / between.callsPerSave;
  return { saves, calls, spentMs: interval.betweenMs, expectedMs: saves * between.meanMs * Math.max(1, growth) };
}
