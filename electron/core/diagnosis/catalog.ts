import type { Statement } from '../../../shared/model/statement.ts';
import type { CountedColumns, StoredDeltas, StoredStatement } from '../history/history.ts';
import { positionsOf } from './booked.ts';
import { ByStatement } from './by-statement.ts';
import { countedOf } from './counted.ts';
import { addSamples, addSightings, newDraft, sumUp, type Draft, type Member, type Sighting } from './drafts.ts';
import { finishGroup, type CatalogedHistory } from './finish-group.ts';
import type { HistoryView } from './history-view.ts';
import { readStatement, textOf } from './read-statement.ts';
import type { StatementGroup } from './statement-group.ts';

export type { StatementGroup } from './statement-group.ts';

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

export interface CatalogedCounters {
  readonly columns: CountedColumns;
  /** -1: a statement that is not known. */
  readonly positions: Int32Array;
}

/** @param sightings In place of the view's samples, where they were summed up already. */
export function buildCatalog(history: CatalogedHistory, view: HistoryView, sightings?: readonly Sighting[]): Catalog {
  const drafts = new Map<string, Draft>();
  const memberOf = new ByStatement<Member>();
  let members = 0;
  const add = (statement: StoredStatement): Member => {
    const { groupId } = readStatement(statement);
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
  const groups = [...drafts.values()].map(
    (draft) => (draft.group = finishGroup(draft, sums, { history, widgets, hours })),
  );
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

function storedHours({ deltas }: HistoryView): number {
  const storedMs = deltas.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return Math.max(storedMs, 1000) / 3_600_000;
}
