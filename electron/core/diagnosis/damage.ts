import { expectedBetween, type Baseline } from './baseline.ts';
import { betweenStatements, savingPauses } from './between-statements.ts';
import { flagsOf } from './booked.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { commits, commitTimes, type CommitTime } from './commit-waits.ts';
import { overlapShare, type Interval } from './intervals.ts';
import { sampleNear, type SeenSample } from './history-view.ts';
import type { TimeWindow } from './input.ts';
import { canSuffer } from './roles.ts';
import type { Study } from './study.ts';

/** What the victims suffered in one interval, cut to the incident. */
export interface IntervalDamage {
  readonly interval: Interval;
  /** Part of the interval inside the incident, 0..1; everything here is already cut by it. */
  readonly part: number;
  readonly seconds: number;
  /** Of `seconds`, by the rows of `interval.booked`; empty without statistics. */
  readonly booked: Float64Array;
  /** The rest: victims without a booked call, the time between statements, COMMIT. */
  readonly unbooked: ReadonlyMap<StatementGroup, number>;
  /** Of it, what calls in flight add (at the end) or had added before (negative), seconds. */
  readonly inFlight: ReadonlyMap<StatementGroup, number>;
  /** Of `seconds`: what was waited between the statements of saves. */
  readonly betweenSeconds: number;
  /** Of `seconds`: what savers waited in COMMIT (commit-waits.ts). */
  readonly commitSeconds: number;
  /** What savers stood in COMMIT, waiting or not, seconds. */
  readonly commitSpentSeconds: number;
  readonly calls: number;
  /** n * L* of the statements, seconds: what they would have taken anyway. */
  readonly workSeconds: number;
  /** The same with the time between the statements of saves. */
  readonly expectedSeconds: number;
}

/** Slivers of neighbouring intervals at the incident's borders carry rounding, not damage. */
const leastPart = 0.05;

/**
 * D_v = n * max(0, L - L*), L* = L0 * max(1, W / W0).
 *
 * A call is booked when it ends, so one that waited 30 s behind a lock would hurt only the interval of its end, and
 * one that never ended would hurt nobody. Calls in flight at the interval's borders move the waiting to where it
 * happened: what is open at the end is added, what was open at the beginning and booked since is taken off.
 *
 * The time between the statements of a save is a victim of its own (docs/decisions/0004).
 */
export function measureDamage(
  intervals: readonly Interval[],
  window: TimeWindow,
  baseline: Baseline,
  { catalog, view, unit }: Pick<Study, 'catalog' | 'view' | 'unit'>,
): IntervalDamage[] {
  const activityOnly = intervals.every(({ booked }) => booked.size === 0);
  const usualSessions = activityOnly ? usualActivity(baseline, catalog) : new Map<StatementGroup, number>();
  const inside = intervals
    .map((interval) => ({ interval, part: overlapShare(interval, window) }))
    .filter(({ part }) => part >= leastPart);
  if (activityOnly) return inside.map(({ interval, part }) => damageOfActivity(interval, part, usualSessions, catalog));
  const commit = commitTimes(
    inside.map(({ interval }) => interval),
    baseline,
    catalog,
    unit,
  );
  return inside.map(({ interval, part }, index) =>
    withCommits(partOf(damageOfInterval(interval, baseline, { catalog, view, unit }), part), commit[index]),
  );
}

function withCommits(damage: IntervalDamage, time: CommitTime | undefined): IntervalDamage {
  if (time === undefined) return damage;
  const { part, unbooked, seconds, expectedSeconds } = damage;
  const commitSeconds = time.waitedSeconds * part;
  return {
    ...damage,
    unbooked: commitSeconds > 0 ? new Map([...unbooked, [commits, commitSeconds]]) : unbooked,
    commitSeconds,
    commitSpentSeconds: time.spentSeconds * part,
    expectedSeconds: expectedSeconds + time.expectedSeconds * part,
    seconds: seconds + commitSeconds,
  };
}

/** A verdict asks for the same interval up to three times: in the incident, among the quiet ones, and in the morning. */
const known = new WeakMap<Interval, { readonly baseline: Baseline; readonly damage: IntervalDamage }>();

function damageOfInterval(
  interval: Interval,
  baseline: Baseline,
  studied: Pick<Study, 'catalog' | 'view' | 'unit'>,
): IntervalDamage {
  const before = known.get(interval);
  if (before?.baseline === baseline) return before.damage;
  const damage = damageOfCalls(interval, baseline, studied);
  known.set(interval, { baseline, damage });
  return damage;
}

/** Damage of a whole interval, cut to the part that lies in the incident. */
function partOf(whole: IntervalDamage, part: number): IntervalDamage {
  if (part === 1) return whole;
  const cut = (seconds: ReadonlyMap<StatementGroup, number>) =>
    new Map([...seconds].map(([victim, own]) => [victim, own * part]));
  const booked = whole.booked.map((own) => own * part);
  const unbooked = cut(whole.unbooked);
  return {
    ...whole,
    part,
    booked,
    unbooked,
    inFlight: cut(whole.inFlight),
    betweenSeconds: whole.betweenSeconds * part,
    calls: whole.calls * part,
    workSeconds: whole.workSeconds * part,
    expectedSeconds: whole.expectedSeconds * part,
    seconds: sum(booked) + sum(unbooked.values()),
  };
}

function damageOfCalls(
  interval: Interval,
  { usual, between }: Baseline,
  { catalog, view, unit }: Pick<Study, 'catalog' | 'view' | 'unit'>,
): IntervalDamage {
  const reachMs = (view.spacingMs ?? 1000) * 1.5;
  const openBefore = openWaiting(sampleNear(view.samples, interval.fromMs, reachMs), catalog, usual);
  const openAfter = openWaiting(sampleNear(view.samples, interval.toMs, reachMs), catalog, usual);
  const { booked } = interval;
  const suffers = flagsOf(booked.groups, canSuffer);
  const waited = new Float64Array(booked.size);
  const unbooked = new Map<StatementGroup, number>();
  const inFlight = new Map<StatementGroup, number>();
  let calls = 0;
  let workSeconds = 0;
  for (let row = 0; row < booked.size; row += 1) {
    const position = booked.positions[row] ?? 0;
    if (suffers[position] !== 1) continue;
    const own = booked.calls[row] ?? 0;
    const expected = usual.expectedMs(position, own, booked.blocks[row] ?? 0);
    if (Number.isNaN(expected)) continue;
    const beyond = (booked.execMs[row] ?? 0) / own - expected;
    if (beyond > 0) waited[row] = (own * beyond) / 1000;
    calls += own;
    workSeconds += (own * expected) / 1000;
  }
  for (const victim of openVictims(openBefore, openAfter, catalog)) {
    const open = (openAfter.get(victim) ?? 0) - (openBefore.get(victim) ?? 0);
    if (open === 0) continue;
    inFlight.set(victim, open);
    const row = booked.rowOf(catalog.positionOf(victim));
    if (row >= 0) waited[row] = Math.max(0, (waited[row] ?? 0) + open);
    else if (open > 0) unbooked.set(victim, open);
  }
  const pauses = expectedBetween(interval, between, unit);
  const betweenSeconds = pauses === null ? 0 : Math.max(0, pauses.spentMs - pauses.expectedMs) / 1000;
  if (betweenSeconds > 0) unbooked.set(betweenStatements, betweenSeconds);
  return {
    interval,
    part: 1,
    booked: waited,
    unbooked,
    inFlight,
    betweenSeconds,
    commitSeconds: 0,
    commitSpentSeconds: 0,
    calls,
    workSeconds,
    expectedSeconds: workSeconds + (pauses?.expectedMs ?? 0) / 1000,
    seconds: sum(waited) + sum(unbooked.values()),
  };
}

type Open = ReadonlyMap<StatementGroup, number>;

/** Those in flight at either border, in one order: sums of fractions depend on it. */
const openVictims = (before: Open, after: Open, catalog: Catalog): StatementGroup[] =>
  [...new Set([...after.keys(), ...before.keys()])].sort((a, b) => catalog.positionOf(a) - catalog.positionOf(b));

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
    const before = usual.get(group);
    // Nobody knows what is long for it, unless it waits for a lock: that is no work of its own.
    if (before === undefined && use !== 'lock') continue;
    const waitedMs = sample.atMs - row.queryStartMs - (before?.meanMs ?? 0);
    if (waitedMs > 0) open.set(group, (open.get(group) ?? 0) + waitedMs / 1000);
  }
  return open;
}

/** Without statistics: by Little's law, sessions in OLTP work beyond the usual number are seconds of waiting. */
function damageOfActivity(
  interval: Interval,
  part: number,
  usualSessions: ReadonlyMap<StatementGroup, number>,
  catalog: Catalog,
): IntervalDamage {
  const byVictim = new Map<StatementGroup, number>();
  const sessions = sessionsByVictim(interval, catalog);
  for (const [victim, average] of sessions) {
    const beyond = average - (usualSessions.get(victim) ?? 0);
    if (beyond > 0) byVictim.set(victim, beyond * interval.seconds * part);
  }
  const betweenUsual = usualSessions.get(betweenStatements) ?? 0;
  const expectedSeconds = sum(usualSessions.values()) * interval.seconds * part;
  return {
    interval,
    part,
    booked: new Float64Array(0),
    unbooked: byVictim,
    inFlight: new Map(),
    betweenSeconds: byVictim.get(betweenStatements) ?? 0,
    commitSeconds: 0,
    commitSpentSeconds: 0,
    calls: 0,
    workSeconds: expectedSeconds - betweenUsual * interval.seconds * part,
    expectedSeconds,
    seconds: sum(byVictim.values()),
  };
}

function usualActivity({ intervals, seconds }: Baseline, catalog: Catalog): Map<StatementGroup, number> {
  const usual = new Map<StatementGroup, number>();
  for (const interval of intervals) {
    for (const [victim, average] of sessionsByVictim(interval, catalog)) {
      usual.set(victim, (usual.get(victim) ?? 0) + (average * interval.seconds) / seconds);
    }
  }
  return usual;
}

/** Average sessions at work in each victim, and between the statements of saves. */
function sessionsByVictim({ samples }: Interval, catalog: Catalog): Map<StatementGroup, number> {
  const isPause = savingPauses(catalog);
  const counts = new Map<StatementGroup, number>();
  for (const { rows } of samples) {
    for (const seen of rows) {
      const group = isPause(seen) ? betweenStatements : seen.use === null ? null : catalog.groupOf(seen.statementId);
      if (group === null || (group !== betweenStatements && !canSuffer(group))) continue;
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
  }
  return new Map(
    [...counts]
      .toSorted(([a], [b]) => (a.groupId < b.groupId ? -1 : 1))
      .map(([group, count]) => [group, count / samples.length]),
  );
}

export function sum(values: Iterable<number> | Float64Array): number {
  let total = 0;
  // A loop over places: the iterator of a typed array takes several times as long.
  if (values instanceof Float64Array)
    for (let index = 0; index < values.length; index += 1) total += values[index] ?? 0;
  else for (const value of values) total += value;
  return total;
}

/** Waiting over the victims' own work; Infinity when nothing but waiting was seen. */
export function ratio(damages: readonly IntervalDamage[]): number {
  const waiting = sum(damages.map(({ seconds }) => seconds));
  const expected = sum(damages.map(({ expectedSeconds }) => expectedSeconds));
  if (waiting === 0) return 0;
  return expected === 0 ? Infinity : waiting / expected;
}
