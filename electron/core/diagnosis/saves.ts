import { flagsOf } from './booked.ts';
import type { Interval } from './intervals.ts';
import type { StatementGroup } from './catalog.ts';
import { canSuffer, isSaving } from './roles.ts';

/**
 * What is counted as one act of saving. pg_stat_statements knows no transactions, but the statement that a
 * transaction runs once (the header's INSERT) has the fewest calls among the busy writers of its role.
 */
export interface SaveUnit {
  /** 'saves': writing statements, counted by their markers. 'statements': no writes were seen, every call counts. */
  readonly kind: 'saves' | 'statements';
  readonly markers: ReadonlySet<StatementGroup>;
  /** One function for one unit, as `flagsOf` wants it; the same of `counts`. */
  readonly belongs: (group: StatementGroup) => boolean;
  /** Its calls are the number of saves. */
  readonly counts: (group: StatementGroup) => boolean;
}

/** A writer with fewer calls than this part of its role's busiest one does not belong to every save. */
const busyPart = 0.2;

export function findSaveUnit(intervals: readonly Pick<Interval, 'booked'>[]): SaveUnit {
  const calls = savingCalls(intervals);
  const roles = Map.groupBy(calls, ([group]) => JSON.stringify([group.statement.databaseName, group.roleNames]));
  const markers = new Set<StatementGroup>();
  for (const writers of roles.values()) {
    const most = Math.max(...writers.map(([, count]) => count));
    const busy = writers.filter(([, count]) => count >= busyPart * most);
    const inserts = busy.filter(([group]) => /^\W*insert\b/i.test(group.statement.text ?? ''));
    const [marker] = (inserts.length > 0 ? inserts : busy).toSorted(
      ([a, m], [b, n]) => m - n || (a.groupId < b.groupId ? -1 : 1),
    );
    if (marker !== undefined) markers.add(marker[0]);
  }
  return markers.size > 0
    ? { kind: 'saves', markers, belongs: isSaving, counts: (group) => markers.has(group) }
    : { kind: 'statements', markers, belongs: canSuffer, counts: canSuffer };
}

function savingCalls(intervals: readonly Pick<Interval, 'booked'>[]): Map<StatementGroup, number> {
  const groups = intervals[0]?.booked.groups ?? [];
  const saving = flagsOf(groups, isSaving);
  const calls = new Float64Array(groups.length);
  for (const { booked } of intervals) {
    for (let row = 0; row < booked.size; row += 1) {
      const position = booked.positions[row] ?? 0;
      if (saving[position] === 1) calls[position] = (calls[position] ?? 0) + (booked.calls[row] ?? 0);
    }
  }
  return new Map(groups.flatMap((group, position) => (calls[position] === 0 ? [] : [[group, calls[position] ?? 0]])));
}

export interface SavingTime {
  readonly saves: number;
  /** Execution time of everything that belongs to saving, and the time between its statements, ms. */
  readonly spentMs: number;
}

/** A verdict asks for the same interval a dozen times. */
const known = new WeakMap<Interval, { readonly unit: SaveUnit; readonly time: SavingTime }>();

export function savingTime(interval: Interval, unit: SaveUnit): SavingTime {
  const before = known.get(interval);
  if (before?.unit === unit) return before.time;
  const time = addUp(interval, unit);
  known.set(interval, { unit, time });
  return time;
}

function addUp(interval: Interval, unit: SaveUnit): SavingTime {
  const { booked } = interval;
  const belongs = flagsOf(booked.groups, unit.belongs);
  const counts = flagsOf(booked.groups, unit.counts);
  let saves = 0;
  let spentMs = unit.kind === 'saves' ? (interval.betweenMs ?? 0) : 0;
  for (let row = 0; row < booked.size; row += 1) {
    const position = booked.positions[row] ?? 0;
    if (belongs[position] !== 1) continue;
    spentMs += booked.execMs[row] ?? 0;
    if (counts[position] === 1) saves += booked.calls[row] ?? 0;
  }
  return { saves, spentMs };
}
