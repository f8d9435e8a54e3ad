import { describe, expect, test } from 'vitest';
import { costlySteps, stepText, tablesReadWhole } from '../../../../electron/core/dashboards/live-steps.ts';
import { planTree } from '../../../../electron/core/explain/plan-tree.ts';
import type { ExplainNode } from '../../../../electron/core/postgres/queries/explain.ts';

const node = (type: string, more: Record<string, unknown> = {}, ...plans: ExplainNode[]): ExplainNode => ({
  'Node Type': type,
  'Startup Cost': 0,
  'Total Cost': 10,
  'Plan Rows': 5,
  ...more,
  ...(plans.length === 0 ? {} : { Plans: plans }),
});
const scan = (type: string, table: string, more: Record<string, unknown> = {}) =>
  node(type, { Schema: 'erp', 'Relation Name': table, Alias: table, ...more });
const root = (plan: ExplainNode) => planTree({ Plan: plan }).root;
const rows = new Map([
  ['erp.receipt', 62_000],
  ['erp.region', 8],
]);

describe('a plan for a live widget', () => {
  test('may read small tables whole and large ones through an index', () => {
    const plan = root(
      node('Hash Join', {}, scan('Index Scan', 'receipt', { 'Index Name': 'r' }), scan('Seq Scan', 'region')),
    );
    expect(tablesReadWhole(plan)).toEqual(['erp.region']);
    expect(costlySteps(plan, rows)).toEqual([]);
  });

  test('must not read a large table from one end to the other, few rows though it gives', () => {
    const plan = root(
      node(
        'Aggregate',
        { 'Total Cost': 1000 },
        scan('Seq Scan', 'receipt', { 'Parallel Aware': true, 'Total Cost': 900 }),
      ),
    );
    const [step, ...more] = costlySteps(plan, rows);
    expect(more).toEqual([]);
    expect(step).toMatchObject({ step: 'Parallel Seq Scan', table: 'erp.receipt', rows: 62_000, cost: 900 });
    expect(step === undefined ? '' : stepText(step)).toBe(
      'Parallel Seq Scan on erp.receipt (about 62,000 rows, cost 900): no index serves it, so all of the table is read',
    );
  });

  test('must not cost more than the limit; the dearest step is named', () => {
    const sort = node(
      'Sort',
      { 'Total Cost': 25_000, 'Plan Rows': 400_000 },
      scan('Index Only Scan', 'receipt', { 'Total Cost': 4000 }),
    );
    expect(costlySteps(root(sort), rows)).toMatchObject([
      {
        step: 'Sort',
        table: null,
        rows: 400_000,
        cost: 21_000,
        reason: 'the plan costs 25,000, and 10,000 is the most',
      },
    ]);
  });

  test('must not ask another server', () => {
    expect(costlySteps(root(scan('Foreign Scan', 'remote')), rows)).toMatchObject([{ table: 'erp.remote' }]);
  });
});
