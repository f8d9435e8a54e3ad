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
  belongs(group: StatementGroup): boolean;
}

/** A writer with fewer calls than this part of its role's busiest one does not belong to every save. */
const busyPart = 0.2;

export function findSaveUnit(intervals: readonly Pick<Interval, 'booked'>[]): SaveUnit {
  const calls = new Map<StatementGroup, number>();
  for (const { booked } of intervals) {
    for (const [group, { calls: more }] of booked) {
      if (isSaving(group)) calls.set(group, (calls.get(group) ?? 0) + more);
    }
  }
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
    ? { kind: 'saves', markers, belongs: isSaving }
    : { kind: 'statements', markers, belongs: canSuffer };
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
  let saves = 0;
  let spentMs = unit.kind === 'saves' ? (interval.betweenMs ?? 0) : 0;
  for (const [group, booked] of interval.booked) {
    if (!unit.belongs(group)) continue;
    spentMs += booked.execMs;
    if (unit.kind === 'statements' || unit.markers.has(group)) saves += booked.calls;
  }
  return { saves, spentMs };
}
