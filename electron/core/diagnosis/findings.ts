import type { Caveat, Evidence, Finding } from '../../../shared/model/diagnosis.ts';
import { attribute, type Attribution } from './attribution.ts';
import { soundBlame, type BlameResult } from './blame.ts';
import { findBlocking, type Blocking } from './blocking.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { withoutSuspect } from './counterfactual.ts';
import { cureText } from './cure-text.ts';
import { sum } from './damage.ts';
import { gatherEvidence, overlapOnly } from './evidence.ts';
import { activityLine, bucketLength, exposureOf, type Exposure } from './exposure.ts';
import type { HistoryView } from './history-view.ts';
import type { Cores, DiagnosisInput, TimeWindow } from './input.ts';
import type { Interval } from './intervals.ts';
import { mayHaveIndex } from './lookup.ts';
import { standbyPrint } from './resources.ts';
import { canBeBlamed } from './roles.ts';
import type { SavingSummary } from './saving-summary.ts';
import { exactShare } from './share-interval.ts';
import type { StatisticalEvidence } from './statistical/statistical-evidence.ts';

/** Sessions, on average, from which a heavy statement that did no harm is listed as looked at and let go. */
const overlapSessions = 0.25;
const mostOverlaps = 5;
const sparkPoints = 40;

export interface FindingFacts {
  readonly window: TimeWindow;
  readonly blame: BlameResult;
  readonly statistics: StatisticalEvidence;
  readonly experiments: DiagnosisInput['experiments'];
  readonly cores: Cores;
  readonly catalog: Catalog;
  readonly intervals: readonly Interval[];
  readonly view: HistoryView;
  readonly saving: SavingSummary;
  readonly seed: number;
  readonly statisticsAvailable: boolean;
}

/** Suspects with a share of the damage, and heavy ones that merely overlapped with it; the largest share first. */
export function buildFindings(facts: FindingFacts): Finding[] {
  const { blame, catalog, intervals, view, window } = facts;
  const exposures = new Map<StatementGroup, Exposure>();
  const exposure = (group: StatementGroup): Exposure => {
    const known = exposures.get(group) ?? exposureOf(group, intervals, view.samples, window, catalog);
    exposures.set(group, known);
    return known;
  };
  const blocking = findBlocking(
    blame.intervals.flatMap(({ damage }) => damage.interval.samples),
    catalog,
  );
  const attributions = attribute({ ...facts, blocking, exposureOf: exposure });
  const named = new Set(attributions.flatMap(({ groups }) => groups));
  const active = sessionsByGroup(facts);
  const overlapping = catalog.groups
    .filter((group) => canBeBlamed(group) && group.class !== 'mixed' && !named.has(group))
    .map((group) => ({ group, sessions: active.get(group) ?? 0 }))
    .filter(({ sessions }) => sessions >= overlapSessions)
    .toSorted((a, b) => b.sessions - a.sessions)
    .slice(0, mostOverlaps);
  return [...attributions, ...overlapping.map(({ group }) => coincidence(group))].map(findingOf);

  function findingOf(attribution: Attribution): Finding {
    const { groups, grade, interval } = attribution;
    const [group] = groups;
    if (group === undefined) throw new Error('a finding without a statement');
    const seen = exposure(group);
    const share = exactShare(attribution.share);
    const bucketMs = bucketLength(window, sparkPoints, view.spacingMs);
    const evidence = evidenceOf(attribution, seen);
    const byLock = evidence[0]?.kind === 'lock';
    const helps = grade === 'D' ? null : cureText(group, byLock, blocking.get(group));
    const cured = grade === 'D' ? null : withoutSuspect(facts.saving, share);
    return {
      findingId: group.statement.statementId,
      statement: group.statement,
      members: groups.slice(1).map(({ statement }) => statement),
      // A transaction that stands idle with a lock does no OLTP work, whatever its last statement was.
      class: group.class === 'oltp' ? 'mixed' : group.class,
      blameShare: share,
      blameInterval: [Math.min(interval[0], share), Math.max(interval[1], share)],
      damageSeconds: attribution.share * blame.damageSeconds,
      grade,
      evidence,
      calls: seen.calls,
      meanMs: seen.meanMs,
      rowsPerCall: seen.rowsPerCall,
      blocksPerCall: seen.blocksPerCall,
      averageActiveSessions: sum(groups.map((one) => exposure(one).averageActiveSessions)),
      runBy: runBy(group, seen, blocking.get(group)),
      spark: activityLine(groups, view.samples, window, bucketMs, catalog),
      ifGoneMeanMs: cured?.meanMs ?? null,
      ifGoneP95Ms: cured?.p95Ms ?? null,
      caveats: [...(attribution.statistics?.caveats ?? []), ...neverBooked(seen)],
      cure: grade === 'D' || helps !== null ? 'leave' : cureFor(group, seen, window),
      ...(helps === null ? {} : { cureText: helps }),
    };
  }

  /** The pieces of evidence together credit no more than the finding's damage: the kind that graded it carries it. */
  function evidenceOf({ groups, grade, statistics, experiment, share, pointedAtSeconds }: Attribution, seen: Exposure) {
    const described = (piece: Evidence): Evidence => ({ ...piece, damageSeconds: 0 });
    const statistical = statistics?.supports === true ? [statistics.evidence] : [];
    const experimental = experiment === null ? [] : [experiment.evidence];
    const sound = grade === 'A' || grade === 'B';
    const shown = { ...facts, blame: sound ? soundBlame(blame) : blame, exposure: seen, blocking };
    const direct = pointedAtSeconds === 0 ? [] : gatherEvidence(groups, shown);
    if (grade === 'D') {
      // A lock that was seen once is no proof, but it is what was seen.
      const locks = direct.filter(({ kind }) => kind === 'lock');
      return [...experimental, ...locks, ...overlapOnly(seen)].map(described);
    }
    const others = direct.length === 0 ? overlapOnly(seen) : direct;
    const damageSeconds = share * blame.damageSeconds;
    if (grade === 'A') {
      // What is more than the experiment showed is carried by what was seen here.
      const proven = Math.min(damageSeconds, experiment?.evidence.damageSeconds ?? 0);
      const scale = pointedAtSeconds === 0 ? 0 : (damageSeconds - proven) / pointedAtSeconds;
      const proof = experimental.map((piece): Evidence => ({ ...piece, damageSeconds: proven }));
      const beyond = others.map((piece): Evidence => ({ ...piece, damageSeconds: piece.damageSeconds * scale }));
      return [...proof, ...beyond, ...statistical.map(described)];
    }
    if (pointedAtSeconds === 0) {
      const credited = statistical.map((piece): Evidence => ({ ...piece, damageSeconds }));
      return [...credited, ...[...experimental, ...others].map(described)];
    }
    // Where proven suspects took their part first, less is left for what direct evidence points at.
    const scale = damageSeconds / pointedAtSeconds;
    const credited = direct.map((piece): Evidence => ({ ...piece, damageSeconds: piece.damageSeconds * scale }));
    return [...credited, ...[...statistical, ...experimental].map(described)];
  }

  function neverBooked({ booked, runsSeen }: Exposure): Caveat[] {
    if (booked || runsSeen === 0 || !facts.statisticsAvailable) return [];
    return [
      {
        kind: 'evicted',
        text: 'it is missing from the statement statistics (cancelled, still running, or evicted): judged by activity samples alone',
      },
    ];
  }
}

const coincidence = (group: StatementGroup): Attribution => ({
  groups: [group],
  grade: 'D',
  share: 0,
  interval: [0, 0],
  pointedAtSeconds: 0,
  statistics: null,
  experiment: null,
});

function sessionsByGroup({ view, window, catalog }: FindingFacts): Map<StatementGroup, number> {
  const counts = new Map<StatementGroup, number>();
  let samples = 0;
  for (const { atMs, rows } of view.samples) {
    if (atMs < window.fromMs || atMs >= window.toMs) continue;
    samples += 1;
    for (const { statementId, use } of rows) {
      const group = use === null ? null : catalog.groupOf(statementId);
      if (group !== null) counts.set(group, (counts.get(group) ?? 0) + 1);
    }
  }
  return new Map([...counts].map(([group, count]) => [group, count / samples]));
}

function runBy({ statement, roleNames }: StatementGroup, { applicationNames }: Exposure, held?: Blocking): string[] {
  // Who held a lock in an idle transaction was not seen at work.
  const seen = new Set([...applicationNames, ...(held?.applicationNames ?? [])]);
  if (seen.size > 0) return [...seen].toSorted();
  return statement.applicationNames.length > 0 ? statement.applicationNames : [...roleNames];
}

function cureFor(group: StatementGroup, { calls, rowsPerCall }: Exposure, window: TimeWindow): Finding['cure'] {
  if (group.groupId === standbyPrint) return 'leave';
  switch (group.class) {
    case 'reporting':
      return group.kind === 'refresh' ? 'reschedule' : 'read_model';
    case 'batch':
    case 'maintenance':
      return 'reschedule';
    case 'mixed':
      if (group.kind !== 'read') return 'leave';
      if (group.aggregates) return 'read_model';
      return mayHaveIndex(group.statement, {
        perHour: (calls * 3_600_000) / (window.toMs - window.fromMs),
        rowsPerCall: rowsPerCall ?? 0,
        aggregates: group.aggregates,
      })
        ? 'index'
        : 'leave';
    case 'oltp':
      return 'leave';
  }
}
