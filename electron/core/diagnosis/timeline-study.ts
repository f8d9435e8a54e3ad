import type { CountedColumns, DetailedRollup, PackedRollup, StoredDeltas, StoredOrigin } from '../history/history.ts';
import { BookKeeper } from './booked.ts';
import { buildCatalog, type Catalog } from './catalog.ts';
import { callsForMean, type Sighting } from './drafts.ts';
import type { StoredHistory, TimeWindow } from './input.ts';
import type { Interval } from './intervals.ts';
import { areSame } from './same.ts';
import type { StatementTable } from './timeline-table.ts';

/** Minutes and hours of one server, and what is needed to read them. */
export interface RolledHistory extends Omit<StoredHistory, 'deltas' | 'samples' | 'ownApplicationNames'> {
  /** Oldest first, without overlaps. */
  readonly rollups: readonly PackedRollup[];
  /** What classes are made of: the hours of about the same time, and minutes where there is no hour yet. */
  readonly classedBy: readonly DetailedRollup[];
  readonly origins: ReadonlyMap<number, StoredOrigin>;
}

/** Sums by statement id over the whole history; `fastest` is the rollup with the smallest mean. */
export interface Totals {
  readonly calls: Float64Array;
  readonly execMs: Float64Array;
  readonly rows: Float64Array;
  readonly blocks: Float64Array;
  readonly tempBlocks: Float64Array;
  readonly walRecords: Float64Array;
  readonly fastestCalls: Float64Array;
  readonly fastestMs: Float64Array;
}

/**
 * The catalog of the same statements with the same classes as raw history gives, out of sums: it is asked for one
 * interval with all calls, one with those of each statement's fastest hour, and all that was seen.
 */
export function studyRollups(history: RolledHistory, window: TimeWindow, end: number): RolledStudy {
  const of = JSON.stringify([window.fromMs, window.toMs, end]);
  if (latest !== null && latest.of === of && isSameHistory(latest.history, history)) return latest.studied;
  const { statements, overrides, widgets, classedBy, origins } = history;
  const classed = { statements, overrides, widgets, classedBy, origins };
  const studied = studyAnew(classed, window, end);
  latest = { history: classed, of, studied };
  return studied;
}

export interface RolledStudy {
  readonly catalog: Catalog;
  readonly totals: Totals;
}

/** The latest one: a timeline is drawn again with every filter and every zoom. */
let latest: { readonly history: Classed; readonly of: string; readonly studied: RolledStudy } | null = null;

/** What classes are made of. The minutes that are drawn are not held on to. */
type Classed = Omit<RolledHistory, 'rollups'>;

function isSameHistory(a: Classed, b: Classed): boolean {
  return (
    areSame(a.classedBy, b.classedBy) &&
    areSame(a.statements, b.statements) &&
    areSame([...a.overrides].flat(), [...b.overrides].flat()) &&
    JSON.stringify([a.widgets, [...a.origins]]) === JSON.stringify([b.widgets, [...b.origins]])
  );
}

function studyAnew(history: Classed, { fromMs, toMs }: TimeWindow, end: number): RolledStudy {
  const totals = sumUp(history.classedBy, end);
  const view = { samples: [], deltas: deltasOf(totals, { fromMs, toMs }), spacingMs: null };
  return { catalog: buildCatalog(history, view, sightingsOf(history, end)), totals };
}

function sumUp(rollups: readonly DetailedRollup[], end: number): Totals {
  const totals: Totals = {
    calls: new Float64Array(end),
    execMs: new Float64Array(end),
    rows: new Float64Array(end),
    blocks: new Float64Array(end),
    tempBlocks: new Float64Array(end),
    walRecords: new Float64Array(end),
    fastestCalls: new Float64Array(end),
    fastestMs: new Float64Array(end),
  };
  for (const rollup of rollups) {
    const { statementIds, calls, execMs, rows, blocks, tempBlocks, walRecords } = rollup;
    for (let index = 0; index < statementIds.length; index += 1) {
      const [id, n, ms] = [statementIds[index] ?? 0, calls[index] ?? 0, execMs[index] ?? 0];
      // Only seen, or of a statement that is no longer known.
      if (n === 0 || id >= end) continue;
      totals.calls[id] = (totals.calls[id] ?? 0) + n;
      totals.execMs[id] = (totals.execMs[id] ?? 0) + ms;
      totals.rows[id] = (totals.rows[id] ?? 0) + (rows[index] ?? 0);
      totals.blocks[id] = (totals.blocks[id] ?? 0) + (blocks[index] ?? 0);
      totals.tempBlocks[id] = (totals.tempBlocks[id] ?? 0) + (tempBlocks[index] ?? 0);
      totals.walRecords[id] = (totals.walRecords[id] ?? 0) + (walRecords[index] ?? 0);
      const before = totals.fastestCalls[id] ?? 0;
      if (before > 0 && (n < callsForMean || ms / n >= (totals.fastestMs[id] ?? 0) / before)) continue;
      totals.fastestCalls[id] = n;
      totals.fastestMs[id] = ms;
    }
  }
  return totals;
}

function deltasOf(totals: Totals, { fromMs, toMs }: TimeWindow): StoredDeltas[] {
  const ran: number[] = [];
  const ranMore: number[] = [];
  for (let id = 0; id < totals.calls.length; id += 1) {
    const calls = totals.calls[id] ?? 0;
    if (calls === 0) continue;
    ran.push(id);
    if (calls !== totals.fastestCalls[id]) ranMore.push(id);
  }
  const of = (ids: readonly number[], value: (id: number) => number) => Float64Array.from(ids, value);
  const at = (column: Float64Array) => (id: number) => column[id] ?? 0;
  const nothing = { discontinuities: 0, squaresMs2: of(ran, () => 0), walBytes: of(ran, () => 0) };
  const fastest: CountedColumns = {
    ...nothing,
    statementIds: Int32Array.from(ran),
    calls: of(ran, at(totals.fastestCalls)),
    execMs: of(ran, at(totals.fastestMs)),
    rows: of(ran, at(totals.rows)),
    blocks: of(ran, at(totals.blocks)),
    tempBlocks: of(ran, at(totals.tempBlocks)),
    walRecords: of(ran, at(totals.walRecords)),
  };
  const zeros = of(ranMore, () => 0);
  const others: CountedColumns = {
    ...nothing,
    statementIds: Int32Array.from(ranMore),
    calls: of(ranMore, (id) => (totals.calls[id] ?? 0) - (totals.fastestCalls[id] ?? 0)),
    execMs: of(ranMore, (id) => (totals.execMs[id] ?? 0) - (totals.fastestMs[id] ?? 0)),
    rows: zeros,
    blocks: zeros,
    tempBlocks: zeros,
    walRecords: zeros,
  };
  const head = { deallocs: 0, resets: 0, coverage: null, deltas: [] };
  // The first lasts no time at all: the calls of an hour are counted over the second.
  return [
    { ...head, fromMs, toMs: fromMs, columns: fastest },
    { ...head, fromMs, toMs, columns: others },
  ];
}

/** Every statement under every application that ran it, as long at work as it was ever seen. */
function sightingsOf({ classedBy, origins }: Classed, end: number): Sighting[] {
  const longest = new Float64Array(end);
  const lastOrigin = new Int32Array(end);
  const pairs = new Set<number>();
  // One number for both ids: with texts for keys this took as long as all the rest.
  const most = [...origins.keys()].reduce((largest, id) => Math.max(largest, id), 0) + 1;
  for (const { seen } of classedBy) {
    const { statementIds, originIds, longestWorkingMs } = seen;
    for (let index = 0; index < statementIds.length; index += 1) {
      const [id, originId] = [statementIds[index] ?? 0, originIds[index] ?? 0];
      if (id === 0 || id >= end) continue;
      const ms = longestWorkingMs[index] ?? 0;
      if (ms > (longest[id] ?? 0)) longest[id] = ms;
      // Most statements are run by one program hour after hour.
      if (lastOrigin[id] === originId) continue;
      lastOrigin[id] = originId;
      pairs.add(id * most + originId);
    }
  }
  const applications = new Uint8Array(end);
  const sightings: Sighting[] = [];
  for (const pair of pairs) {
    const id = Math.floor(pair / most);
    const before = applications[id] ?? 0;
    // Applications only agree or not on a class: more than a few say nothing new.
    if (before >= mostApplications) continue;
    applications[id] = before + 1;
    const origin = origins.get(pair % most);
    sightings.push({
      statementId: String(id),
      databaseName: origin?.databaseName ?? null,
      roleName: origin?.roleName ?? null,
      applicationName: origin?.applicationName ?? '',
      longestMs: longest[id] ?? 0,
    });
  }
  return sightings;
}

const mostApplications = 4;

/** All calls together: who belongs to saving is told by them. */
export function totalCalls({ calls }: Totals, { groups, positionOf }: StatementTable): Pick<Interval, 'booked'> {
  const nothing = new Float64Array(calls.length);
  const positions = positionOf.map((position, id) => (calls[id] === 0 ? -1 : position));
  const columns = {
    calls,
    execMs: nothing,
    squaresMs2: nothing,
    rows: nothing,
    blocks: nothing,
    tempBlocks: nothing,
    walBytes: null,
  };
  return { booked: new BookKeeper(groups).book(positions, columns) };
}
