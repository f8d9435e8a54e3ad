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

  it('gives what it makes to the role that refreshes it, in the transaction that makes it', () => {
    const role = 'day "break"';
    const made = [
      'create schema "R""x"',
      'create table daybreak.migration (migration integer)',
      'create materialized view "R""x".sales_v1_a as\nselect 1',
      `create view "R""x".sales with (security_barrier = 'true') as select 1`,
      'create or replace view reporting.old as select 1',
      'create unique index i on reporting.t (a)',
    ];
    const script = planScript({ ...plan, role, steps: [{ ...step, sql: made }] });
    expect(script.match(/^alter .*$/gm)).toEqual([
      'alter schema "R""x" owner to "day ""break""";',
      'alter table daybreak.migration owner to "day ""break""";',
      'alter materialized view "R""x".sales_v1_a owner to "day ""break""";',
      'alter view "R""x".sales owner to "day ""break""";',
    ]);
    expect(script).toContain('owner to "day ""break""";\ncommit;');
    const guard = script.indexOf('set role "day ""break""";\nreset role;');
    expect(guard).toBeGreaterThan(0);
    expect(guard).toBeLessThan(script.indexOf('begin;'));
  });

  it('asks for no membership where it makes nothing', () => {
    const script = planScript({ ...plan, role: 'daybreak', steps: [{ ...step, sql: ['drop view reporting.sales'] }] });
    expect(script).not.toContain('set role');
    expect(script).toContain('-- Run it as a superuser, or as role daybreak or a member of it');
  });

  it('keeps names with line breaks within its comments', () => {
    const script = planScript({ ...plan, role: 'a\ndrop table b', schema: 'c\ndrop table d' });
    expect(script).not.toMatch(/^drop table/m);
  });

  it('ends a statement behind a comment on a line of its own', () => {
    const script = planScript({ ...plan, steps: [{ ...step, sql: ['alter table t\n  add column a text -- a note'] }] });
    expect(script).toContain('-- a note\n;\n');
  });
});
