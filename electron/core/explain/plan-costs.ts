import type { ExplainNode } from '../postgres/queries/explain.ts';

/** Time or cost of a node and of what is below it, brought to one measure. */
export interface Shares {
  readonly total: number;
  /** Without the children's. */
  readonly own: number;
}

export const fieldNumber = (node: ExplainNode, field: string): number => {
  const value = node[field];
  return typeof value === 'number' ? value : 0;
};
export const fieldText = (node: ExplainNode, field: string): string | null => {
  const value = node[field];
  return typeof value === 'string' ? value : null;
};
export const childrenOf = (node: ExplainNode): readonly ExplainNode[] => node.Plans ?? [];

const isGather = (node: ExplainNode): boolean => node['Node Type'] === 'Gather' || node['Node Type'] === 'Gather Merge';
const isInit = (node: ExplainNode): boolean => node['Parent Relationship'] === 'InitPlan';
const cteName = (node: ExplainNode): string | null =>
  isInit(node) ? (/^CTE (.*)$/.exec(fieldText(node, 'Subplan Name') ?? '')?.[1] ?? null) : null;

/**
 * Milliseconds by node. EXPLAIN's "Actual Total Time" is the mean of a loop. Below a Gather the loops of all processes
 * are counted, which ran at the same time: divided by their number the loops give time that passed. A CTE is computed
 * where it is first read, so its time is taken off its readers and not off the node that lists it.
 */
export function nodeTimes(root: ExplainNode): ReadonlyMap<ExplainNode, Shares> {
  const totals = new Map<ExplainNode, number>();
  const measure = (node: ExplainNode, processes: number): void => {
    const loops = fieldNumber(node, 'Actual Loops');
    totals.set(node, (fieldNumber(node, 'Actual Total Time') * loops) / processes);
    for (const child of childrenOf(node)) {
      const parallel = isGather(node) && !isInit(child) && loops > 0;
      measure(child, parallel ? Math.max(1, fieldNumber(child, 'Actual Loops') / loops) : processes);
    }
  };
  measure(root, 1);
  const ctes = new Map<string, number>();
  const readers = new Map<string, number>();
  for (const [node, total] of totals) {
    const name = cteName(node);
    if (name !== null) ctes.set(name, total);
    const read = fieldText(node, 'CTE Name');
    if (node['Node Type'] === 'CTE Scan' && read !== null) readers.set(read, (readers.get(read) ?? 0) + total);
  }
  const shares = new Map<ExplainNode, Shares>();
  for (const [node, total] of totals) {
    const below = childrenOf(node)
      .filter((child) => cteName(child) === null)
      .reduce((sum, child) => sum + (totals.get(child) ?? 0), 0);
    const read = node['Node Type'] === 'CTE Scan' ? fieldText(node, 'CTE Name') : null;
    const computed = read === null ? 0 : ((ctes.get(read) ?? 0) * total) / Math.max(readers.get(read) ?? 0, 1e-9);
    shares.set(node, { total, own: Math.max(0, total - below - computed) });
  }
  return shares;
}

/**
 * Cost by node, as a part of the plan's. The planner gives the inner side of a nested loop its cost for one loop, and
 * what a LIMIT will not read its whole cost: the first is multiplied, the second cut, each to what the parent says.
 */
export function nodeCosts(root: ExplainNode): ReadonlyMap<ExplainNode, Shares> {
  const shares = new Map<ExplainNode, Shares>();
  const measure = (node: ExplainNode, total: number): void => {
    const said = fieldNumber(node, 'Total Cost');
    const scale = said > 0 ? total / said : 1;
    const children = childrenOf(node).filter((child) => cteName(child) === null);
    const wanted = children.map((child) => {
      const once = fieldNumber(child, 'Total Cost') * scale;
      return isLooped(node, child) ? once * Math.max(1, fieldNumber(outerOf(node) ?? child, 'Plan Rows')) : once;
    });
    let left = total;
    let own = total;
    // In the order in which they run, so that the inner side of a loop gets what the outer one leaves.
    children.forEach((child, index) => {
      const part = Math.min(wanted[index] ?? 0, left);
      left -= part;
      own -= part;
      measure(child, part);
    });
    for (const child of childrenOf(node)) {
      if (cteName(child) !== null) measure(child, fieldNumber(child, 'Total Cost'));
    }
    const ctes = childrenOf(node).filter((child) => cteName(child) !== null);
    own -= Math.min(
      own,
      ctes.reduce((sum, child) => sum + fieldNumber(child, 'Total Cost'), 0),
    );
    shares.set(node, { total, own: Math.max(0, own) });
  };
  measure(root, fieldNumber(root, 'Total Cost'));
  return shares;
}

const isLooped = (parent: ExplainNode, child: ExplainNode): boolean =>
  parent['Node Type'] === 'Nested Loop' && child['Parent Relationship'] === 'Inner';
const outerOf = (node: ExplainNode): ExplainNode | undefined =>
  childrenOf(node).find((child) => child['Parent Relationship'] === 'Outer');
