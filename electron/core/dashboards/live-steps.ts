import { formatCount } from '../../../shared/format/count.ts';
import type { CostlyStep } from '../../../shared/model/live-check.ts';
import type { PlanNode } from '../../../shared/model/explain.ts';
import { planNodes } from '../explain/plan-tree.ts';

/** What everybody refreshes all day must be over before anybody notices. */
export const liveLimitMs = 250;
/** In the planner's units: with PostgreSQL's own settings a tenth of a second from memory, at most. */
export const mostLiveCost = 10_000;
/** Reading a table of this many rows from one end to the other takes a millisecond or two. */
export const smallTableRows = 10_000;

const readsAll = ({ nodeType }: PlanNode): boolean => /(Seq|Sample) Scan$/.test(nodeType);

/** Tables that the plan reads from one end to the other, `schema.table`. */
export function tablesReadWhole(root: PlanNode): string[] {
  const tables = [...planNodes(root)].filter(readsAll).flatMap(({ relation }) => relation ?? []);
  return [...new Set(tables)];
}

/** Pure: the steps of a plan that a live widget must not have; empty where there are none. */
export function costlySteps(root: PlanNode, rowsOf: ReadonlyMap<string, number>): CostlyStep[] {
  const steps: CostlyStep[] = [];
  for (const node of planNodes(root)) {
    const { nodeType, relation, ownCost } = node;
    const rows = relation === null ? node.estimatedRows : (rowsOf.get(relation) ?? node.estimatedRows);
    const step = { step: nodeType, table: relation, rows: Math.round(rows), cost: Math.round(ownCost) };
    if (readsAll(node) && rows > smallTableRows) {
      steps.push({ ...step, reason: 'no index serves it, so all of the table is read' });
    } else if (nodeType === 'Foreign Scan') {
      steps.push({ ...step, reason: 'it asks another server' });
    }
  }
  if (steps.length > 0 || root.totalCost <= mostLiveCost) return steps;
  const worst = [...planNodes(root)].reduce((one, other) => (other.ownCost > one.ownCost ? other : one));
  return [
    {
      step: worst.nodeType,
      table: worst.relation,
      rows: Math.round(worst.estimatedRows),
      cost: Math.round(worst.ownCost),
      reason: `the plan costs ${formatCount(Math.round(root.totalCost))}, and ${formatCount(mostLiveCost)} is the most`,
    },
  ];
}

/** 'Seq Scan on erp.receipt (about 62,000 rows, cost 1,234): no index serves it, so all of the table is read' */
export function stepText({ step, table, rows, cost, reason }: CostlyStep): string {
  const where = table === null ? step : `${step} on ${table}`;
  return `${where} (about ${formatCount(rows)} rows, cost ${formatCount(cost)}): ${reason}`;
}
