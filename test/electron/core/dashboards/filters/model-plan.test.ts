import { expect, test } from 'vitest';
import { planFacts, type PlanNode } from '../../../../../electron/core/dashboards/filters/model-plan.ts';

const scan = (name: string, rows: number): PlanNode => ({
  'Node Type': 'Seq Scan',
  Schema: 'rm',
  'Relation Name': name,
  'Plan Rows': rows,
  'Total Cost': rows,
});
const node = (type: string, rows: number, ...plans: PlanNode[]): PlanNode => ({
  'Node Type': type,
  'Plan Rows': rows,
  'Total Cost': 10,
  Plans: plans,
});

test('every relation of a plan is named once, however deep it stands', () => {
  const plan = node('Aggregate', 1, node('Hash Join', 10, scan('a', 5), node('Hash', 7, scan('b', 7), scan('a', 5))));
  expect(planFacts(plan).relations).toEqual([
    { schema: 'rm', name: 'a' },
    { schema: 'rm', name: 'b' },
  ]);
  expect(planFacts(plan).largestScan).toEqual({ schema: 'rm', name: 'b', rows: 7 });
});

test('a LIMIT counts where the rows come one by one, and not below a sort', () => {
  const direct = node('Limit', 1000, scan('large', 1_000_000));
  expect(planFacts(direct).largestScan?.rows).toBe(1000);
  const sorted = node('Limit', 1000, node('Sort', 1_000_000, scan('large', 1_000_000)));
  expect(planFacts(sorted).largestScan?.rows).toBe(1_000_000);
});
