import type { Grade } from '../../../shared/model/diagnosis.ts';
import { blameSeconds, lockSeconds, queuedSeconds, soundBlame, type BlameResult } from './blame.ts';
import type { Blocking } from './blocking.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { sum } from './damage.ts';
import { experimentEvidence, type ExperimentEvidence } from './experiment/experiment-evidence.ts';
import type { Exposure } from './exposure.ts';
import type { DiagnosisInput } from './input.ts';
import { certainPart, looksInQueues } from './looks-in-queues.ts';
import type { SavingSummary } from './saving-summary.ts';
import { shareInterval } from './share-interval.ts';
import type { StatisticalEvidence, SuspectStatistics } from './statistical/statistical-evidence.ts';

/** One suspect, or several that cannot be told apart, with the part of the damage that it answers for. */
export interface Attribution {
  /** The heaviest first. */
  readonly groups: readonly StatementGroup[];
  readonly grade: Grade;
  /** Of the damage, 0..1; all together at most 1. Nothing for a coincidence. */
  readonly share: number;
  readonly interval: readonly [number, number];
  /** Seconds of damage that direct evidence points at, also where it is too weak for a grade; for B the sound part. */
  readonly pointedAtSeconds: number;
  readonly statistics: SuspectStatistics | null;
  readonly experiment: ExperimentEvidence | null;
}

export interface AttributionFacts {
  readonly blame: BlameResult;
  readonly statistics: StatisticalEvidence;
  readonly experiments: DiagnosisInput['experiments'];
  readonly saving: SavingSummary;
  readonly seed: number;
  readonly catalog: Catalog;
  readonly blocking: ReadonlyMap<StatementGroup, Blocking>;
  exposureOf(group: StatementGroup): Exposure;
}

/** A smaller share of the damage is not worth a name. */
export const leastShare = 0.02;
/** One look may be an accident. */
const leastSamples = 2;
/** Statistics alone are asked only about damage that nobody was seen to do: this part of it at least. */
const leastUnexplained = 0.2;
/** With a smaller part of the heaviest one's harm, direct evidence tells a suspect from those it always runs with. */
const decisivePart = 0.25;
/** Fewer compared days make no group: in one morning everything begins at about eight. */
const daysForGroup = 3;

/**
 * Who answers for how much. An experiment proves (A); being seen to fill a saturated queue or to hold a lock is direct
 * (B), unless the suspect always runs at the same clock time; going with the slowdown over many runs is statistical
 * (C), for what is left unexplained; everything else was there by coincidence (D).
 */
export function attribute(facts: AttributionFacts): Attribution[] {
  const { blame, statistics } = facts;
  const seconds = new Map<StatementGroup, number>();
  for (const { bySuspect } of blame.intervals) {
    for (const [group, own] of bySuspect) seconds.set(group, (seconds.get(group) ?? 0) + blameSeconds(own));
  }
  const suspects = new Set([
    ...[...seconds].filter(([, own]) => own >= leastShare * blame.damageSeconds).map(([group]) => group),
    ...[...statistics.bySuspect.values()].filter(({ supports }) => supports).map(({ group }) => group),
    ...statisticsGroupsProven(facts),
  ]);
  const claims = together([...suspects], seconds, statistics).map((groups) => claimOf(groups, seconds, facts));
  return limited(claims).toSorted(
    (a, b) =>
      b.share - a.share ||
      b.pointedAtSeconds - a.pointedAtSeconds ||
      ((a.groups[0]?.groupId ?? '') < (b.groups[0]?.groupId ?? '') ? -1 : 1),
  );
}

/** Suspects of a proven experiment that were active in the window, whatever else speaks against them. */
const statisticsGroupsProven = (facts: AttributionFacts): StatementGroup[] =>
  [...facts.statistics.bySuspect.keys()].filter((group) => experimentOf(group, facts)?.proven);

const experimentOf = (group: StatementGroup, { experiments, saving, exposureOf }: AttributionFacts) =>
  experimentEvidence(group, exposureOf(group).averageActiveSessions, experiments, saving);

/** Sets of suspects that are blamed as one: always together over days, and not told apart by what they were seen to do. */
function together(
  suspects: readonly StatementGroup[],
  seconds: ReadonlyMap<StatementGroup, number>,
  statistics: StatisticalEvidence,
): StatementGroup[][] {
  const secondsOf = (group: StatementGroup) => seconds.get(group) ?? 0;
  const left = new Set(suspects.toSorted((a, b) => secondsOf(b) - secondsOf(a) || (a.groupId < b.groupId ? -1 : 1)));
  const sets = statistics.days < daysForGroup ? [] : statistics.groups;
  return [...left].flatMap((group) => {
    if (!left.delete(group)) return [];
    const set = new Set(sets.find((members) => members.includes(group)) ?? []);
    const others = [...left].filter((other) => set.has(other) && secondsOf(other) >= decisivePart * secondsOf(group));
    for (const other of others) left.delete(other);
    return [[group, ...others]];
  });
}

function claimOf(
  groups: readonly StatementGroup[],
  seconds: ReadonlyMap<StatementGroup, number>,
  facts: AttributionFacts,
): Attribution {
  const { blame, seed } = facts;
  const [heaviest] = groups;
  if (heaviest === undefined) throw new Error('nobody is suspected');
  const statistics = facts.statistics.bySuspect.get(heaviest) ?? null;
  const experiment = groups.map((group) => experimentOf(group, facts)).find((one) => one !== null) ?? null;
  const pointedAtSeconds = sum(groups.map((group) => seconds.get(group) ?? 0));
  const common = { groups, statistics, experiment, pointedAtSeconds };
  const sound = soundBlame(blame);
  const soundSeconds = sum(
    sound.intervals.map(({ bySuspect }) => sum(groups.map((one) => blameSeconds(bySuspect.get(one))))),
  );
  const enoughLooks = looksAt(groups, facts) >= leastSamples;
  const intervalOf = ({ intervals }: BlameResult) =>
    shareInterval(
      intervals.map(({ damage, bySuspect }) => ({
        blamed: sum(groups.map((group) => blameSeconds(bySuspect.get(group)))),
        damage: damage.seconds,
      })),
      runsSeen(facts, seconds),
      seed,
    );
  if (experiment?.proven === true) {
    // What it was seen to do here counts where that is more than it did on the mornings of the experiment.
    const seen = enoughLooks ? soundSeconds / blame.damageSeconds : 0;
    const share = Math.max(experiment.share, seen);
    const interval = seen > experiment.share ? intervalOf(sound) : experiment.interval;
    if (share >= leastShare) return { ...common, pointedAtSeconds: soundSeconds, grade: 'A', share, interval };
  }
  // A lock names its holder, whatever the clock says.
  const byLock = sum(groups.map((group) => lockSeconds(blame, group))) > soundSeconds / 2;
  const untold = statistics?.identifiable === false && !byLock;
  const [grade, shown, shownSeconds] = untold
    ? (['C', blame, pointedAtSeconds] as const)
    : (['B', sound, soundSeconds] as const);
  const share = shownSeconds / blame.damageSeconds;
  if (share >= leastShare && enoughLooks && certainSeconds(groups, shown, facts) >= leastShare * blame.damageSeconds) {
    return { ...common, pointedAtSeconds: shownSeconds, grade, share, interval: intervalOf(shown) };
  }
  if (statistics?.supports === true) {
    return { ...common, grade: 'C', share: statistics.share, interval: statistics.interval };
  }
  return { ...common, grade: 'D', share: 0, interval: [0, 0] };
}

/**
 * Damage that is no accident of a few looks. A harmless report that was met on a processor in two looks of twenty, in
 * between its naps, had three hundredths of a morning to answer for.
 */
function certainSeconds(
  groups: readonly StatementGroup[],
  { intervals }: BlameResult,
  { catalog }: AttributionFacts,
): number {
  let all = 0;
  let queued = 0;
  for (const { bySuspect } of intervals) {
    for (const group of groups) {
      all += blameSeconds(bySuspect.get(group));
      queued += queuedSeconds(bySuspect.get(group));
    }
  }
  return all - queued * (1 - certainPart(looksInQueues(groups, intervals, catalog)));
}

/** Shares cannot add up to more than all of it: what is better known goes first. */
function limited(claims: readonly Attribution[]): Attribution[] {
  const rankOf = ({ grade, pointedAtSeconds }: Attribution) =>
    grade === 'A' ? 0 : grade === 'D' ? 3 : pointedAtSeconds > 0 ? 1 : 2;
  let left = 1;
  const kept: Attribution[] = [];
  for (const rank of [0, 1, 2, 3]) {
    const ranked = claims.filter((claim) => rankOf(claim) === rank);
    const asked = sum(ranked.map(({ share }) => share));
    const idle = rank === 2 && left < leastUnexplained;
    const scale = idle ? 0 : asked > left ? left / asked : 1;
    for (const claim of ranked) {
      const share = claim.share * scale;
      const [low, high] = claim.interval;
      kept.push(
        share < leastShare && claim.grade === 'C'
          ? { ...claim, grade: 'D', share: 0, interval: [0, 0] }
          : { ...claim, share, interval: [Math.min(low * scale, share), Math.max(high * scale, share)] },
      );
    }
    left = Math.max(0, left - asked * scale);
  }
  return kept;
}

/** Who holds a lock in an idle transaction is never seen at work: its waiters are the looks at it. */
const looksAt = (groups: readonly StatementGroup[], { blocking, exposureOf }: AttributionFacts): number =>
  Math.max(...groups.map((group) => Math.max(exposureOf(group).samplesSeen, blocking.get(group)?.samples ?? 0)));

/** Distinct executions that all shares were read from. */
function runsSeen({ blame, blocking, exposureOf }: AttributionFacts, seconds: ReadonlyMap<StatementGroup, number>) {
  const accused = [...seconds].filter(([, own]) => own >= leastShare * blame.damageSeconds);
  return sum(accused.map(([group]) => exposureOf(group).runsSeen + (blocking.get(group)?.samples ?? 0)));
}
