import type { Caveat, Evidence } from '../../../../shared/model/diagnosis.ts';
import type { Baseline } from '../baseline.ts';
import type { StatementGroup } from '../catalog.ts';
import type { DiagnosisInput, TimeWindow } from '../input.ts';
import { canBeBlamed } from '../roles.ts';
import type { Study } from '../study.ts';
import { daysPanel, fewestDays } from './days-panel.ts';
import { eventStudy, leadPlacebo, spellsOf, type EventStudy, type LeadPlacebo } from './event-study.ts';
import { negativeControl, workRefit, type Guard, type Refit } from './guards.ts';
import { clockDependence, collinearSets, type ClockDependence } from './identifiability.ts';
import { morningPanel, sessionsOf } from './morning-panel.ts';
import { mergeColumns, type Panel, type PanelColumn } from './panel.ts';
import { adjustedForMany, dayOrderP, shiftP } from './permutation.ts';
import { Regression, residuals, type ColumnShare } from './regression.ts';
import { caveatsOf, evidenceText } from './wording.ts';
import { workDone, type Done } from './work-done.ts';

export interface StatisticalFacts {
  readonly input: Pick<DiagnosisInput, 'days' | 'calendar' | 'timeZone'>;
  readonly studied: Study;
  readonly window: TimeWindow;
  readonly baseline: Baseline;
  /** Damage in the window, as `measureDamage` has it. */
  readonly damageSeconds: number;
  readonly seed: number;
  /** Looked at in any case, besides the suspects that were most active. */
  readonly candidates?: ReadonlySet<StatementGroup>;
}

/** What goes with the slowdown, and how well that holds. Suspects that cannot be told apart share all numbers. */
export interface SuspectStatistics {
  readonly group: StatementGroup;
  readonly basis: Panel['kind'];
  /** Part of the window's damage that goes with its activity, 0..1. */
  readonly share: number;
  readonly interval: readonly [number, number];
  /** By permutation, adjusted for the number of suspects that were looked at (Holm). */
  readonly p: number;
  /** Separate spells of activity. */
  readonly runs: number;
  /** The slowdown does not begin before it. */
  readonly leadPlacebo: Guard;
  /** What it did (and not how long it took) goes with the slowdown as well: else everything was slow, it too. */
  readonly workRefit: Refit;
  /** OLTP's own load, which it cannot raise, does not go with its activity. */
  readonly negativeControl: Guard;
  readonly identifiable: boolean;
  /** Of the days that were compared. */
  readonly daysActive: number;
  /** R^2 of its activity on the clock; 0 in one morning. */
  readonly clockShare: number;
  readonly collinearWith: readonly StatementGroup[];
  readonly caveats: readonly Caveat[];
  /** Enough for grade C. */
  readonly supports: boolean;
  readonly evidence: Evidence;
  readonly eventStudy: EventStudy | null;
}

export interface StatisticalEvidence {
  readonly bySuspect: ReadonlyMap<StatementGroup, SuspectStatistics>;
  /** Suspects that cannot be told apart, at least two in each, the most active first. */
  readonly groups: readonly (readonly StatementGroup[])[];
  /** Days that were compared; 1 for one morning. */
  readonly days: number;
}

/** Sessions on average in the window below which nobody can have slowed down everybody. */
const leastExposure = 0.02;
const mostSuspects = 12;
const significant = 0.05;
const fewestRuns = 3;
const fewestRows = 3;
const leastShare = 0.02;

/**
 * Statistical evidence over several days for suspects that ran on three of them, else over one morning and what is
 * stored around it. Measures association and tries to break it (04-diagnosis, "Statistical evidence"); never says
 * "caused".
 */
export function statisticalEvidence(facts: StatisticalFacts): StatisticalEvidence {
  const suspects = chooseSuspects(facts);
  if (suspects.length === 0 || facts.damageSeconds <= 0) return { bySuspect: new Map(), groups: [], days: 1 };
  const { input, studied, baseline, window } = facts;
  const done = workDone(suspects, studied);
  const inMinutes = new Map([...done].filter(([group]) => isInMinutes(group, input)));
  const daily = daysPanel(input, studied, baseline, window, inMinutes);
  const overDays =
    daily === null ? [] : examine(daily, done, facts).filter(({ daysActive }) => daysActive >= fewestDays);
  const told = new Set(overDays.map(({ group }) => group));
  const others = suspects.filter((group) => !told.has(group));
  const morning = others.length === 0 ? null : morningPanel(studied, baseline, window, done);
  const oneMorning = morning === null || morning.rows.length < fewestRows ? [] : examine(morning, done, facts);
  const all = [...overDays, ...oneMorning.filter(({ group }) => !told.has(group))];
  return {
    bySuspect: new Map(all.map((one) => [one.group, one])),
    groups: groupsOf(all),
    days: daily?.days ?? 1,
  };
}

/** The diagnosis does not know background processes in stored minutes: they would seem to be absent on earlier days. */
const isInMinutes = ({ statement }: StatementGroup, { days = [] }: Pick<DiagnosisInput, 'days'>): boolean =>
  days.length === 0 || !statement.statementId.startsWith('backend:');

function groupsOf(all: readonly SuspectStatistics[]): StatementGroup[][] {
  const grouped = new Set<StatementGroup>();
  return all.flatMap(({ group, collinearWith }) => {
    if (collinearWith.length === 0 || grouped.has(group)) return [];
    const members = [group, ...collinearWith];
    for (const member of members) grouped.add(member);
    return [members];
  });
}

/** The most active first. */
function chooseSuspects({ studied, window, candidates }: StatisticalFacts): StatementGroup[] {
  const { catalog, view } = studied;
  const possible = catalog.groups.filter(canBeBlamed);
  const inside = view.samples.filter(({ atMs }) => atMs >= window.fromMs && atMs < window.toMs);
  const exposures = sessionsOf(possible, [inside], catalog);
  return possible
    .map((group, index) => ({ group, sessions: exposures[index]?.[0] ?? 0, wanted: candidates?.has(group) === true }))
    .filter(({ sessions, wanted }) => sessions >= leastExposure || (wanted && sessions > 0))
    .toSorted((a, b) => Number(b.wanted) - Number(a.wanted) || b.sessions - a.sessions)
    .slice(0, mostSuspects)
    .toSorted((a, b) => b.sessions - a.sessions)
    .map(({ group }) => group);
}

interface Examined {
  readonly share: ColumnShare;
  readonly p: number;
  readonly lead: LeadPlacebo;
  readonly workRefit: Refit;
  readonly negativeControl: Guard;
  readonly clock: ClockDependence;
  readonly runs: number;
  readonly executions: number;
}

function examine(
  apart: Panel,
  done: ReadonlyMap<StatementGroup, Done>,
  { damageSeconds, seed }: StatisticalFacts,
): SuspectStatistics[] {
  const panel = mergeColumns(apart, collinearSets(apart));
  const regression = new Regression(panel);
  const shares = regression.shares(damageSeconds, seed);
  const allSlowdown = residuals(panel, regression.fit(new Set(panel.columns.keys())));
  const examined = panel.columns.map((column, index): Examined => {
    // What the others explain cannot speak against this one.
    const slowdown = residuals(panel, regression.fit(new Set([index])));
    const share = shares[index] ?? { share: 0, interval: [0, 0] };
    return {
      share,
      p:
        panel.kind === 'days'
          ? dayOrderP(panel, slowdown, column.exposure, seed + index)
          : shiftP(panel, slowdown, column.exposure),
      lead: leadPlacebo(panel, slowdown, column.exposure),
      workRefit: workRefit(panel, allSlowdown, index),
      negativeControl: negativeControl(panel, regression, index),
      clock: clockDependence(panel, column.exposure),
      runs: spellsOf(panel, column.exposure).length,
      executions: column.groups.reduce((sum, group) => sum + (done.get(group)?.executions ?? 0), 0),
    };
  });
  const adjusted = adjustedForMany(examined.map(({ p }) => p));
  return panel.columns.flatMap((column, index) => {
    const own = examined[index];
    if (own === undefined) throw new Error('a suspect was not examined');
    return describe(panel, column, { ...own, p: adjusted[index] ?? 1 }, damageSeconds);
  });
}

function describe(panel: Panel, column: PanelColumn, own: Examined, damageSeconds: number): SuspectStatistics[] {
  const { share, p, lead, clock, runs } = own;
  const supports =
    p <= significant &&
    share.share >= leastShare &&
    share.interval[0] > 0 &&
    runs >= fewestRuns &&
    lead.outcome !== 'failed' &&
    own.workRefit !== 'disagrees' &&
    own.negativeControl !== 'failed' &&
    clock.identifiable;
  const study = eventStudy(panel, column.exposure);
  return column.groups.map((group) => {
    const collinearWith = column.groups.filter((other) => other !== group);
    const numbers = { p, runs, share: share.share, days: panel.days, daysActive: clock.daysActive };
    return {
      group,
      basis: panel.kind,
      share: share.share,
      interval: share.interval,
      p,
      runs,
      leadPlacebo: lead.outcome,
      workRefit: own.workRefit,
      negativeControl: own.negativeControl,
      identifiable: clock.identifiable,
      daysActive: clock.daysActive,
      clockShare: panel.kind === 'days' ? clock.clockShare : 0,
      collinearWith,
      caveats: caveatsOf({ ...own, collinearWith }),
      supports,
      evidence: {
        kind: 'statistical',
        damageSeconds: share.share * damageSeconds,
        share: share.share,
        text: evidenceText(panel.kind, numbers),
      },
      eventStudy: study,
    };
  });
}
