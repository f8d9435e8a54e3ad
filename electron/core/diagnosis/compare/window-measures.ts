import type { Grade, Verdict } from '../../../../shared/model/diagnosis.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import type { StatementGroup } from '../catalog.ts';
import { samplesWithin } from '../history-view.ts';
import type { DiagnosisInput } from '../input.ts';
import { overlapShare } from '../intervals.ts';
import { canBeBlamed } from '../roles.ts';
import { study } from '../study.ts';

/** One statement in one window. Blame and damage of a statement that several roles ran are split by what each did. */
export interface Measure {
  readonly statement: Statement;
  /** Of the kind that can be blamed at all: neither OLTP nor the frame of a transaction. */
  readonly suspect: boolean;
  readonly firstSeenAtMs: number;
  readonly calls: number;
  readonly meanMs: number | null;
  readonly averageActiveSessions: number;
  readonly blameShare: number;
  readonly grade: Grade | null;
  readonly damageSeconds: number;
}

export interface MeasuredWindow {
  readonly verdict: Verdict;
  readonly timeZone: string;
  /** False where no writes were seen: every OLTP statement counts then. */
  readonly countsSaves: boolean;
  readonly measures: ReadonlyMap<string, Measure>;
}

interface Draft {
  statement: Statement;
  group: StatementGroup | null;
  firstSeenAtMs: number;
  /** Of the statement that is shown for all queryids that it has had. */
  mostCalls: number;
  calls: number;
  execMs: number;
  readonly runs: Set<string>;
  active: number;
  blameShare: number;
  grade: Grade | null;
  damageSeconds: number;
}

/** Every statement that did anything in the window, by database, role and fingerprint: an id changes with a queryid. */
export function measureWindow(input: DiagnosisInput, verdict: Verdict): MeasuredWindow {
  const { view, catalog, unit } = study(input);
  const byId = new Map(catalog.statements.map((statement) => [statement.statementId, statement]));
  const drafts = new Map<string, Draft>();
  const draftOf = (statement: Statement, group: StatementGroup | null, atMs: number): Draft => {
    const key = keyOf(statement);
    const draft = drafts.get(key) ?? newDraft(statement, group, atMs);
    drafts.set(key, draft);
    draft.firstSeenAtMs = Math.min(draft.firstSeenAtMs, atMs);
    return draft;
  };

  for (const interval of view.deltas) {
    const part = interval.toMs > interval.fromMs ? overlapShare(interval, input) : 0;
    if (part === 0) continue;
    for (const { statementId, counters } of interval.deltas) {
      const statement = byId.get(statementId);
      // What ran inside a function is already counted in the statement that called it.
      if (statement === undefined || !statement.toplevel || counters.calls === 0) continue;
      const draft = draftOf(statement, catalog.groupOf(statementId), Math.max(interval.fromMs, input.fromMs));
      draft.calls += counters.calls * part;
      draft.execMs += counters.totalExecMs * part;
      if (counters.calls * part <= draft.mostCalls) continue;
      draft.mostCalls = counters.calls * part;
      draft.statement = statement;
    }
  }
  const samples = samplesWithin(view.samples, input);
  for (const { atMs, rows } of samples) {
    for (const { statementId, row, use } of rows) {
      const statement = statementId === null || use === null ? undefined : byId.get(statementId);
      if (statement === undefined) continue;
      const draft = draftOf(statement, catalog.groupOf(statementId), atMs);
      draft.active += 1;
      if (row.leaderPid === null) draft.runs.add(`${row.pid} ${row.queryStartMs ?? ''}`);
    }
  }

  const byGroup = Map.groupBy(drafts.values(), ({ group }) => group);
  const draftsOf = (statement: Statement): Draft[] =>
    byGroup.get(catalog.groupOf(statement.statementId)) ?? [draftOf(statement, null, input.fromMs)];
  for (const { statement, members, blameShare, grade } of verdict.findings) {
    const blamed = [...new Set([statement, ...members].flatMap(draftsOf))];
    for (const [draft, part] of parts(blamed, ({ active }) => active)) {
      draft.blameShare += blameShare * part;
      if (part > 0) draft.grade = grade;
    }
  }
  for (const { statement, calls, meanMs, damageSeconds } of verdict.victims) {
    const known = catalog.groupOf(statement.statementId) !== null;
    const hurt = known ? draftsOf(statement) : [draftOf(statement, null, input.fromMs)];
    for (const [draft, part] of parts(hurt, ({ execMs }) => execMs)) draft.damageSeconds += damageSeconds * part;
    // The time between statements is a victim without a statement of its own.
    if (!known) for (const draft of hurt) Object.assign(draft, { calls, execMs: calls * meanMs });
  }
  return {
    verdict,
    timeZone: input.readerTimeZone ?? input.timeZone,
    countsSaves: unit.kind === 'saves',
    measures: new Map([...drafts].map(([key, draft]) => [key, finish(draft, samples.length)])),
  };
}

const newDraft = (statement: Statement, group: StatementGroup | null, firstSeenAtMs: number): Draft => ({
  statement,
  group,
  firstSeenAtMs,
  mostCalls: 0,
  calls: 0,
  execMs: 0,
  runs: new Set(),
  active: 0,
  blameShare: 0,
  grade: null,
  damageSeconds: 0,
});

/** Texts that nobody may read have one fingerprint and are not one statement. */
function keyOf({ databaseName, roleName, fingerprint, text, queryid, statementId }: Statement): string {
  return JSON.stringify([databaseName, roleName, text === null ? (queryid ?? statementId) : fingerprint]);
}

/** Parts add up to 1; equal ones where nothing tells them apart. */
function parts(drafts: readonly Draft[], weigh: (draft: Draft) => number): [Draft, number][] {
  const whole = drafts.reduce((sum, draft) => sum + weigh(draft), 0);
  return drafts.map((draft) => [draft, whole > 0 ? weigh(draft) / whole : 1 / drafts.length]);
}

function finish(draft: Draft, samples: number): Measure {
  const { statement, group, firstSeenAtMs, calls, execMs, runs, active, blameShare, grade, damageSeconds } = draft;
  const booked = Math.round(calls);
  return {
    statement,
    suspect: group !== null && canBeBlamed(group),
    firstSeenAtMs,
    calls: booked > 0 ? booked : runs.size,
    meanMs: calls > 0 ? execMs / calls : null,
    averageActiveSessions: samples === 0 ? 0 : active / samples,
    blameShare,
    grade,
    damageSeconds,
  };
}
