import type { Baseline } from './baseline.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { averageSessions, type Interval } from './intervals.ts';
import type { SeenRow } from './history-view.ts';
import type { Cores } from './input.ts';
import { isDisk, type DiskUse, type ResourceUse } from './resources.ts';
import { canBeBlamed, canSuffer } from './roles.ts';

/** Two queues that sessions can stand in together: for the processors and for the disk. */
export type Queue = 'cpu' | 'disk';

export const queueOf = (use: ResourceUse): Queue | null => (use === 'cpu' ? 'cpu' : isDisk(use) ? 'disk' : null);

/** Who stood in a queue during an interval, in average sessions. */
export interface Pressure {
  /** Sessions in the queue, without the victims that only pile up in it. */
  readonly sessions: number;
  /** 0 free, 1 saturated; a ramp in between, so that a sample more or less does not flip a verdict. */
  readonly saturation: number;
  /** Each suspect's share of the queue, 0..1; together at most 1. What OLTP itself asks for takes the rest. */
  readonly shares: ReadonlyMap<StatementGroup, number>;
}

export interface IntervalPressure {
  readonly cpu: Pressure;
  readonly disk: Pressure;
  /**
   * (sessions on cpu + 1 - cores)+ / cores, averaged over the samples: how often a call that arrives waits for a whole
   * turn of the run queue.
   */
  readonly turns: number;
}

/** Average sessions per group and queue while it was quiet: what always runs does not explain a bad morning. */
export interface UsualPressure {
  readonly sessions: ReadonlyMap<Queue, number>;
  readonly byGroup: ReadonlyMap<Queue, ReadonlyMap<StatementGroup, number>>;
}

/**
 * Sessions on the processors over cores: from the first on the queue counts as filling, at the second it is full. With
 * just as many sessions as cores nobody waits, unless somebody outside of PostgreSQL works too.
 */
const cpuRamp = [0.9, 1.2] as const;
/** The disk is full when somebody always waits for it, and more than usual. */
const diskRamp = [0.5, 1] as const;
const diskGrowth = 2;

export function usualPressure(baseline: Baseline, catalog: Catalog): UsualPressure {
  const queues: readonly Queue[] = ['cpu', 'disk'];
  const all = { samples: baseline.intervals.flatMap(({ samples }) => samples) };
  const byGroup = new Map(queues.map((queue) => [queue, sessionsByGroup(all, queue, catalog)] as const));
  const sessions = new Map(queues.map((queue) => [queue, averageSessions(all, inQueue(queue)) ?? 0] as const));
  return { sessions, byGroup };
}

/**
 * @param surge How much more work than usual OLTP has itself, 0 (as usual) to 1 (twice as much or more).
 * @param intrinsicCpu Average sessions that OLTP would have on the processors anyway (sum of n * L* over time).
 */
export function measurePressure(
  interval: Interval,
  catalog: Catalog,
  cores: Cores,
  usual: UsualPressure,
  { surge, intrinsicCpu }: { readonly surge: number; readonly intrinsicCpu: number },
): IntervalPressure {
  const cpuQueue = queueIn(interval, 'cpu', catalog, { surge, intrinsic: intrinsicCpu });
  const diskQueue = queueIn(interval, 'disk', catalog, { surge, intrinsic: usualOltp(usual, 'disk') });
  const usualDisk = usual.sessions.get('disk') ?? 0;
  return {
    cpu: {
      sessions: cpuQueue.sessions,
      saturation: cores.value === null ? 0 : ramp(cpuQueue.sessions / cores.value, cpuRamp),
      shares: sharesOf(cpuQueue, usual.byGroup.get('cpu')),
    },
    disk: {
      sessions: diskQueue.sessions,
      saturation: diskQueue.sessions > diskGrowth * usualDisk ? ramp(diskQueue.sessions, diskRamp) : 0,
      shares: sharesOf(diskQueue, usual.byGroup.get('disk')),
    },
    turns: cores.value === null ? 0 : averageTurns(interval, cores.value, cpuQueue.oltp, catalog),
  };
}

interface QueueInInterval {
  readonly sessions: number;
  /** Of them, OLTP. */
  readonly oltp: number;
  readonly byGroup: ReadonlyMap<StatementGroup, number>;
}

/**
 * Victims pile up in a queue because it is long, whoever made it long. Their pile neither makes the queue (somebody
 * outside may have) nor takes from the suspects' shares, except as far as there is more OLTP work than usual.
 */
function queueIn(
  interval: Interval,
  queue: Queue,
  catalog: Catalog,
  { surge, intrinsic }: { readonly surge: number; readonly intrinsic: number },
): QueueInInterval {
  const all = averageSessions(interval, inQueue(queue)) ?? 0;
  const byGroup = sessionsByGroup(interval, queue, catalog);
  let victims = 0;
  for (const [group, sessions] of byGroup) if (canSuffer(group)) victims += sessions;
  const oltp = victims - Math.max(0, victims - intrinsic) * (1 - surge);
  return { sessions: all - victims + oltp, oltp, byGroup };
}

function sharesOf(
  { sessions, byGroup }: QueueInInterval,
  usual: ReadonlyMap<StatementGroup, number> | undefined,
): Map<StatementGroup, number> {
  const shares = new Map<StatementGroup, number>();
  if (sessions <= 0) return shares;
  for (const [group, own] of byGroup) {
    const beyondUsual = own - (usual?.get(group) ?? 0);
    if (canBeBlamed(group) && beyondUsual > 0) shares.set(group, beyondUsual / sessions);
  }
  return shares;
}

function usualOltp(usual: UsualPressure, queue: Queue): number {
  let sessions = 0;
  for (const [group, value] of usual.byGroup.get(queue) ?? []) if (canSuffer(group)) sessions += value;
  return sessions;
}

const inQueue =
  (queue: Queue) =>
  ({ use }: SeenRow): boolean =>
    use !== null && queueOf(use) === queue;

function sessionsByGroup(
  { samples }: Pick<Interval, 'samples'>,
  queue: Queue,
  catalog: Catalog,
): Map<StatementGroup, number> {
  const counts = new Map<StatementGroup, number>();
  for (const { rows } of samples) {
    for (const seen of rows.filter(inQueue(queue))) {
      const group = catalog.groupOf(seen.statementId);
      if (group !== null) counts.set(group, (counts.get(group) ?? 0) + 1);
    }
  }
  // One order of groups: sums of fractions depend on it.
  return new Map(
    [...counts]
      .toSorted(([a], [b]) => (a.groupId < b.groupId ? -1 : 1))
      .map(([group, count]) => [group, count / samples.length]),
  );
}

function averageTurns({ samples }: Interval, cores: number, oltp: number, catalog: Catalog): number {
  if (samples.length === 0) return 0;
  const turns = samples.map(({ rows }) => {
    const others = rows.filter((seen) => {
      const group = catalog.groupOf(seen.statementId);
      return inQueue('cpu')(seen) && (group === null || !canSuffer(group));
    });
    return Math.max(0, others.length + oltp + 1 - cores) / cores;
  });
  return turns.reduce((total, one) => total + one, 0) / turns.length;
}

const ramp = (value: number, [low, high]: readonly [number, number]): number =>
  Math.min(1, Math.max(0, (value - low) / (high - low)));

/** How suspects' waits for the disk divide into kinds, each 0..1, together 1; empty when it they never waited there. */
export function diskKinds(
  intervals: readonly Pick<Interval, 'samples'>[],
  suspects: readonly StatementGroup[],
  catalog: Catalog,
): Map<DiskUse, number> {
  const counts = new Map<DiskUse, number>();
  let total = 0;
  for (const { samples } of intervals) {
    for (const { rows } of samples) {
      for (const { statementId, use } of rows) {
        if (use === null || !isDisk(use)) continue;
        const group = catalog.groupOf(statementId);
        if (group === null || !suspects.includes(group)) continue;
        counts.set(use, (counts.get(use) ?? 0) + 1);
        total += 1;
      }
    }
  }
  return new Map([...counts].toSorted().map(([kind, count]) => [kind, count / total]));
}
