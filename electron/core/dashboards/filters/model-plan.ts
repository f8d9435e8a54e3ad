/** A node of `explain (format json, verbose)`; rows and costs are the planner's estimates. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly Schema?: string;
  readonly 'Relation Name'?: string;
  readonly 'Plan Rows': number;
  readonly 'Total Cost': number;
  readonly Plans?: readonly PlanNode[];
}

export interface PlanFacts {
  /** Every relation that the plan touches, `schema.name` unquoted, once. */
  readonly relations: readonly { readonly schema: string; readonly name: string }[];
  /** Rows that the largest of its scans hands on. */
  readonly largestScan: { readonly schema: string; readonly name: string; readonly rows: number } | null;
  readonly totalCost: number;
}

/** Nodes that need all rows of their input before they give the first one. */
const blocking = new Set(['Sort', 'Aggregate', 'Hash', 'HashAggregate', 'Materialize', 'WindowAgg', 'CTE Scan']);

/** Pure: what a plan touches, and how much of it. A LIMIT counts where nothing below it needs all rows first. */
export function planFacts(plan: PlanNode): PlanFacts {
  const relations = new Map<string, { schema: string; name: string }>();
  let largestScan: PlanFacts['largestScan'] = null;
  const visit = (node: PlanNode, share: number): void => {
    const { Schema: schema = '', 'Relation Name': name } = node;
    if (name !== undefined) {
      relations.set(JSON.stringify([schema, name]), { schema, name });
      const rows = Math.round(node['Plan Rows'] * share);
      if (rows > (largestScan?.rows ?? -1)) largestScan = { schema, name, rows };
    }
    for (const child of node.Plans ?? []) visit(child, shareOf(node, child, share));
  };
  visit(plan, 1);
  return { relations: [...relations.values()], largestScan, totalCost: plan['Total Cost'] };
}

function shareOf(node: PlanNode, child: PlanNode, share: number): number {
  if (node['Node Type'] === 'Limit') return Math.min(1, node['Plan Rows'] / Math.max(1, child['Plan Rows']));
  return blocking.has(node['Node Type']) ? 1 : share;
}
