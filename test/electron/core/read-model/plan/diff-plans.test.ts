import { describe, expect, test } from 'vitest';
import { diffPlans } from '../../../../../electron/core/read-model/plan/diff-plans.ts';
import type { Plan, PlanStep } from '../../../../../shared/model/read-model.ts';

const step = (kind: PlanStep['kind'], title: string, sql: string): PlanStep => ({
  step: 1,
  title,
  kind,
  sql: [sql],
  transactional: true,
  lock: 'none',
  blocks: 'nothing in use',
  undoSql: [],
  undoNote: null,
});
const plan = (planId: string, steps: PlanStep[], more: Partial<Plan> = {}): Plan => ({
  planId,
  planHash: '',
  serverId: 'erp',
  kind: 'new_version',
  readModel: 'sales',
  schema: 'reporting',
  fromVersion: 1,
  toVersion: 2,
  steps,
  warnings: [],
  contractChanges: [],
  createdAtMs: 0,
  state: 'new',
  confirmWith: 'sales',
  proposal: null,
  ...more,
});
const create = (body: string) => step('create', 'Create sales_v2_a', `create materialized view sales_v2_a as ${body}`);
const mark = (planId: string) =>
  step('flip', 'Point at version 2', `insert into daybreak.applied_plan values ('${planId}')`);

describe('two plans', () => {
  test('made twice from the same wishes are the same, although their ids are not', () => {
    const diff = diffPlans(
      plan('plan 1', [create('select 1'), mark('plan 1')]),
      plan('plan 2', [create('select 1'), mark('plan 2')]),
    );
    expect(diff).toMatchObject({ same: true, facts: [] });
    expect(diff.steps.map(({ change }) => change)).toEqual(['same', 'same']);
  });

  test('show which step runs other SQL, with both texts', () => {
    const { same, steps } = diffPlans(plan('plan 1', [create('select 1')]), plan('plan 2', [create('select 2')]));
    expect(same).toBe(false);
    expect(steps).toMatchObject([{ change: 'changed', title: 'Create sales_v2_a' }]);
    expect(steps[0]?.before).toContain('select 1;');
    expect(steps[0]?.after).toContain('select 2;');
  });

  test('show steps that came and went at their place, and a step with another title as changed', () => {
    const grant = step('grant', 'Let boss read it', 'grant select');
    const index = (keys: string) => step('index', `Make the key (${keys}) unique`, `create index on (${keys})`);
    const before = plan('plan 1', [create('select 1'), index('a'), mark('plan 1')]);
    const after = plan('plan 2', [create('select 1'), index('a, b'), mark('plan 2'), grant]);
    expect(diffPlans(before, after).steps.map(({ change, title }) => [change, title])).toEqual([
      ['same', 'Create sales_v2_a'],
      ['changed', 'Make the key (a, b) unique'],
      ['same', 'Point at version 2'],
      ['added', 'Let boss read it'],
    ]);
    expect(diffPlans(after, before).steps.at(-1)).toMatchObject({ change: 'removed', after: null });
  });

  test('name warnings, versions and changes for readers that differ', () => {
    const { facts } = diffPlans(
      plan('plan 1', [], { warnings: ['slow'], contractChanges: ['column a is new'] }),
      plan('plan 2', [], { toVersion: 3, contractChanges: [] }),
    );
    expect(facts).toEqual([
      'version: 1 to 2 became 1 to 3',
      'warning gone: slow',
      'change for readers gone: column a is new',
    ]);
  });
});
