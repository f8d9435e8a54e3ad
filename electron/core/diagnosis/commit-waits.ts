import type { Baseline } from './baseline.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import type { SeenRow } from './history-view.ts';
import { averageSessions, type Interval } from './intervals.ts';
import { saversOf } from './savers.ts';
import { savingTime, type SaveUnit } from './saves.ts';

/**
 * A victim of its own: a COMMIT waits until the log is on disk, and no statement clock runs then
 * (pg_stat_statements books a COMMIT before it is done). Under a bulk import 1.7 sessions on average stood in COMMIT,
 * against 0.1 in quiet times, and that was half of what saving had lost. Only samples see it: by Little's law, sessions
 * in COMMIT times seconds are seconds of waiting.
 */
export const commits: StatementGroup = {
  groupId: 'the end of a transaction',
  statement: {
    statementId: 'commits',
    databaseName: null,
    roleName: null,
    queryid: null,
    toplevel: true,
    text: 'commit',
    fingerprint: 'commits',
    class: 'oltp',
    classSource: 'score',
    applicationNames: [],
    widgetId: null,
  },
  class: 'oltp',
  kind: 'control',
  aggregates: false,
  roleNames: [],
  toplevel: true,
  hidden: false,
};

export type IsCommit = (seen: SeenRow) => boolean;

/** A row of a saver that begins or ends its transaction at this moment. */
export function savingCommits(catalog: Catalog): IsCommit {
  const savers = saversOf(catalog);
  return ({ statementId, use, row }) =>
    use !== null && catalog.groupOf(statementId)?.kind === 'control' && savers(row.databaseName, row.roleName);
}

export interface CommitTime {
  /** Seconds that savers stood in COMMIT. */
  readonly spentSeconds: number;
  readonly expectedSeconds: number;
  /** Beyond the expected; none of it while the samples may have met it by chance. */
  readonly waitedSeconds: number;
}

/** Standard deviations (of the number of looks that meet somebody in COMMIT) from which waiting is no accident. */
const deviations = 2;
const fewestLooks = 3;

/** What one save usually takes for its COMMIT, ms; null without saves or samples. */
export function usualCommitMs({ intervals }: Baseline, catalog: Catalog, unit: SaveUnit): number | null {
  const isCommit = savingCommits(catalog);
  let seconds = 0;
  let saves = 0;
  for (const interval of intervals) {
    const sessions = averageSessions(interval, isCommit);
    if (sessions === null || unit.kind !== 'saves') continue;
    seconds += sessions * interval.seconds;
    saves += savingTime(interval, unit).saves;
  }
  return saves === 0 ? null : (seconds * 1000) / saves;
}

/**
 * Time in COMMIT by interval. A sample sees few of them, so the waiting is measured over all intervals together, and
 * divided by where it was seen.
 */
export function commitTimes(
  intervals: readonly Interval[],
  baseline: Baseline,
  catalog: Catalog,
  unit: SaveUnit,
): CommitTime[] {
  const usualMs = usualCommitMs(baseline, catalog, unit);
  const isCommit = savingCommits(catalog);
  const times = intervals.map((interval) => {
    const sessions = averageSessions(interval, isCommit) ?? 0;
    const expectedSeconds = ((usualMs ?? 0) * savingTime(interval, unit).saves) / 1000;
    return { spentSeconds: sessions * interval.seconds, expectedSeconds, interval };
  });
  let looks = 0;
  let expectedLooks = 0;
  let waited = 0;
  let beyond = 0;
  for (const { spentSeconds, expectedSeconds, interval } of times) {
    const perSecond = interval.samples.length / interval.seconds;
    looks += spentSeconds * perSecond;
    expectedLooks += expectedSeconds * perSecond;
    waited += spentSeconds - expectedSeconds;
    beyond += Math.max(0, spentSeconds - expectedSeconds);
  }
  const real = usualMs !== null && looks - expectedLooks > deviations * Math.sqrt(expectedLooks) + fewestLooks;
  const part = real && beyond > 0 ? Math.max(0, waited) / beyond : 0;
  return times.map(({ spentSeconds, expectedSeconds }) => ({
    spentSeconds,
    expectedSeconds,
    waitedSeconds: Math.max(0, spentSeconds - expectedSeconds) * part,
  }));
}
