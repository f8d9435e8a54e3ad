import type { SeenRow, SeenSample } from '../history-view.ts';

/** Everybody who waits behind one session in one sample. */
export interface LockQueue {
  readonly rootPid: number;
  /** Null where the root was not seen: gone between two looks, or a prepared transaction (pid 0). */
  readonly root: SeenRow | null;
  /** Waiters by the session they stand behind, nearest to the root first; each waiter once. */
  readonly waitersOf: ReadonlyMap<number, readonly SeenRow[]>;
  readonly waiters: readonly SeenRow[];
}

/**
 * The lock queues of one sample. A waiter that has two roots stands in both queues: both have to let go. A ring, which
 * the deadlock check is about to break, has its oldest transaction for a root.
 */
export function lockQueues(sample: SeenSample): LockQueue[] {
  const sessions = sessionsOf(sample);
  const blockers = blockersOf(sample, sessions);
  const behind = new Map<number, SeenRow[]>();
  for (const [waiter, pids] of blockers) for (const pid of pids) push(behind, pid, waiter);
  const waiting = new Set([...blockers.keys()].map(({ row }) => row.pid));
  const roots = [...behind.keys()].filter((pid) => !waiting.has(pid)).toSorted((a, b) => a - b);
  const queues = roots.map((pid) => queueBehind(pid, sessions.get(pid) ?? null, behind));
  const reached = new Set(queues.flatMap(({ waiters }) => waiters));
  const left = new Map([...blockers].filter(([waiter]) => !reached.has(waiter)));
  while (left.size > 0) {
    const root = ringRoot(left, sessions);
    const queue = queueBehind(root.row.pid, root, behind);
    queues.push(queue);
    left.delete(root);
    for (const waiter of queue.waiters) left.delete(waiter);
  }
  return queues;
}

/** Client sessions and background processes by pid; a parallel worker is a part of its leader. */
function sessionsOf({ rows }: SeenSample): Map<number, SeenRow> {
  const byPid = new Map(rows.map((seen) => [seen.row.pid, seen]));
  return new Map(
    rows.map((seen) => {
      const leader = seen.row.leaderPid === null ? undefined : byPid.get(seen.row.leaderPid);
      return [seen.row.pid, leader?.row.leaderPid === null ? leader : seen];
    }),
  );
}

function blockersOf({ rows }: SeenSample, sessions: ReadonlyMap<number, SeenRow>): Map<SeenRow, ReadonlySet<number>> {
  const blockers = new Map<SeenRow, Set<number>>();
  for (const { row } of rows) {
    const waiter = sessions.get(row.pid);
    if (waiter === undefined) continue;
    for (const blocker of row.blockedByPids) {
      const pid = sessions.get(blocker)?.row.pid ?? blocker;
      if (pid === waiter.row.pid) continue;
      blockers.set(waiter, (blockers.get(waiter) ?? new Set()).add(pid));
    }
  }
  return blockers;
}

/** Breadth first: everybody stands right behind the nearest of those who block them. */
function queueBehind(rootPid: number, root: SeenRow | null, behind: ReadonlyMap<number, SeenRow[]>): LockQueue {
  const waitersOf = new Map<number, SeenRow[]>();
  const waiters: SeenRow[] = [];
  const placed = new Set([rootPid]);
  const next = [rootPid];
  for (const pid of next) {
    for (const waiter of (behind.get(pid) ?? []).toSorted(inOrderOfArrival)) {
      if (placed.has(waiter.row.pid)) continue;
      placed.add(waiter.row.pid);
      push(waitersOf, pid, waiter);
      waiters.push(waiter);
      next.push(waiter.row.pid);
    }
  }
  return { rootPid, root, waitersOf, waiters };
}

const inOrderOfArrival = (a: SeenRow, b: SeenRow): number =>
  (a.row.queryStartMs ?? 0) - (b.row.queryStartMs ?? 0) || a.row.pid - b.row.pid;

/** Of waiters none of whom has a root: walking from blocker to blocker ends in a ring. */
function ringRoot(waiting: ReadonlyMap<SeenRow, ReadonlySet<number>>, sessions: ReadonlyMap<number, SeenRow>): SeenRow {
  const path: SeenRow[] = [];
  let at = [...waiting.keys()].toSorted((a, b) => a.row.pid - b.row.pid)[0];
  while (at !== undefined && !path.includes(at)) {
    path.push(at);
    const [onwards] = [...(waiting.get(at) ?? [])]
      .toSorted((a, b) => a - b)
      .flatMap((pid) => {
        const session = sessions.get(pid);
        return session !== undefined && waiting.has(session) ? [session] : [];
      });
    at = onwards;
  }
  const ring = at === undefined ? path : path.slice(path.indexOf(at));
  const [oldest] = ring.toSorted(
    (a, b) => (a.row.xactStartMs ?? Infinity) - (b.row.xactStartMs ?? Infinity) || a.row.pid - b.row.pid,
  );
  if (oldest === undefined) throw new Error('somebody waits');
  return oldest;
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
