import type { Statement, StatementClass } from '../../../shared/model/statement.ts';
import type { StoredStatement } from '../history/history.ts';
import { ByStatement } from './by-statement.ts';
import { backgroundName, isBackgroundPrint } from './background.ts';
import { classify, type StatementMeasures } from './classify.ts';
import { median, type HistoryView } from './history-view.ts';
import type { StoredHistory } from './input.ts';
import { isHiddenText, readStatementText, type StatementKind } from './statement-kind.ts';

/**
 * One query as a person sees it: the statements of all roles, and of all queryids that it has had, under one
 * fingerprint in one database. Suspects and victims are groups.
 */
export interface StatementGroup {
  readonly groupId: string;
  /** The statement that ran most. */
  readonly statement: Statement;
  readonly class: StatementClass;
  readonly kind: StatementKind;
  readonly aggregates: boolean;
  readonly roleNames: readonly string[];
  /** No text and no queryid: several statements may hide in it, so it is never accused. */
  readonly hidden: boolean;
}

export interface Catalog {
  readonly groups: readonly StatementGroup[];
  /** By statementId; also `backend:<type>`. */
  groupOf(statementId: string | null): StatementGroup | null;
  /** Where a group stands in `groups`; -1 for a group of another catalog. */
  positionOf(group: StatementGroup): number;
  /** Every statement by itself, with the class of its group, in the order of their ids. */
  readonly statements: readonly Statement[];
  readonly dashboardTitles: ReadonlyMap<string, string>;
}

interface Member {
  readonly statement: StoredStatement;
  readonly draft: Draft;
  calls: number;
}

interface Draft {
  readonly groupId: string;
  /** What it became; null while it is drafted. */
  group: StatementGroup | null;
  readonly members: Member[];
  readonly applications: Set<string>;
  calls: number;
  rows: number;
  blocks: number;
  tempBlocks: number;
  walRecords: number;
  fastestMeanMs: number | null;
  /** Time that each run was seen at work, ms. */
  readonly runsMs: number[];
  mostAtOnce: number;
}

/** Intervals with fewer calls say little about a mean. */
const callsForMean = 3;

export function buildCatalog(history: StoredHistory, view: HistoryView): Catalog {
  const drafts = new Map<string, Draft>();
  const memberOf = new ByStatement<Member>();
  const add = (statement: StoredStatement): Member => {
    const groupId = groupIdOf(statement);
    const draft = drafts.get(groupId) ?? newDraft(groupId);
    drafts.set(groupId, draft);
    const member = { statement, draft, calls: 0 };
    draft.members.push(member);
    memberOf.set(statement.statementId, member);
    return member;
  };
  for (const statement of history.statements) add(statement);
  addSamples(view, memberOf, add);
  addDeltas(view, memberOf);
  const widgets = new Map(history.widgets.map((widget) => [widget.fingerprint, widget]));
  const hours = storedHours(view);
  const groups = [...drafts.values()].map((draft) => (draft.group = finish(draft, history, widgets, hours)));
  const titles = history.widgets.flatMap((w) =>
    w.dashboardTitle === undefined ? [] : [[w.widgetId, w.dashboardTitle] as const],
  );
  let statements: readonly Statement[] | null = null;
  const ordered = groups.toSorted((a, b) => compare(a.groupId, b.groupId));
  const positions = new Map(ordered.map((group, position) => [group, position]));
  return {
    groups: ordered,
    groupOf: (statementId) => (statementId === null ? null : (memberOf.get(statementId)?.draft.group ?? null)),
    positionOf: (group) => positions.get(group) ?? -1,
    // Few questions ask for all of them.
    get statements() {
      statements ??= [...drafts.values()]
        .flatMap(({ group, members }) => members.map((one) => ofMember(one.statement, group?.statement)))
        .toSorted((a, b) => compare(a.statementId, b.statementId));
      return statements;
    },
    dashboardTitles: new Map(titles),
  };
}

function ofMember(member: StoredStatement, shared: Statement | undefined): Statement {
  if (shared === undefined) throw new Error(`statement ${member.statementId} has no group`);
  const { statementId, databaseName, roleName, key } = member;
  const queryid = key?.queryid ?? null;
  return {
    ...shared,
    statementId,
    databaseName,
    roleName,
    queryid,
    toplevel: key?.toplevel ?? true,
    text: textOf(member),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function textOf({ text, fingerprint }: StoredStatement): string | null {
  if (isBackgroundPrint(fingerprint)) return backgroundName(fingerprint);
  return text === null || isHiddenText(text) ? null : text;
}

/** Texts that nobody may read all have the same fingerprint, and are not the same statement. */
function groupIdOf(statement: StoredStatement): string {
  const { statementId, databaseName, fingerprint, key } = statement;
  if (isBackgroundPrint(fingerprint)) return fingerprint;
  const nested = key !== null && !key.toplevel ? 'nested' : '';
  return textOf(statement) === null ? `statement ${statementId}` : JSON.stringify([databaseName, fingerprint, nested]);
}

function newDraft(groupId: string): Draft {
  return {
    groupId,
    group: null,
    members: [],
    applications: new Set(),
    calls: 0,
    rows: 0,
    blocks: 0,
    tempBlocks: 0,
    walRecords: 0,
    fastestMeanMs: null,
    runsMs: [],
    mostAtOnce: 0,
  };
}

/** The run that a session was last seen at. */
interface Seen {
  readonly member: Member;
  readonly startMs: number;
  /** Where it stands in the draft's `runsMs`. */
  readonly place: number;
}

function addSamples(
  view: HistoryView,
  memberOf: ByStatement<Member>,
  add: (statement: StoredStatement) => Member,
): void {
  const spacingMs = view.spacingMs ?? 1000;
  const lastSeen = new Map<number, Seen>();
  for (const sample of view.samples) {
    const atOnce = new Map<Draft, number>();
    for (const { statementId, row, use } of sample.rows) {
      if (statementId === null || use === null) continue;
      const member =
        memberOf.get(statementId) ??
        add({
          statementId,
          key: null,
          databaseName: row.databaseName,
          roleName: row.roleName,
          // A background process names itself; what it works on changes from sample to sample.
          text: isBackgroundPrint(statementId) ? backgroundName(statementId) : row.query,
          fingerprint: statementId,
        });
      const { draft } = member;
      if (row.applicationName !== '') draft.applications.add(row.applicationName);
      if (use === 'lock' || row.queryStartMs === null || row.leaderPid !== null) continue;
      let seen = lastSeen.get(row.pid);
      if (seen === undefined || seen.member !== member || seen.startMs !== row.queryStartMs) {
        seen = { member, startMs: row.queryStartMs, place: draft.runsMs.push(0) - 1 };
        lastSeen.set(row.pid, seen);
      }
      const { place } = seen;
      draft.runsMs[place] = Math.min((draft.runsMs[place] ?? 0) + spacingMs, sample.atMs - row.queryStartMs);
      atOnce.set(draft, (atOnce.get(draft) ?? 0) + 1);
    }
    for (const [draft, sessions] of atOnce) draft.mostAtOnce = Math.max(draft.mostAtOnce, sessions);
  }
}

function addDeltas(view: HistoryView, memberOf: ByStatement<Member>): void {
  for (const interval of view.deltas) {
    for (const { statementId, counters } of interval.deltas) {
      const member = memberOf.get(statementId);
      const { calls } = counters;
      if (member === undefined || calls === 0) continue;
      const { draft } = member;
      member.calls += calls;
      draft.calls += calls;
      draft.rows += counters.rows;
      draft.blocks += counters.sharedBlksHit + counters.sharedBlksRead;
      draft.tempBlocks += counters.tempBlksRead + counters.tempBlksWritten;
      draft.walRecords += counters.walRecords;
      if (calls < callsForMean && draft.fastestMeanMs !== null) continue;
      draft.fastestMeanMs = Math.min(draft.fastestMeanMs ?? Infinity, counters.totalExecMs / calls);
    }
  }
}

function storedHours({ deltas }: HistoryView): number {
  const storedMs = deltas.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return Math.max(storedMs, 1000) / 3_600_000;
}

function finish(
  draft: Draft,
  history: StoredHistory,
  widgets: ReadonlyMap<string, StoredHistory['widgets'][number]>,
  hours: number,
): StatementGroup {
  const { members, calls } = draft;
  const known = ({ statement }: Member) => (statement.key === null ? 0 : 1);
  const [most] = members.toSorted(
    (a, b) => b.calls - a.calls || known(b) - known(a) || compare(a.statement.statementId, b.statement.statementId),
  );
  if (most === undefined) throw new Error(`statement group ${draft.groupId} is empty`);
  const representative = most.statement;
  const rawText = textOf(representative);
  const text = readStatementText(rawText, representative.fingerprint);
  const perCall = (total: number) => (calls === 0 ? null : total / calls);
  const runTimes = draft.runsMs;
  const measures: StatementMeasures = {
    calls,
    callsPerHour: calls / hours,
    fastestMeanMs: draft.fastestMeanMs,
    rowsPerCall: perCall(draft.rows),
    blocksPerCall: perCall(draft.blocks),
    tempBlocksPerCall: perCall(draft.tempBlocks),
    walRecordsPerCall: perCall(draft.walRecords),
    longestWorkingMs: runTimes.reduce((longest, one) => Math.max(longest, one), 0),
    runs: { seen: runTimes.length, mostAtOnce: draft.mostAtOnce, medianMs: median(runTimes) ?? 0 },
  };
  const { fingerprint } = representative;
  const widget = widgets.get(fingerprint);
  const applicationNames = [...draft.applications].toSorted();
  const background = isBackgroundPrint(representative.fingerprint);
  const scored = classify(text, measures, applicationNames, history.overrides.get(fingerprint));
  const verdict = background ? { class: 'maintenance' as const, source: 'score' as const } : scored;
  return {
    groupId: draft.groupId,
    statement: {
      statementId: representative.statementId,
      databaseName: representative.databaseName,
      roleName: representative.roleName,
      queryid: representative.key?.queryid ?? null,
      toplevel: representative.key?.toplevel ?? true,
      text: rawText,
      fingerprint,
      class: verdict.class,
      classSource: verdict.source,
      applicationNames,
      widgetId: widget?.widgetId ?? text.tags.get('widget') ?? null,
      ...(widget?.widgetTitle === undefined ? {} : { widgetTitle: widget.widgetTitle }),
    },
    class: verdict.class,
    kind: text.kind,
    aggregates: text.aggregates,
    roleNames: [
      ...new Set(members.flatMap(({ statement: { roleName } }) => (roleName === null ? [] : [roleName]))),
    ].toSorted(),
    hidden: rawText === null && representative.key === null,
  };
}
