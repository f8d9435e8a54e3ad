import type { Baseline } from './baseline.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { averageSessions, overlapShare, type Interval } from './intervals.ts';
import { sampleNear, type HistoryView, type SeenSample } from './history-view.ts';
import type { TimeWindow } from './input.ts';
import { canSuffer } from './roles.ts';

/** What the victims suffered in one interval, cut to the incident. */
export interface IntervalDamage {
  readonly interval: Interval;
  /** Part of the interval inside the incident, 0..1; everything here is already cut by it. */
  readonly part: number;
  readonly seconds: number;
  readonly byVictim: ReadonlyMap<StatementGroup, number>;
  /** Of it, what calls in flight add (at the end) or had added before (negative), seconds. */
  readonly inFlight: ReadonlyMap<StatementGroup, number>;
  readonly calls: number;
  /** n * L*, seconds: what the victims' calls would have taken anyway. */
  readonly expectedSeconds: number;
}

/** Slivers of neighbouring intervals at the incident's borders carry rounding, not damage. */
const leastPart = 0.05;

/**
 * D_v = n * max(0, L - L*), L* = L0 * max(1, W / W0) (04-diagnosis, "From damage to blame").
 *
 * A call is booked when it ends, so one that waited 30 s behind a lock would hurt only the interval of its end, and
 * one that never ended would hurt nobody. Calls in flight at the interval's borders move the waiting to where it
 * happened: what is open at the end is added, what was open at the beginning and booked since is taken off.
 */
export function measureDamage(
  intervals: readonly Interval[],
  window: TimeWindow,
  baseline: Baseline,
  catalog: Catalog,
  view: HistoryView,
): IntervalDamage[] {
  const activityOnly = intervals.every(({ booked }) => booked.size === 0);
  const usualSessions = activityOnly ? usualActivity(baseline, catalog) : new Map<StatementGroup, number>();
  return intervals
    .map((interval) => ({ interval, part: overlapShare(interval, window) }))
    .filter(({ part }) => part >= leastPart)
    .map(({ interval, part }) => {
      if (activityOnly) return damageOfActivity(interval, part, usualSessions, catalog);
      return damageOfCalls(interval, part, baseline, catalog, view);
    });
}

function damageOfCalls(
  interval: Interval,
  part: number,
  { usual }: Baseline,
  catalog: Catalog,
  view: HistoryView,
): IntervalDamage {
  const reachMs = (view.spacingMs ?? 1000) * 1.5;
  const openBefore = openWaiting(sampleNear(view.samples, interval.fromMs, reachMs), catalog, usual);
  const openAfter = openWaiting(sampleNear(view.samples, interval.toMs, reachMs), catalog, usual);
  const byVictim = new Map<StatementGroup, number>();
  const inFlight = new Map<StatementGroup, number>();
  let calls = 0;
  let expectedSeconds = 0;
  const groups = new Set([...interval.booked.keys(), ...openAfter.keys(), ...openBefore.keys()]);
  const victims = [...groups].toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1));
  for (const victim of victims) {
    if (!canSuffer(victim)) continue;
    const booked = interval.booked.get(victim);
    const expected = booked === undefined ? null : expectedMs(victim, booked, usual);
    const open = (openAfter.get(victim) ?? 0) - (openBefore.get(victim) ?? 0);
    if (open !== 0) inFlight.set(victim, open * part);
    let waited = open;
    if (booked !== undefined && expected !== null) {
      waited += (booked.calls * Math.max(0, booked.execMs / booked.calls - expected)) / 1000;
      calls += booked.calls * part;
      expectedSeconds += (booked.calls * expected * part) / 1000;
    }
    if (waited > 0) byVictim.set(victim, waited * part);
  }
  return { interval, part, byVictim, inFlight, calls, expectedSeconds, seconds: sum(byVictim.values()) };
}

/** L*, ms; null for a statement whose usual latency is not known. */
export function expectedMs(
  victim: StatementGroup,
  booked: { readonly calls: number; readonly blocks: number },
  usual: Baseline['usual'],
): number | null {
  const before = usual.get(victim);
  if (before === undefined) return null;
  const growth = before.blocks > 0 ? booked.blocks / booked.calls / before.blocks : 1;
  return before.meanMs * Math.max(1, growth);
}

/** Seconds beyond their usual latency that the victims' running calls have already taken. */
function openWaiting(
  sample: SeenSample | null,
  catalog: Catalog,
  usual: Baseline['usual'],
): Map<StatementGroup, number> {
  const open = new Map<StatementGroup, number>();
  if (sample === null) return open;
  for (const { statementId, row, use } of sample.rows) {
    const group = catalog.groupOf(statementId);
    if (use === null || group === null || !canSuffer(group)) continue;
    if (row.queryStartMs === null || row.leaderPid !== null) continue;
    const waitedMs = sample.atMs - row.queryStartMs - (usual.get(group)?.meanMs ?? 0);
    if (waitedMs > 0) open.set(group, (open.get(group) ?? 0) + waitedMs / 1000);
  }
  return open;
}

/** Without statistics: by Little's law, sessions in OLTP statements beyond the usual number are seconds of waiting. */
function damageOfActivity(
  interval: Interval,
  part: number,
  usualSessions: ReadonlyMap<StatementGroup, number>,
  catalog: Catalog,
): IntervalDamage {
  const byVictim = new Map<StatementGroup, number>();
  let expectedSeconds = 0;
  for (const victim of catalog.groups) {
    if (!canSuffer(victim)) continue;
    const sessions = sessionsOf(interval, victim, catalog);
    const expected = usualSessions.get(victim) ?? 0;
    expectedSeconds += expected * interval.seconds * part;
    if (sessions > expected) byVictim.set(victim, (sessions - expected) * interval.seconds * part);
  }
  return { interval, part, byVictim, inFlight: new Map(), calls: 0, expectedSeconds, seconds: sum(byVictim.values()) };
}

function usualActivity({ intervals, seconds }: Baseline, catalog: Catalog): Map<StatementGroup, number> {
  const usual = new Map<StatementGroup, number>();
  for (const victim of catalog.groups.filter(canSuffer)) {
    const total = intervals.reduce((all, one) => all + sessionsOf(one, victim, catalog) * one.seconds, 0);
    usual.set(victim, seconds === 0 ? 0 : total / seconds);
  }
  return usual;
}

function sessionsOf(interval: Interval, victim: StatementGroup, catalog: Catalog): number {
  return (
    averageSessions(interval, ({ statementId, use }) => use !== null && catalog.groupOf(statementId) === victim) ?? 0
  );
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Waiting over the victims' own work; Infinity when nothing but waiting was seen. */
export function ratio(damages: readonly IntervalDamage[]): number {
  const waiting = sum(damages.map(({ seconds }) => seconds));
  const expected = sum(damages.map(({ expectedSeconds }) => expectedSeconds));
  if (waiting === 0) return 0;
  return expected === 0 ? Infinity : waiting / expected;
}
