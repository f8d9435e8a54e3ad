import type { Baseline } from './baseline.ts';
import { flagsOf } from './booked.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { savingCommits } from './commit-waits.ts';
import { sum, type IntervalDamage } from './damage.ts';
import { lockWaits } from './lock-roots.ts';
import type { Interval } from './intervals.ts';
import { queueOf } from './pressure.ts';
import type { ResourceUse } from './resources.ts';
import { canSuffer } from './roles.ts';

/** What the victims waited for, beyond the usual. 'other' is nobody's: network, latches, a process that sleeps. */
export type Cause = 'cpu' | 'disk' | 'wal' | 'lock' | 'replication' | 'other';
const causes: readonly Cause[] = ['cpu', 'disk', 'wal', 'lock', 'replication', 'other'];
type Counts = Record<Cause, number>;

export interface IntervalExcess {
  /** Parts of the interval's damage, together 1. */
  readonly parts: Readonly<Counts>;
  /** The same of what was waited in COMMIT, over the whole incident. */
  readonly commitParts: Readonly<Counts>;
  /** Parts of the lock damage by root blocker, together at most 1. */
  readonly lockRoots: ReadonlyMap<StatementGroup, number>;
}

/** Observations that the whole incident lends to an interval which few samples looked into. */
const lentObservations = 2;
/** What one assumes without a single look at a victim: that it waited in the queue that was full. */
const assumedObservations = 0.5;

/**
 * Splits each interval's damage over its causes, by what samples saw the victims do beyond what they do in quiet
 * times. OLTP calls are short, so a sample sees few of them: an interval borrows from the incident as a whole.
 */
export function splitDamage(
  damages: readonly IntervalDamage[],
  baseline: Baseline,
  catalog: Catalog,
  cpuSaturated: boolean,
): IntervalExcess[] {
  const quietSamples = baseline.intervals.flatMap(({ samples }) => samples);
  const quiet = observe({ samples: quietSamples }, catalog).counts;
  const usualPerCall = callsOf(baseline.intervals);
  const observed = damages.map(({ interval }) => {
    const { counts, roots, lockWeight } = observe(interval, catalog);
    const growth = usualPerCall === 0 ? 1 : callsOf([interval]) / interval.seconds / (usualPerCall / baseline.seconds);
    const looks = quietSamples.length === 0 ? 0 : interval.samples.length / quietSamples.length;
    const excess = mapCounts((cause) => Math.max(0, counts[cause] - quiet[cause] * looks * growth));
    return { excess, roots, lockWeight };
  });
  const whole = mapCounts((cause) => sum(observed.map(({ excess }) => excess[cause])));
  whole[cpuSaturated ? 'cpu' : 'other'] += assumedObservations;
  const wholeTotal = sum(Object.values(whole));
  const allRoots = mergeRoots(observed);
  const commitParts = commitCauses(damages, quietSamples, catalog);
  return observed.map(({ excess, roots, lockWeight }) => {
    const total = sum(Object.values(excess)) + lentObservations;
    return {
      commitParts,
      parts: mapCounts((cause) => (excess[cause] + (lentObservations * whole[cause]) / wholeTotal) / total),
      lockRoots: lockWeight > 0 ? scale(roots, 1 / lockWeight) : allRoots,
    };
  });
}

/** A lock in COMMIT is no suspect's: nobody looked for its root. */
function commitCauses(damages: readonly IntervalDamage[], quiet: Interval['samples'], catalog: Catalog): Counts {
  const isCommit = savingCommits(catalog);
  const samples = damages.flatMap(({ interval }) => interval.samples);
  const counts = mapCounts(() => 0);
  for (const { rows } of samples) {
    for (const seen of rows) {
      if (seen.use !== null && isCommit(seen)) counts[seen.use === 'lock' ? 'other' : causeOf(seen.use)] += 1;
    }
  }
  // Each COMMIT waits for a synchronous standby, in quiet times too: only what is more than usual is its doing.
  const usual = quiet.flatMap(({ rows }) => rows.filter((seen) => seen.use === 'replication' && isCommit(seen))).length;
  const looks = quiet.length === 0 ? 0 : samples.length / quiet.length;
  counts.replication = Math.max(0, counts.replication - usual * looks);
  const total = sum(Object.values(counts));
  return total === 0 ? mapCounts((cause) => (cause === 'other' ? 1 : 0)) : mapCounts((cause) => counts[cause] / total);
}

const causeOf = (use: ResourceUse): Cause => (use === 'wal' || use === 'replication' ? use : (queueOf(use) ?? 'other'));

interface Observed {
  readonly counts: Counts;
  readonly roots: ReadonlyMap<StatementGroup, number>;
  readonly lockWeight: number;
}

function observe({ samples }: Pick<Interval, 'samples'>, catalog: Catalog): Observed {
  const counts = mapCounts(() => 0);
  const roots = new Map<StatementGroup, number>();
  let lockWeight = 0;
  for (const sample of samples) {
    for (const { statementId, use } of sample.rows) {
      const group = catalog.groupOf(statementId);
      if (use === null || use === 'lock' || group === null || !canSuffer(group)) continue;
      counts[causeOf(use)] += 1;
    }
    for (const wait of lockWaits(sample, catalog)) {
      for (const { root, weight } of wait.roots) {
        // A victim behind a victim at work waits for what that one waits for.
        const cause = root.kind === 'passed_on' ? causeOf(root.use) : 'lock';
        counts[cause] += weight;
        if (cause === 'lock') lockWeight += weight;
        if (root.kind === 'suspect') roots.set(root.group, (roots.get(root.group) ?? 0) + weight);
      }
    }
  }
  return { counts, roots, lockWeight };
}

function mergeRoots(observed: readonly Pick<Observed, 'roots' | 'lockWeight'>[]): Map<StatementGroup, number> {
  const merged = new Map<StatementGroup, number>();
  for (const { roots } of observed) {
    for (const [group, weight] of roots) merged.set(group, (merged.get(group) ?? 0) + weight);
  }
  const total = sum(observed.map(({ lockWeight }) => lockWeight));
  return total === 0 ? merged : scale(merged, 1 / total);
}

const scale = (weights: ReadonlyMap<StatementGroup, number>, by: number): Map<StatementGroup, number> =>
  new Map([...weights].map(([group, weight]) => [group, weight * by]));

function callsOf(intervals: readonly Interval[]): number {
  let calls = 0;
  for (const { booked } of intervals) calls += booked.callsOf(flagsOf(booked.groups, canSuffer));
  return calls;
}

const mapCounts = (value: (cause: Cause) => number): Counts => {
  const counts: Counts = { cpu: 0, disk: 0, wal: 0, lock: 0, replication: 0, other: 0 };
  for (const cause of causes) counts[cause] = value(cause);
  return counts;
};
