import type { ActivityRow } from '../../../shared/model/sampling.ts';
import type { Statement, StatementClass } from '../../../shared/model/statement.ts';
import type { CountedColumns, StoredDeltas, StoredStatement } from '../history/history.ts';
import { positionsOf } from './booked.ts';
import { ByStatement } from './by-statement.ts';
import { backgroundName, isBackgroundPrint } from './background.ts';
import { classify, type StatementMeasures } from './classify.ts';
import { countedOf, type Counted } from './counted.ts';
import { median, type HistoryView } from './history-view.ts';
import type { StoredHistory } from './input.ts';
import { isHiddenText, readStatementText, type StatementKind, type StatementText } from '../sql-text/statement-kind.ts';

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
  /** The counters of an interval that the catalog was made from, and the position of the group of each of its rows. */
  countersOf(interval: StoredDeltas): CatalogedCounters;
  /** Every statement by itself, with the class of its group, in the order of their ids. */
  readonly statements: readonly Statement[];
  readonly dashboardTitles: ReadonlyMap<string, string>;
}

interface Member {
  readonly statement: StoredStatement;
  readonly draft: Draft;
  /** Among all members: where its calls are counted. */
  readonly place: number;
}

interface Draft {
  readonly groupId: string;
  /** Among all drafts: where its sums are. */
  readonly place: number;
  /** What it became; null while it is drafted. */
  group: StatementGroup | null;
  readonly members: Member[];
  readonly applications: Set<string>;
  /** Time that each run was seen at work, ms. */
  readonly runsMs: number[];
  mostAtOnce: number;
}

/** Intervals with fewer calls say little about a mean. */
const callsForMean = 3;

export interface CatalogedCounters {
  readonly columns: CountedColumns;
  /** -1: a statement that is not known. */
  readonly positions: Int32Array;
}

/** A statement under one application, as long at work as it was ever seen. */
export interface Sighting {
  readonly statementId: string;
  readonly databaseName: string | null;
  readonly roleName: string | null;
  readonly applicationName: string;
  readonly longestMs: number;
}

type CatalogedHistory = Pick<StoredHistory, 'statements' | 'overrides' | 'widgets'>;

/** @param sightings In place of the view's samples, where they were summed up already. */
export function buildCatalog(history: CatalogedHistory, view: HistoryView, sightings?: readonly Sighting[]): Catalog {
  const drafts = new Map<string, Draft>();
  const memberOf = new ByStatement<Member>();
  let members = 0;
  const add = (statement: StoredStatement): Member => {
    const { groupId } = readOnce(statement);
    const draft = drafts.get(groupId) ?? newDraft(groupId, drafts.size);
    drafts.set(groupId, draft);
    const member = { statement, draft, place: members++ };
    draft.members.push(member);
    memberOf.set(statement.statementId, member);
    return member;
  };
  for (const statement of history.statements) add(statement);
  if (sightings === undefined) addSamples(view, memberOf, add);
  else addSightings(sightings, memberOf, add);
  const counted = new Map(view.deltas.map((stored) => [stored, countedOf(stored, memberOf)]));
  const sums = sumUp(counted.values(), { members, drafts: drafts.size });
  const widgets = new Map(history.widgets.map((widget) => [widget.fingerprint, widget]));
  const hours = storedHours(view);
  const groups = [...drafts.values()].map((draft) => (draft.group = finish(draft, sums, { history, widgets, hours })));
  const titles = history.widgets.flatMap((w) =>
    w.dashboardTitle === undefined ? [] : [[w.widgetId, w.dashboardTitle] as const],
  );
  let statements: readonly Statement[] | null = null;
  const ordered = groups.toSorted((a, b) => compare(a.groupId, b.groupId));
  const positions = positionsOf(ordered);
  const positionOfDraft = Int32Array.from(groups, (group) => positions.get(group) ?? -1);
  const cataloged = new Map<StoredDeltas, CatalogedCounters>();
  return {
    groups: ordered,
    groupOf: (statementId) => (statementId === null ? null : (memberOf.get(statementId)?.draft.group ?? null)),
    positionOf: (group) => positions.get(group) ?? -1,
    countersOf(interval) {
      let found = cataloged.get(interval);
      if (found === undefined) {
        const { columns, owners } = counted.get(interval) ?? countedOf(interval, memberOf);
        const positions = Int32Array.from(owners, (owner) =>
          owner === undefined ? -1 : (positionOfDraft[owner.draft.place] ?? -1),
        );
        cataloged.set(interval, (found = { columns, positions }));
      }
      return found;
    },
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

/** What a statement says of itself, read once while the store hands out the same object. */
interface Read {
  readonly groupId: string;
  /** Nobody knows its text, or may see it. */
  readonly textless: boolean;
  readonly text: StatementText;
}
const alreadyRead = new WeakMap<StoredStatement, Read>();

function readOnce(statement: StoredStatement): Read {
  let read = alreadyRead.get(statement);
  if (read === undefined) {
    const { traits, fingerprint } = statement;
    const written = traits == null || traits.hidden || isBackgroundPrint(fingerprint) ? null : traits;
    const rawText = written === null ? textOf(statement) : '';
    const text = written ?? readStatementText(rawText, fingerprint);
    const textless = rawText === null;
    alreadyRead.set(statement, (read = { groupId: groupIdOf(statement, textless), textless, text }));
  }
  return read;
}

/** Texts that nobody may read all have the same fingerprint, and are not the same statement. */
function groupIdOf({ statementId, databaseName, fingerprint, key }: StoredStatement, textless: boolean): string {
  if (isBackgroundPrint(fingerprint)) return fingerprint;
  const nested = key !== null && !key.toplevel ? 'nested' : '';
  return textless ? `statement ${statementId}` : JSON.stringify([databaseName, fingerprint, nested]);
}

function newDraft(groupId: string, place: number): Draft {
  return {
    groupId,
    place,
    group: null,
    members: [],
    applications: new Set(),
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
      const member = memberOf.get(statementId) ?? add(onlySeen({ statementId, ...whose(row) }, row.query));
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

const whose = ({ databaseName, roleName }: ActivityRow) => ({ databaseName, roleName });

/** A statement that is known from samples alone. */
const onlySeen = (
  { statementId, databaseName, roleName }: Pick<Sighting, 'statementId' | 'databaseName' | 'roleName'>,
  query: string,
): StoredStatement => ({
  statementId,
  key: null,
  databaseName,
  roleName,
  // A background process names itself; what it works on changes from sample to sample.
  text: isBackgroundPrint(statementId) ? backgroundName(statementId) : query,
  fingerprint: statementId,
});

/** Each counts as one run, and all of them as seen at once. */
function addSightings(
  sightings: readonly Sighting[],
  memberOf: ByStatement<Member>,
  add: (statement: StoredStatement) => Member,
): void {
  for (const sighting of sightings) {
    const { draft } = memberOf.get(sighting.statementId) ?? add(onlySeen(sighting, ''));
    if (sighting.applicationName !== '') draft.applications.add(sighting.applicationName);
    draft.runsMs.push(sighting.longestMs);
    draft.mostAtOnce += 1;
  }
}

/** What all intervals together counted, by the places of members and of drafts. */
interface Sums {
  readonly memberCalls: Float64Array;
  readonly calls: Float64Array;
  readonly rows: Float64Array;
  readonly blocks: Float64Array;
  readonly tempBlocks: Float64Array;
  readonly walRecords: Float64Array;
  /** NaN: it never ran. */
  readonly fastestMeanMs: Float64Array;
}

function sumUp(
  intervals: Iterable<Counted<Member>>,
  size: { readonly members: number; readonly drafts: number },
): Sums {
  const column = () => new Float64Array(size.drafts);
  const sums: Sums = {
    memberCalls: new Float64Array(size.members),
    calls: column(),
    rows: column(),
    blocks: column(),
    tempBlocks: column(),
    walRecords: column(),
    fastestMeanMs: column().fill(NaN),
  };
  for (const { columns, owners } of intervals) {
    for (let row = 0; row < owners.length; row += 1) {
      const owner = owners[row];
      const calls = columns.calls[row] ?? 0;
      if (owner === undefined || calls === 0) continue;
      const { place } = owner.draft;
      sums.memberCalls[owner.place] = (sums.memberCalls[owner.place] ?? 0) + calls;
      sums.calls[place] = (sums.calls[place] ?? 0) + calls;
      sums.rows[place] = (sums.rows[place] ?? 0) + (columns.rows[row] ?? 0);
      sums.blocks[place] = (sums.blocks[place] ?? 0) + (columns.blocks[row] ?? 0);
      sums.tempBlocks[place] = (sums.tempBlocks[place] ?? 0) + (columns.tempBlocks[row] ?? 0);
      sums.walRecords[place] = (sums.walRecords[place] ?? 0) + (columns.walRecords[row] ?? 0);
      const before = sums.fastestMeanMs[place] ?? NaN;
      const meanMs = (columns.execMs[row] ?? 0) / calls;
      if (Number.isNaN(before)) sums.fastestMeanMs[place] = meanMs;
      else if (calls >= callsForMean && meanMs < before) sums.fastestMeanMs[place] = meanMs;
    }
  }
  return sums;
}

function storedHours({ deltas }: HistoryView): number {
  const storedMs = deltas.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return Math.max(storedMs, 1000) / 3_600_000;
}

interface Known {
  readonly history: CatalogedHistory;
  readonly widgets: ReadonlyMap<string, StoredHistory['widgets'][number]>;
  readonly hours: number;
}

function finish(draft: Draft, sums: Sums, { history, widgets, hours }: Known): StatementGroup {
  const { members, place } = draft;
  const calls = sums.calls[place] ?? 0;
  const most = mostCalled(members, sums);
  if (most === undefined) throw new Error(`statement group ${draft.groupId} is empty`);
  const representative = most.statement;
  const { textless, text } = readOnce(representative);
  const perCall = (total: Float64Array) => (calls === 0 ? null : (total[place] ?? 0) / calls);
  const fastestMeanMs = sums.fastestMeanMs[place] ?? NaN;
  const runTimes = draft.runsMs;
  const measures: StatementMeasures = {
    calls,
    callsPerHour: calls / hours,
    fastestMeanMs: Number.isNaN(fastestMeanMs) ? null : fastestMeanMs,
    rowsPerCall: perCall(sums.rows),
    blocksPerCall: perCall(sums.blocks),
    tempBlocksPerCall: perCall(sums.tempBlocks),
    walRecordsPerCall: perCall(sums.walRecords),
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
      get text() {
        return textOf(representative);
      },
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
    hidden: textless && representative.key === null,
  };
}

/** The member that ran most; of those that ran alike one with counters, and the first by its id. */
function mostCalled(members: readonly Member[], { memberCalls }: Sums): Member | undefined {
  if (members.length === 1) return members[0];
  const calls = ({ place }: Member) => memberCalls[place] ?? 0;
  const known = ({ statement }: Member) => (statement.key === null ? 0 : 1);
  const [most] = members.toSorted(
    (a, b) => calls(b) - calls(a) || known(b) - known(a) || compare(a.statement.statementId, b.statement.statementId),
  );
  return most;
}
