import type { Finding } from '../../../shared/model/diagnosis.ts';
import { blameSeconds, type BlameResult } from './blame.ts';
import { findBlocking } from './blocking.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { sum } from './damage.ts';
import { directSeconds, gatherEvidence, overlapOnly } from './evidence.ts';
import { activityLine, bucketLength, exposureOf, type Exposure } from './exposure.ts';
import type { HistoryView } from './history-view.ts';
import type { Cores, TimeWindow } from './input.ts';
import type { Interval } from './intervals.ts';
import { canBeBlamed } from './roles.ts';
import { withoutSuspect } from './counterfactual.ts';
import type { SavingSummary } from './saving-summary.ts';
import { exactShare, shareInterval } from './share-interval.ts';

/** A smaller share of the damage is not worth a name. */
const leastShare = 0.02;
/** One look may be an accident. */
const leastSamples = 2;
/** Sessions, on average, from which a heavy statement that did no harm is listed as looked at and let go. */
const overlapSessions = 0.25;
const mostOverlaps = 5;
const sparkPoints = 40;

export interface FindingFacts {
  readonly window: TimeWindow;
  readonly blame: BlameResult;
  readonly cores: Cores;
  readonly catalog: Catalog;
  readonly intervals: readonly Interval[];
  readonly view: HistoryView;
  readonly saving: SavingSummary;
  readonly seed: number;
}

/** Suspects with a share of the damage, and heavy ones that merely overlapped with it; the largest share first. */
export function buildFindings(facts: FindingFacts): Finding[] {
  const { blame, catalog, intervals, view, window } = facts;
  const blamed = new Map<StatementGroup, number>();
  for (const { bySuspect } of blame.intervals) {
    for (const [group, own] of bySuspect) blamed.set(group, (blamed.get(group) ?? 0) + blameSeconds(own));
  }
  const exposure = (group: StatementGroup) => exposureOf(group, intervals, view.samples, window, catalog);
  const accused = [...blamed].filter(([, seconds]) => seconds / blame.damageSeconds >= leastShare);
  const named = new Set(accused.map(([group]) => group));
  const overlapping = catalog.groups
    .filter((group) => canBeBlamed(group) && group.class !== 'mixed' && !named.has(group))
    .map((group) => ({ group, exposure: exposure(group) }))
    .filter(({ exposure: { averageActiveSessions } }) => averageActiveSessions >= overlapSessions)
    .toSorted((a, b) => b.exposure.averageActiveSessions - a.exposure.averageActiveSessions)
    .slice(0, mostOverlaps);
  const blocking = findBlocking(
    blame.intervals.flatMap(({ damage }) => damage.interval.samples),
    catalog,
  );
  const runsSeen = sum(accused.map(([group]) => exposure(group).runsSeen + (blocking.get(group)?.samples ?? 0)));
  const findings = [
    ...accused.map(([group, seconds]) => findingOf(group, seconds, exposure(group))),
    ...overlapping.map((one) => findingOf(one.group, 0, one.exposure)),
  ];
  return findings.toSorted(
    (a, b) => b.blameShare - a.blameShare || (a.statement.statementId < b.statement.statementId ? -1 : 1),
  );

  function findingOf(group: StatementGroup, damageSeconds: number, seen: Exposure): Finding {
    const share = exactShare(damageSeconds / blame.damageSeconds);
    const interval = shareInterval(
      blame.intervals.map(({ damage, bySuspect }) => ({
        blamed: damageSeconds === 0 ? 0 : blameSeconds(bySuspect.get(group)),
        damage: damage.seconds,
      })),
      runsSeen,
      facts.seed,
    );
    const held = blocking.get(group);
    // Who holds a lock in an idle transaction is never seen at work: its waiters are the looks at it.
    const looks = Math.max(seen.samplesSeen, held?.samples ?? 0);
    const direct = damageSeconds === 0 ? 0 : directSeconds(blame, group) / blame.damageSeconds;
    const grade = direct >= leastShare && looks >= leastSamples ? 'B' : 'D';
    const bucketMs = bucketLength(window, sparkPoints, view.spacingMs);
    const cured = damageSeconds === 0 || grade === 'D' ? null : withoutSuspect(facts.saving, share);
    return {
      findingId: group.statement.statementId,
      statement: group.statement,
      members: [],
      // A transaction that stands idle with a lock does no OLTP work, whatever its last statement was.
      class: group.class === 'oltp' ? 'mixed' : group.class,
      blameShare: share,
      blameInterval: [Math.min(interval[0], share), Math.max(interval[1], share)],
      damageSeconds,
      grade,
      evidence:
        damageSeconds === 0 ? overlapOnly(seen) : gatherEvidence(group, { ...facts, exposure: seen, blocking: held }),
      calls: seen.calls,
      meanMs: seen.meanMs,
      rowsPerCall: seen.rowsPerCall,
      blocksPerCall: seen.blocksPerCall,
      averageActiveSessions: seen.averageActiveSessions,
      runBy: runBy(group, seen),
      spark: activityLine(group, view.samples, window, bucketMs, catalog),
      ifGoneMeanMs: cured?.meanMs ?? null,
      ifGoneP95Ms: cured?.p95Ms ?? null,
      caveats: [],
      cure: grade === 'D' ? 'leave' : cureFor(group),
    };
  }
}

function runBy({ statement, roleNames }: StatementGroup, { applicationNames }: Exposure): string[] {
  if (applicationNames.length > 0) return [...applicationNames];
  return statement.applicationNames.length > 0 ? statement.applicationNames : [...roleNames];
}

function cureFor(group: StatementGroup): Finding['cure'] {
  switch (group.class) {
    case 'reporting':
      return group.kind === 'refresh' ? 'reschedule' : 'read_model';
    case 'batch':
    case 'maintenance':
      return 'reschedule';
    case 'mixed':
      return group.kind === 'read' ? (group.aggregates ? 'read_model' : 'index') : 'leave';
    case 'oltp':
      return 'leave';
  }
}
