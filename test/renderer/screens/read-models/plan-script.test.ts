import { describe, expect, it } from 'vitest';
import { planScript } from '../../../../renderer/screens/read-models/plan-script.ts';
import type { Plan, PlanStep } from '../../../../shared/model/read-model.ts';

const step: PlanStep = {
  step: 1,
  title: 'Flip the stable name',
  kind: 'flip',
  sql: ["set local lock_timeout = '150ms'", 'create or replace view reporting.sales as\nselect 1;  '],
  transactional: true,
  lock: 'ACCESS EXCLUSIVE on view reporting.sales',
  blocks: 'readers of reporting.sales',
  undoSql: ['create or replace view reporting.sales as\nselect 0'],
  undoNote: null,
};

const plan: Plan = {
  planId: 'p1',
  planHash: 'abc',
  serverId: 's1',
  kind: 'new_version',
  readModel: 'sales',
  schema: 'reporting',
  fromVersion: 1,
  toVersion: 2,
  steps: [
    step,
    {
      ...step,
      step: 2,
      kind: 'index',
      transactional: false,
      sql: ['create index concurrently i on t (a)'],
      undoSql: [],
    },
  ],
  warnings: ['two\nlines'],
  contractChanges: [],
  createdAtMs: 0,
  state: 'new',
  confirmWith: 'sales',
  proposal: null,
};

describe('a plan as a script', () => {
  const lines = planScript(plan).split('\n');

  it('keeps the transactions of the plan and ends every statement once', () => {
    expect(lines.filter((line) => line === 'begin;' || line === 'commit;')).toEqual(['begin;', 'commit;']);
    expect(planScript(plan)).toContain('reporting.sales as\nselect 1;\ncommit;');
    expect(lines).toContain('create index concurrently i on t (a);');
  });

  it('ends at the first error, before its first statement', () => {
    const at = lines.indexOf('\\set ON_ERROR_STOP on');
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(lines.indexOf('begin;'));
  });

  it('says lock and undo in comments, which no line break can escape', () => {
    expect(lines).toContain('--    lock: ACCESS EXCLUSIVE on view reporting.sales; blocks: readers of reporting.sales');
    expect(lines).toContain('-- undo: create or replace view reporting.sales as select 0;');
    expect(lines).toContain('-- mind: two lines');
  });

  it('ends a statement behind a comment on a line of its own', () => {
    const script = planScript({ ...plan, steps: [{ ...step, sql: ['alter table t\n  add column a text -- a note'] }] });
    expect(script).toContain('-- a note\n;\n');
  });
});
