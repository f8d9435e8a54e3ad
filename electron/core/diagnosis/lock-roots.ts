import type { ActivityRow } from '../../../shared/model/sampling.ts';
import type { Catalog, StatementGroup } from './catalog.ts';
import { isIdle, type SeenRow, type SeenSample } from './history-view.ts';
import type { ResourceUse } from './resources.ts';
import { canBeBlamed, canSuffer } from './roles.ts';

/** What stands at the end of a chain of waits. */
export type LockRoot =
  | { readonly kind: 'suspect'; readonly group: StatementGroup; readonly idle: boolean; readonly row: ActivityRow }
  /** The root is itself a victim at work: the waiter waits for whatever the root waits for. */
  | { readonly kind: 'passed_on'; readonly use: ResourceUse }
  | { readonly kind: 'unknown' };

export interface LockWait {
  readonly waiter: StatementGroup;
  readonly pid: number;
  /** 'relation', 'transactionid', 'tuple' ... */
  readonly lock: string;
  /** Weights add up to 1: a waiter may have several blockers. */
  readonly roots: readonly { readonly root: LockRoot; readonly weight: number }[];
}

/**
 * From this age of its last statement on, an idle transaction that holds a lock is a suspect even when that statement
 * is an ordinary write. Between two statements of a save lie milliseconds, and not seconds even on the worst morning.
 */
export const heldIdleMs = 5000;

/** Lock waits of victims in one sample, each walked to its root blockers. */
export function lockWaits(sample: SeenSample, catalog: Catalog): LockWait[] {
  if (!sample.rows.some(({ use }) => use === 'lock')) return [];
  const byPid = new Map(sample.rows.map((seen) => [seen.row.pid, seen]));
  return sample.rows.flatMap((seen) => {
    const waiter = catalog.groupOf(seen.statementId);
    if (seen.use !== 'lock' || waiter === null || !canSuffer(waiter)) return [];
    const roots = rootsOf(seen, byPid, new Set()).map(({ row, weight }) => ({
      weight,
      root: row === null ? ({ kind: 'unknown' } as const) : judge(row, catalog),
    }));
    return [{ waiter, pid: seen.row.pid, lock: seen.row.waitEvent ?? 'lock', roots }];
  });
}

function rootsOf(
  seen: SeenRow,
  byPid: ReadonlyMap<number, SeenRow>,
  path: ReadonlySet<number>,
): { readonly row: SeenRow | null; readonly weight: number }[] {
  const { pid, blockedByPids } = seen.row;
  const blockers = [...new Set(blockedByPids)].filter((blocker) => blocker !== pid).toSorted((a, b) => a - b);
  if (blockers.length === 0) return [{ row: null, weight: 1 }];
  const onwards = new Set([...path, pid]);
  return blockers.flatMap((blocker) => {
    const row = byPid.get(blocker);
    const share = 1 / blockers.length;
    // Not in the sample (gone, a prepared transaction), or a ring that the deadlock check is about to break.
    if (row === undefined || onwards.has(blocker)) return [{ row: null, weight: share }];
    if (row.use !== 'lock') return [{ row, weight: share }];
    return rootsOf(row, byPid, onwards).map((root) => ({ ...root, weight: root.weight * share }));
  });
}

function judge({ statementId, row, use, idleMs }: SeenRow, catalog: Catalog): LockRoot {
  const group = catalog.groupOf(statementId);
  if (group === null) return { kind: 'unknown' };
  if (isIdle(row)) {
    return canBeBlamed(group) || (!group.hidden && idleMs >= heldIdleMs)
      ? { kind: 'suspect', group, idle: true, row }
      : { kind: 'unknown' };
  }
  if (canBeBlamed(group)) return { kind: 'suspect', group, idle: false, row };
  return canSuffer(group) && use !== null ? { kind: 'passed_on', use } : { kind: 'unknown' };
}
