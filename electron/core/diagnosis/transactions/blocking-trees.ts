import type { BlockingNode, BlockingTree } from '../../../../shared/model/transactions.ts';
import type { Statement } from '../../../../shared/model/statement.ts';
import { buildCatalog } from '../catalog.ts';
import { samplesWithin, viewHistory, type SeenRow } from '../history-view.ts';
import type { StoredHistory, TimeWindow } from '../input.ts';
import { applicationOf, shortStatements, shortText } from './described-rows.ts';
import { lockQueues, type LockQueue } from './lock-queues.ts';
import { gapMs, spanned } from './sample-spans.ts';

export const mostTrees = 100;

/** One lock queue while it lasts. */
interface Life {
  readonly rootPid: number;
  /** xact_start of the root where it was seen. */
  rootStartedAtMs: number | null;
  fromMs: number;
  toMs: number;
  lastSeenAtMs: number;
  /** By session: pid and beginning of its transaction. */
  readonly waitedMs: Map<string, number>;
  longest: LockQueue;
}

/**
 * The lock queues of a window, the most waited for first, at most `mostTrees`. Sightings of one root transaction are one
 * queue, unless nobody was seen behind it for longer than a gap between samples. Seconds are sums of the time that
 * samples stand for; who waits behind two roots is counted for both. Works on samples alone.
 */
export function blockingTrees(history: StoredHistory & TimeWindow): BlockingTree[] {
  const view = viewHistory(history);
  const statementOf = shortStatements(buildCatalog(history, view));
  return queueLives(history)
    .map((life) => ({ life, waitedMs: total(life.waitedMs) }))
    .toSorted((a, b) => b.waitedMs - a.waitedMs || a.life.fromMs - b.life.fromMs || a.life.rootPid - b.life.rootPid)
    .slice(0, mostTrees)
    .map(({ life, waitedMs }) => ({
      fromMs: life.fromMs,
      toMs: life.toMs,
      waitedSeconds: waitedMs / 1000,
      mostWaiting: life.longest.waiters.length,
      root: rootNode(life, statementOf),
    }));

  function queueLives({ fromMs, toMs }: TimeWindow): Life[] {
    const lives: Life[] = [];
    const quietMs = gapMs(view.spacingMs);
    for (const { sample, leftMs, rightMs } of spanned(
      samplesWithin(view.samples, { fromMs, toMs }),
      { fromMs, toMs },
      view.spacingMs,
    )) {
      for (const queue of lockQueues(sample)) {
        let life = lives.findLast((one) => isSameRoot(one, queue) && sample.atMs - one.lastSeenAtMs <= quietMs);
        if (life === undefined) {
          life = newLife(queue, sample.atMs - leftMs);
          lives.push(life);
        }
        life.lastSeenAtMs = sample.atMs;
        life.toMs = sample.atMs + rightMs;
        life.rootStartedAtMs ??= queue.root?.row.xactStartMs ?? null;
        if (queue.waiters.length > life.longest.waiters.length) life.longest = queue;
        for (const { row } of queue.waiters) {
          // Nobody waits for longer than the statement lasts.
          const waitedMs = Math.min(leftMs, Math.max(0, sample.atMs - (row.queryStartMs ?? -Infinity))) + rightMs;
          const session = sessionOf(row);
          life.waitedMs.set(session, (life.waitedMs.get(session) ?? 0) + waitedMs);
        }
      }
    }
    return lives;
  }
}

const newLife = (queue: LockQueue, fromMs: number): Life => ({
  rootPid: queue.rootPid,
  rootStartedAtMs: queue.root?.row.xactStartMs ?? null,
  fromMs,
  toMs: fromMs,
  lastSeenAtMs: fromMs,
  waitedMs: new Map(),
  longest: queue,
});

/** A root that was not seen in one look is taken for the one of the same pid. */
function isSameRoot(life: Life, { rootPid, root }: LockQueue): boolean {
  if (life.rootPid !== rootPid) return false;
  const startedAtMs = root?.row.xactStartMs ?? null;
  return life.rootStartedAtMs === null || startedAtMs === null || life.rootStartedAtMs === startedAtMs;
}

const sessionOf = ({ pid, xactStartMs }: SeenRow['row']): string => `${pid} ${xactStartMs ?? ''}`;

function rootNode(
  { longest, rootPid, waitedMs }: Life,
  statementOf: (statementId: string | null) => Statement | null,
): BlockingNode {
  const waitersBehind = (pid: number): BlockingNode[] =>
    (longest.waitersOf.get(pid) ?? []).map((waiter) => ({
      ...described(waiter),
      waitedSeconds: (waitedMs.get(sessionOf(waiter.row)) ?? 0) / 1000,
      waiters: waitersBehind(waiter.row.pid),
    }));
  const described = ({ row, statementId }: SeenRow) => ({
    pid: row.pid,
    applicationName: applicationOf(row),
    roleName: row.roleName,
    statement: statementOf(statementId),
    text: shortText(row.query),
    state: row.state ?? row.backendType,
  });
  const root =
    longest.root === null
      ? {
          pid: rootPid,
          applicationName: '',
          roleName: null,
          statement: null,
          text: '',
          state: rootPid === 0 ? 'prepared transaction' : 'not seen',
        }
      : described(longest.root);
  return { ...root, waitedSeconds: 0, waiters: waitersBehind(rootPid) };
}

const total = (values: ReadonlyMap<string, number>): number =>
  [...values.values()].reduce((sum, value) => sum + value, 0);
