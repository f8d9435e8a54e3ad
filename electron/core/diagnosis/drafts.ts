import type { ActivityRow } from '../../../shared/model/sampling.ts';
import type { StoredStatement } from '../history/history.ts';
import { backgroundName, isBackgroundPrint } from './background.ts';
import type { ByStatement } from './by-statement.ts';
import type { Counted } from './counted.ts';
import type { HistoryView } from './history-view.ts';
import type { StatementGroup } from './statement-group.ts';

/** A statement of a group that is being put together. */
export interface Member {
  readonly statement: StoredStatement;
  readonly draft: Draft;
  /** Among all members: where its calls are counted. */
  readonly place: number;
}

/** A group that is being put together. */
export interface Draft {
  readonly groupId: string;
  /** Among all drafts: where its sums are. */
  readonly place: number;
  /** What it became; null while it is drafted. */
  group: StatementGroup | null;
  readonly members: Member[];
  /** null: none. */
  applications: Set<string> | null;
  /** Time that each run was seen at work, ms. */
  readonly runsMs: number[];
  mostAtOnce: number;
}

/** A statement under one application, as long at work as it was ever seen. */
export interface Sighting {
  readonly statementId: string;
  readonly databaseName: string | null;
  readonly roleName: string | null;
  readonly applicationName: string;
  readonly longestMs: number;
}

/** Intervals with fewer calls say little about a mean. */
export const callsForMean = 3;

export function newDraft(groupId: string, place: number): Draft {
  return {
    groupId,
    place,
    group: null,
    members: [],
    applications: null,
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

export function addSamples(
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
      if (row.applicationName !== '') (draft.applications ??= new Set()).add(row.applicationName);
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
export function addSightings(
  sightings: readonly Sighting[],
  memberOf: ByStatement<Member>,
  add: (statement: StoredStatement) => Member,
): void {
  for (const sighting of sightings) {
    const { draft } = memberOf.get(sighting.statementId) ?? add(onlySeen(sighting, ''));
    if (sighting.applicationName !== '') (draft.applications ??= new Set()).add(sighting.applicationName);
    draft.runsMs.push(sighting.longestMs);
    draft.mostAtOnce += 1;
  }
}

/** What all intervals together counted, by the places of members and of drafts. */
export interface Sums {
  readonly memberCalls: Float64Array;
  readonly calls: Float64Array;
  readonly rows: Float64Array;
  readonly blocks: Float64Array;
  readonly tempBlocks: Float64Array;
  readonly walRecords: Float64Array;
  /** NaN: it never ran. */
  readonly fastestMeanMs: Float64Array;
}

export function sumUp(
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
