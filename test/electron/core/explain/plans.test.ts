import { describe, expect, test } from 'vitest';
import { comparePlans } from '../../../../electron/core/explain/compare-plans.ts';
import { planNodes, planTree } from '../../../../electron/core/explain/plan-tree.ts';
import type { ExplainNode } from '../../../../electron/core/postgres/queries/explain.ts';
import { explainedSchema, planComparisonSchema, type Explained } from '../../../../shared/model/explain.ts';

type Fields = Readonly<Record<string, unknown>>;
const node = (type: string, fields: Fields, ...children: ExplainNode[]): ExplainNode => ({
  'Node Type': type,
  'Startup Cost': 0,
  'Plan Rows': 1,
  ...fields,
  ...(children.length === 0 ? {} : { Plans: children }),
});
const scan = (table: string, fields: Fields, type = 'Seq Scan') =>
  node(type, { 'Relation Name': table, Schema: 'erp', Alias: table, ...fields });
const ran = (ms: number, rows: number, loops = 1): Fields => ({
  'Actual Total Time': ms,
  'Actual Rows': rows,
  'Actual Loops': loops,
});
const outer = { 'Parent Relationship': 'Outer' };
const inner = { 'Parent Relationship': 'Inner' };
const own = (plan: ExplainNode) =>
  [...planNodes(planTree({ Plan: plan }).root)].map(({ nodeType, ownMs }) => [nodeType, ownMs]);
const slowest = (plan: ExplainNode) =>
  [...planNodes(planTree({ Plan: plan }).root)].filter((one) => one.slowest).map(({ nodeType }) => nodeType);

describe('own time', () => {
  test('is the whole of all loops without the children', () => {
    const plan = node(
      'Nested Loop',
      { 'Total Cost': 100, ...ran(50, 10) },
      scan('a', { ...outer, 'Total Cost': 10, ...ran(10, 10) }),
      scan('b', { ...inner, 'Total Cost': 5, ...ran(3, 1, 10) }, 'Index Scan'),
    );
    expect(own(plan)).toEqual([
      ['Nested Loop', 10],
      ['Seq Scan', 10],
      ['Index Scan', 30],
    ]);
    expect(slowest(plan)).toEqual(['Index Scan']);
  });

  test('below a Gather is time that passed, not the sum of the processes', () => {
    const plan = node(
      'Gather',
      { 'Total Cost': 100, ...ran(110, 3), 'Workers Launched': 2 },
      node(
        'Aggregate',
        { ...outer, Strategy: 'Partial', 'Total Cost': 90, ...ran(100, 1, 3) },
        scan('a', { ...outer, 'Total Cost': 50, 'Parallel Aware': true, ...ran(60, 1000, 3) }),
      ),
    );
    expect(own(plan)).toEqual([
      ['Gather', 10],
      ['PartialAggregate', 40],
      ['Parallel Seq Scan', 60],
    ]);
  });

  test('of a CTE is taken off its readers, and not off the node that lists it', () => {
    const plan = node(
      'Hash Join',
      { 'Total Cost': 100, ...ran(100, 1) },
      scan('a', { 'Parent Relationship': 'InitPlan', 'Subplan Name': 'CTE c', 'Total Cost': 60, ...ran(60, 9) }),
      node('CTE Scan', { ...outer, 'CTE Name': 'c', 'Total Cost': 1, ...ran(70, 9) }),
      node('Hash', { ...inner, 'Total Cost': 9, ...ran(20, 1) }),
    );
    expect(own(plan)).toEqual([
      ['Hash Join', 10],
      ['Seq Scan', 60],
      ['CTE Scan', 10],
      ['Hash', 20],
    ]);
  });

  test('of what never ran is unknown', () => {
    const plan = node('Limit', { 'Total Cost': 9, ...ran(1, 0) }, scan('a', { 'Total Cost': 5, ...ran(0, 0, 0) }));
    expect(planTree({ Plan: plan }).root.children[0]).toMatchObject({ ownMs: null, actualRows: null, loops: 0 });
  });
});

describe('own cost, where nothing was measured', () => {
  test('counts the inner side of a loop as often as it runs', () => {
    const plan = node(
      'Nested Loop',
      { 'Total Cost': 5000 },
      scan('a', { ...outer, 'Total Cost': 900, 'Plan Rows': 1000 }),
      scan('b', { ...inner, 'Total Cost': 4 }, 'Index Scan'),
    );
    expect(slowest(plan)).toEqual(['Index Scan']);
  });

  test('leaves out what a LIMIT will not read', () => {
    const plan = node('Limit', { 'Total Cost': 12 }, scan('a', { ...outer, 'Total Cost': 10_000 }, 'Index Scan'));
    expect(planTree({ Plan: plan }).root.children[0]?.ownCost).toBe(12);
  });
});

test('an estimate is wrong by its ratio, but not where a LIMIT ended the node early', () => {
  const measured = (fields: Fields) =>
    scan('a', { ...outer, 'Total Cost': 5, 'Plan Rows': 1000, ...ran(1, 10), ...fields });
  expect(planTree({ Plan: measured({}) }).root.estimateError).toBe(100);
  expect(planTree({ Plan: measured({ 'Plan Rows': 1, 'Actual Rows': 500 }) }).root.estimateError).toBe(500);
  const limited = node('Limit', { 'Total Cost': 5, ...ran(1, 10) }, measured({}));
  expect(planTree({ Plan: limited }).root.children[0]?.estimateError).toBeNull();
  const sorted = node(
    'Limit',
    { 'Total Cost': 5, ...ran(1, 10) },
    node('Sort', { 'Total Cost': 5, ...ran(1, 10) }, measured({})),
  );
  expect(planTree({ Plan: sorted }).root.children[0]?.children[0]?.estimateError).toBe(100);
});

test('no estimate is called wrong where nobody waited for the rows, or nobody counted them', () => {
  const measured = (fields: Fields) => scan('a', { 'Total Cost': 5, 'Plan Rows': 1000, ...ran(1, 10), ...fields });
  const many: Fields = { 'Plan Rows': 1, 'Actual Rows': 500 };
  const errors = (plan: ExplainNode) => planTree({ Plan: plan }).root.children.map((one) => one.estimateError);
  const join = (type: string, fields: Fields, ...children: ExplainNode[]) =>
    errors(node(type, { 'Total Cost': 9, ...ran(1, 1), ...fields }, ...children));
  const [left, right] = [measured(outer), measured(inner)];
  expect(join('Nested Loop', { 'Join Type': 'Semi' }, left, right)).toEqual([100, null]);
  expect(join('Nested Loop', { 'Join Type': 'Anti' }, left, right)).toEqual([100, null]);
  expect(join('Nested Loop', { 'Join Type': 'Inner' }, left, right)).toEqual([100, 100]);
  expect(join('Nested Loop', { 'Inner Unique': true }, left, right)).toEqual([100, null]);
  const hashed = node('Hash', { ...inner, 'Plan Rows': 1000, ...ran(1, 10) });
  expect(join('Hash Join', { 'Join Type': 'Semi' }, left, hashed)).toEqual([100, 100]);
  expect(join('Merge Join', {}, left, right)).toEqual([null, null]);
  expect(join('Merge Join', {}, measured({ ...outer, ...many }), right)).toEqual([500, null]);
  expect(join('Result', {}, measured({ 'Parent Relationship': 'SubPlan' }))).toEqual([null]);
  const limited = (between: string, fields: Fields) =>
    planTree({
      Plan: node('Limit', ran(1, 1), node(between, { ...outer, ...ran(1, 1), ...fields }, measured(outer))),
    }).root.children[0]?.children[0]?.estimateError;
  for (const type of ['WindowAgg', 'Materialize', 'Incremental Sort']) expect(limited(type, {})).toBeNull();
  expect(limited('Aggregate', { Strategy: 'Sorted' })).toBeNull();
  expect(limited('Aggregate', { Strategy: 'Hashed' })).toBe(100);
  const both = node('BitmapAnd', { ...outer, 'Plan Rows': 1000, ...ran(1, 0) });
  expect(errors(node('Bitmap Heap Scan', { 'Total Cost': 9, ...ran(1, 1) }, both))).toEqual([null]);
});

describe('two plans', () => {
  const explained = (plan: ExplainNode, executionMs: number | null = null): Explained =>
    explainedSchema.parse({
      explainId: 'e',
      serverId: 's',
      statementId: '1',
      takenAtMs: 0,
      method: 'constants',
      analyzed: executionMs !== null,
      sql: 'select 1',
      values: [],
      ...planTree({ Plan: plan }),
      planningMs: null,
      executionMs,
      notes: [],
    });
  const byIndex = (cost: number) => scan('a', { 'Total Cost': cost, 'Index Name': 'a_b' }, 'Index Scan');
  const compared = (before: Explained, after: Explained) => planComparisonSchema.parse(comparePlans(before, after));

  test('with the same shape differ in cost or time alone', () => {
    const { rows, sentence } = compared(explained(byIndex(10), 4), explained(byIndex(11), 120));
    expect(rows.map(({ kind }) => kind)).toEqual(['same']);
    expect(sentence).toBe('The same plan: execution: 4 ms → 120 ms (30 times more).');
    expect(compared(explained(byIndex(10)), explained(byIndex(10))).sentence).toBe(
      'The same plan: the estimated cost is about the same.',
    );
  });

  test('say what became of a node', () => {
    const { rows, sentence } = compared(explained(byIndex(10)), explained(scan('a', { 'Total Cost': 340 })));
    expect(rows).toMatchObject([{ kind: 'changed', text: 'Index Scan using a_b became Seq Scan on erp.a' }]);
    expect(sentence).toBe(
      'Another plan: Index Scan using a_b became Seq Scan on erp.a; estimated cost: 10 → 340 (34 times more).',
    );
  });

  test('are matched below a node that is new, and by relation where the order changed', () => {
    const join = (first: ExplainNode, second: ExplainNode) => node('Hash Join', { 'Total Cost': 90 }, first, second);
    const before = join(scan('a', { 'Total Cost': 9 }), scan('b', { 'Total Cost': 9 }));
    const after = node('Gather', { 'Total Cost': 95 }, join(scan('b', { 'Total Cost': 9 }), byIndex(4)));
    const { rows } = compared(explained(before), explained(after));
    expect(rows.map(({ kind, depth, text }) => [kind, depth, text])).toEqual([
      ['added', 0, 'Gather is new'],
      ['same', 1, null],
      ['changed', 2, 'Seq Scan became Index Scan using a_b on erp.a'],
      ['same', 2, null],
    ]);
  });
});
