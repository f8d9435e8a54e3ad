import type { BlockingNode, BlockingTree } from '../../../../shared/model/transactions.ts';
import type { TreeNode } from '../../../tables/tree-rows.ts';

export interface LockRow {
  readonly session: BlockingNode;
  /** The queue, on its root's row. */
  readonly queue: BlockingTree | null;
}

/** Queues as trees: the session that everybody waits for at the root, those behind it below. */
export function lockNodes(trees: readonly BlockingTree[]): readonly TreeNode<LockRow>[] {
  const below = (waiters: readonly BlockingNode[], path: string): readonly TreeNode<LockRow>[] =>
    waiters.map((session, index) => {
      const id = `${path}.${index}`;
      return { id, row: { session, queue: null }, children: below(session.waiters, id) };
    });
  return trees.map((queue, index) => ({
    id: String(index),
    row: { session: queue.root, queue },
    children: below(queue.root.waiters, String(index)),
  }));
}

/** What a session of a queue does. To the server whoever waits for a lock is "active", as if it were at work. */
export function stateText({ session, queue }: LockRow): string {
  if (session.state !== 'active') return session.state;
  return queue === null ? 'waits' : 'at work';
}
