import type { Baseline } from './baseline.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { averageSessions, type Interval } from './intervals.ts';
import type { SeenRow } from './history-view.ts';
import type { Cores } from './input.ts';
import { isDisk, isFile, type DiskUse, type ResourceUse } from './resources.ts';
import { canBeBlamed, pilesUp } from './roles.ts';

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
   * The queue for the processors as it may be in truth. A session that waits for a file often has it copied from the
   * operating system's cache, by itself or by an io worker (18), and that takes a processor: three scans of a table
   * beyond shared_buffers kept two cores busy with 0.8 sessions on cpu and 3.1 in AioIoCompletion. Its saturation is
   * what it adds to that of `cpu`: readers are held responsible only for what workers cannot account for.
   */
  readonly copying: Pressure;
  /**
   * (sessions on cpu + 1 - cores)+ / cores, averaged over the samples: how often a call that arrives waits for a whole
   * turn of the run queue.
   */
  readonly turns: number;
  /** The same with the sessions that wait for files. */
  readonly copyingTurns: number;
}

/** Average sessions in one queue while it was quiet: what always runs does not explain a bad morning. */
interface UsualQueue {
  readonly sessions: number;
  /** Of them, OLTP. */
  readonly oltp: number;
  readonly byGroup: ReadonlyMap<StatementGroup, number>;
}
export type UsualPressure = Readonly<Record<Queue | 'copying', UsualQueue>>;

/**
 * Sessions on the processors over cores: from the first on the queue counts as filling, at the second it is full. With
 * just as many sessions as cores nobody waits, unless somebody outside of PostgreSQL works too.
 */
const cpuRamp = [0.9, 1.2] as const;
/** The disk is full when somebody always waits for it, and more than usual. */
const diskRamp = [0.5, 1] as const;
const diskGrowth = 2;

export function usualPressure(baseline: Baseline, catalog: Catalog): UsualPressure {
  const all = { samples: baseline.intervals.flatMap(({ samples }) => samples) };
  const usualOf = (counted: (use: ResourceUse) => boolean): UsualQueue => {
    const byGroup = sessionsByGroup(all, counted, catalog);
    let oltp = 0;
    for (const [group, sessions] of byGroup) if (pilesUp(group)) oltp += sessions;
    return { sessions: averageSessions(all, ({ use }) => use !== null && counted(use)) ?? 0, oltp, byGroup };
  };
  return {
    cpu: usualOf((use) => use === 'cpu'),
    disk: usualOf(isDisk),
    copying: usualOf((use) => use === 'cpu' || isFile(use)),
  };
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
  const diskQueue = queueIn(interval, 'disk', catalog, { surge, intrinsic: usual.disk.oltp });
  const usualDisk = usual.disk.sessions;
  const readers = sessionsByGroup(interval, isFile, catalog);
  const copying = withReaders(cpuQueue, readers);
  const saturationOf = ({ sessions }: QueueInInterval) =>
    cores.value === null ? 0 : ramp(sessions / cores.value, cpuRamp);
  const cpuSaturation = saturationOf(cpuQueue);
  const turns = (uses: (use: ResourceUse) => boolean) =>
    cores.value === null ? 0 : averageTurns(interval, cores.value, { oltp: cpuQueue.oltp, uses, catalog });
  return {
    cpu: {
      sessions: cpuQueue.sessions,
      saturation: cpuSaturation,
      shares: sharesOf(cpuQueue, usual.cpu),
    },
    disk: {
      sessions: diskQueue.sessions,
      saturation: diskQueue.sessions > diskGrowth * usualDisk ? ramp(diskQueue.sessions, diskRamp) : 0,
      shares: sharesOf(diskQueue, usual.disk),
    },
    copying: {
      sessions: copying.sessions,
      saturation: saturationOf(copying) - cpuSaturation,
      shares: sharesOf(copying, usual.copying),
    },
    turns: turns((use) => use === 'cpu'),
    copyingTurns: turns((use) => use === 'cpu' || isFile(use)),
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
  const byGroup = sessionsByGroup(interval, (use) => queueOf(use) === queue, catalog);
  let victims = 0;
  for (const [group, sessions] of byGroup) if (pilesUp(group)) victims += sessions;
  const oltp = victims - Math.max(0, victims - intrinsic) * (1 - surge);
  return { sessions: all - victims + oltp, oltp, byGroup };
}

function withReaders(queue: QueueInInterval, readers: ReadonlyMap<StatementGroup, number>): QueueInInterval {
  const byGroup = new Map(queue.byGroup);
  let sessions = queue.sessions;
  for (const [group, own] of readers) {
    // A victim that reads piles up like one that waits for its processor.
    if (pilesUp(group)) continue;
    sessions += own;
    byGroup.set(group, (byGroup.get(group) ?? 0) + own);
  }
  return { ...queue, sessions, byGroup };
}

/**
 * Damage is what comes on top of the usual, so it is shared among what comes on top of the usual: OLTP's ordinary work
 * is part of the usual latency already, and takes a share only as far as there is more of it than usual.
 */
function sharesOf({ sessions, oltp, byGroup }: QueueInInterval, usual: UsualQueue): Map<StatementGroup, number> {
  const beyond = new Map<StatementGroup, number>();
  let suspects = 0;
  for (const [group, own] of byGroup) {
    const beyondUsual = own - (usual.byGroup.get(group) ?? 0);
    if (!canBeBlamed(group) || beyondUsual <= 0) continue;
    beyond.set(group, beyondUsual);
    suspects += beyondUsual;
  }
  // Sessions that nobody may see are in the queue too.
  const others = Math.max(suspects, sessions - oltp - (usual.sessions - usual.oltp));
  const all = others + Math.max(0, oltp - usual.oltp);
  return new Map([...beyond].map(([group, own]) => [group, own / all]));
}

const inQueue =
  (queue: Queue) =>
  ({ use }: SeenRow): boolean =>
    use !== null && queueOf(use) === queue;

function sessionsByGroup(
  { samples }: Pick<Interval, 'samples'>,
  counted: (use: ResourceUse) => boolean,
  catalog: Catalog,
): Map<StatementGroup, number> {
  const counts = new Map<StatementGroup, number>();
  for (const { rows } of samples) {
    for (const { statementId, use } of rows) {
      const group = use !== null && counted(use) ? catalog.groupOf(statementId) : null;
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

function averageTurns(
  { samples }: Interval,
  cores: number,
  { oltp, uses, catalog }: { oltp: number; uses: (use: ResourceUse) => boolean; catalog: Catalog },
): number {
  if (samples.length === 0) return 0;
  const turns = samples.map(({ rows }) => {
    const others = rows.filter(({ statementId, use }) => {
      if (use === null || !uses(use)) return false;
      const group = catalog.groupOf(statementId);
      return group === null || !pilesUp(group);
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
