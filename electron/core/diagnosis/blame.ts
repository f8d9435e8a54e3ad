import type { Baseline } from './baseline.ts';
import { flagsOf } from './booked.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { sum, type IntervalDamage } from './damage.ts';
import { splitDamage, type Cause } from './excess.ts';
import type { Cores } from './input.ts';
import { standbyPrint } from './resources.ts';
import { canSuffer } from './roles.ts';
import { RushAfterLocks } from './rush-after-locks.ts';
import { measureWritten, presentShares, type WritePressure } from './written.ts';
import { measurePressure, usualPressure, type IntervalPressure } from './pressure.ts';

/** Seconds of damage of one interval that one suspect is blamed for, by the way it did harm. */
export interface Blame {
  readonly cpu: number;
  /** For processors too, which it kept busy by reading files (`IntervalPressure.copying`). */
  readonly copying: number;
  readonly disk: number;
  /** By what it wrote to the disk that a COMMIT waits for (written.ts). */
  readonly written: number;
  readonly lock: number;
  /** While it did not confirm what was committed: the standby only. */
  readonly replication: number;
  /** In the rush that its lock let loose: `RushAfterLocks`. */
  readonly rush: number;
}

export interface BlamedInterval {
  readonly damage: IntervalDamage;
  readonly pressure: IntervalPressure;
  readonly bySuspect: ReadonlyMap<StatementGroup, Blame>;
}

export interface BlameResult {
  readonly intervals: readonly BlamedInterval[];
  readonly written: WritePressure;
  readonly damageSeconds: number;
  /**
   * The part of the victims' waiting for the processors that the sampled sessions can account for, 0..1. When it is
   * small, somebody outside of PostgreSQL keeps the processors busy, and sharing them proves little.
   */
  readonly cpuAccountedFor: number;
  /**
   * Seconds that the victims waited for processors or the disk without anybody in PostgreSQL who filled them; 0 where
   * nobody knows how many processors there are.
   */
  readonly unaccountedSeconds: number;
}

/**
 * One turn of Linux's run queue, ms: its base slice is 0.75 ms * (1 + log2(cores)), at most 3 ms. A backend that has
 * something to do at a full queue waits about a turn for every session above the number of cores, per core.
 */
const turnMs = 3;
/** It may wait when its statement arrives, and once more inside of it. */
const turnsPerCall = 2;

/**
 * Direct evidence: the victims' excess in a cause times the suspect's share of it, while it is saturated. What no
 * share accounts for stays unexplained: the suspects' parts of an interval never exceed its damage.
 */
export function assignBlame(
  damages: readonly IntervalDamage[],
  baseline: Baseline,
  catalog: Catalog,
  cores: Cores,
): BlameResult {
  const usual = usualPressure(baseline, catalog);
  const usualSeconds = usualWorkPerSecond(baseline);
  const pressures = damages.map((damage) =>
    measurePressure(damage.interval, catalog, cores, usual, {
      intrinsicCpu: damage.workSeconds / (damage.interval.seconds * damage.part),
      surge: surgeOf(damage, usualSeconds),
    }),
  );
  const saturated = weightedBy(damages, (_, index) => pressures[index]?.cpu.saturation ?? 0) > 0.5;
  const excess = splitDamage(damages, baseline, catalog, saturated);
  const written = measureWritten(damages, baseline);
  const behindLocks = new RushAfterLocks();
  const standby = catalog.groupOf(standbyPrint);
  let waitedForCpu = 0;
  let accountedFor = 0;
  let unaccountedSeconds = 0;
  const intervals = damages.map((damage, index): BlamedInterval => {
    const pressure = pressures[index];
    const split = excess[index];
    if (pressure === undefined || split === undefined) throw new Error('an interval lost its pressure');
    // A backend waits for its processor before a statement begins: the pause between statements is waiting for cpu.
    const inside = damage.seconds - damage.betweenSeconds - damage.commitSeconds;
    const waited = (cause: Cause) => inside * split.parts[cause] + damage.commitSeconds * split.commitParts[cause];
    const writeShares = presentShares(written, damage.interval, catalog);
    const behindWrites = waited('wal') * written.saturation;
    // What the amount does not explain is waiting for the same disk as everybody's, ...
    const behindOthers = waited('wal') - behindWrites;
    const diskSeconds = waited('disk') + behindOthers;
    const disk = diskSeconds * pressure.disk.saturation;
    // ... and where the disk is free, for a processor to go on: the log is flushed by processes like any other.
    const flushing = behindOthers * (1 - pressure.disk.saturation);
    const cpuSeconds = waited('cpu') + damage.betweenSeconds + flushing;
    const cpu = pressure.cpu.saturation * Math.min(cpuSeconds, explainable(damage, pressure.turns));
    const copying = pressure.copying.saturation * Math.min(cpuSeconds, explainable(damage, pressure.copyingTurns));
    const lock = inside * split.parts.lock;
    const replication = waited('replication');
    const rush = behindLocks.take(damage, lock, split.lockRoots, cpuSeconds - cpu - copying);
    waitedForCpu += cpuSeconds - rush.seconds;
    accountedFor += cpu + copying;
    if (cores.value !== null)
      unaccountedSeconds += cpuSeconds - cpu - copying - rush.seconds + waited('disk') * (1 - pressure.disk.saturation);
    const suspects = new Set([
      ...pressure.cpu.shares.keys(),
      ...pressure.disk.shares.keys(),
      ...pressure.copying.shares.keys(),
      ...writeShares.keys(),
      ...split.lockRoots.keys(),
      ...rush.byRoot.keys(),
      ...(standby === null || replication === 0 ? [] : [standby]),
    ]);
    const bySuspect = new Map(
      [...suspects].map((suspect) => [
        suspect,
        {
          cpu: cpu * (pressure.cpu.shares.get(suspect) ?? 0),
          copying: copying * (pressure.copying.shares.get(suspect) ?? 0),
          disk: disk * (pressure.disk.shares.get(suspect) ?? 0),
          written: behindWrites * (writeShares.get(suspect) ?? 0),
          lock: lock * (split.lockRoots.get(suspect) ?? 0),
          replication: suspect === standby ? replication : 0,
          rush: rush.byRoot.get(suspect) ?? 0,
        },
      ]),
    );
    return { damage, pressure, bySuspect };
  });
  return {
    intervals,
    written,
    damageSeconds: sum(damages.map(({ seconds }) => seconds)),
    unaccountedSeconds,
    cpuAccountedFor: waitedForCpu === 0 ? 0 : accountedFor / waitedForCpu,
  };
}

/** The most waiting for processors that the sampled sessions can have caused, seconds. */
function explainable(damage: IntervalDamage, turns: number): number {
  // Without statistics nobody counted the calls; the share of the queue has to do.
  if (damage.interval.booked.size === 0) return damage.seconds;
  // A call that was in flight all the time is one call, however little was booked.
  const calls = Math.max(damage.calls, 1);
  return turns * turnsPerCall * (damage.expectedSeconds + (calls * turnMs) / 1000);
}

/** OLTP's own work (n * L*) per second of quiet. */
function usualWorkPerSecond({ intervals, usual, seconds }: Baseline): number {
  const workMs = sum(intervals.map(({ booked }) => usual.workOf(booked, flagsOf(booked.groups, canSuffer))));
  return seconds === 0 ? 0 : workMs / 1000 / seconds;
}

/** How much more work than usual OLTP has itself, 0 (as usual or less) to 1 (twice the usual or more). */
function surgeOf({ workSeconds, interval, part }: IntervalDamage, usualSeconds: number): number {
  if (usualSeconds === 0) return 0;
  return Math.min(1, Math.max(0, workSeconds / (interval.seconds * part) / usualSeconds - 1));
}

function weightedBy(damages: readonly IntervalDamage[], value: (damage: IntervalDamage, index: number) => number) {
  const total = sum(damages.map(({ seconds }) => seconds));
  return total === 0 ? 0 : sum(damages.map((damage, index) => damage.seconds * value(damage, index))) / total;
}

export const blameSeconds = (blame: Blame | undefined): number =>
  blame === undefined
    ? 0
    : blame.cpu + blame.copying + blame.disk + blame.written + blame.lock + blame.replication + blame.rush;

/** Of it, what was read from the samples that met the suspect in a queue. */
export const queuedSeconds = (blame: Blame | undefined): number =>
  blame === undefined ? 0 : blame.cpu + blame.copying + blame.disk;

/** What counts for grade B: processors only where the sampled sessions account for the waiting, see `cpuAccountedFor`. */
export function soundBlame(blame: BlameResult): BlameResult {
  if (blame.cpuAccountedFor >= leastAccountedFor) return blame;
  const withoutCpu = ({ damage, pressure, bySuspect }: BlamedInterval): BlamedInterval => ({
    damage,
    pressure,
    bySuspect: new Map([...bySuspect].map(([group, own]) => [group, { ...own, cpu: 0, copying: 0 }])),
  });
  return { ...blame, intervals: blame.intervals.map(withoutCpu) };
}

const leastAccountedFor = 0.5;

export const lockSeconds = ({ intervals }: BlameResult, group: StatementGroup): number =>
  sum(
    intervals.map(({ bySuspect }) => {
      const own = bySuspect.get(group);
      return own === undefined ? 0 : own.lock + own.rush;
    }),
  );
