import { formatCount, formatCountShort } from '../../../../shared/format/count.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Explained, PlanComparison, PlanNode } from '../../../../shared/model/explain.ts';
import type { TreeNode } from '../../../tables/tree-rows.ts';

/** From this factor between estimated and actual rows on the planner chose blindly. */
export const wrongEstimate = 10;

export type NodeFacts = Omit<PlanNode, 'children'>;

export function planNodes(root: PlanNode): readonly TreeNode<NodeFacts>[] {
  const node = (from: PlanNode): TreeNode<NodeFacts> => ({
    id: from.nodeId,
    row: from,
    children: from.children.map(node),
  });
  return [node(root)];
}

type Difference = PlanComparison['rows'][number];

/** Rows with a depth, top down, as a tree. */
export function differenceNodes(rows: readonly Difference[]): readonly TreeNode<Difference>[] {
  interface Building {
    readonly id: string;
    readonly row: Difference;
    readonly children: Building[];
  }
  const top: Building[] = [];
  const open: Building[] = [];
  rows.forEach((row, index) => {
    const made: Building = { id: String(index), row, children: [] };
    open.length = Math.min(open.length, Math.max(0, row.depth));
    (open.at(-1)?.children ?? top).push(made);
    open.push(made);
  });
  return top;
}

/** "Index Scan using orders_pkey on orders". */
export function nodeTitle({ nodeType, relation, index }: NodeFacts): string {
  const using = index === null ? '' : ` using ${index}`;
  return relation === null ? `${nodeType}${using}` : `${nodeType}${using} on ${relation}`;
}

/** A node's own part: time where it was measured, cost where it was only planned. */
export function ownText({ ownMs, ownCost }: NodeFacts): string {
  return ownMs === null ? formatCountShort(ownCost) : formatDuration(ownMs);
}

export function totalText({ totalMs, totalCost }: NodeFacts): string {
  return totalMs === null ? formatCountShort(totalCost) : formatDuration(totalMs);
}

/**
 * Figures of a plan beside another one: times where both were run, else costs, since a time beside a cost says nothing.
 */
export function comparedFigure(before: Explained, after: Explained) {
  return before.analyzed && after.analyzed
    ? {
        name: 'time',
        hint: 'Time with what is below it',
        of: ({ totalMs }: NodeFacts): string => (totalMs === null ? 'never ran' : formatDuration(totalMs)),
      }
    : {
        name: 'cost',
        hint: 'Estimated cost with what is below it. Times are beside each other when both plans were run with ANALYZE.',
        of: ({ totalCost }: NodeFacts): string => formatCountShort(totalCost),
      };
}

/** Two plans in the order in which they were taken: the later one is "after", whichever was chosen first. */
export function inOrder(
  plans: readonly Pick<Explained, 'explainId' | 'takenAtMs'>[],
  oneId: string,
  otherId: string,
): { readonly beforeExplainId: string; readonly afterExplainId: string } {
  const takenAtMs = (id: string) => plans.find(({ explainId }) => explainId === id)?.takenAtMs ?? 0;
  return takenAtMs(oneId) <= takenAtMs(otherId)
    ? { beforeExplainId: oneId, afterExplainId: otherId }
    : { beforeExplainId: otherId, afterExplainId: oneId };
}

/** Places of a text in which a constant stood, "$1" first; none of what only looks so inside of a literal. */
export function placeholders(sql: string): readonly string[] {
  const outside = sql.replaceAll(/'(?:[^']|'')*'/g, '');
  const names = new Set(outside.match(/\$\d+/g));
  return [...names].toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
}

/** "estimated 10, came 12,000: 1,200 times off", or null where the estimate was good enough or nothing was measured. */
export function estimateText({ estimateError, estimatedRows, actualRows }: NodeFacts): string | null {
  if (estimateError === null || actualRows === null || estimateError < wrongEstimate) return null;
  return `estimated ${formatCount(estimatedRows)}, came ${formatCount(actualRows)}: ${formatCount(estimateError)} times off`;
}

/** How a plan was taken, in words. */
export function methodText({ method, analyzed, values }: Pick<Explained, 'method' | 'analyzed' | 'values'>): string {
  const how = {
    // The whole text was seen: no constant had to be put back.
    constants: values.length > 0 ? 'planned with the values below' : 'planned as it was sent',
    generic: 'generic plan: any value (GENERIC_PLAN)',
    generic_prepared: 'generic plan of a prepared statement',
  }[method];
  return analyzed ? `${how}, run and rolled back` : `${how}, not run`;
}
