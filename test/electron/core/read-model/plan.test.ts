import { describe, expect, test } from 'vitest';
import type { CatalogFacts, RegisteredVersion } from '../../../../electron/core/read-model/plan/catalog-facts.ts';
import { contractDiff } from '../../../../electron/core/read-model/plan/contract-diff.ts';
import { makePlan } from '../../../../electron/core/read-model/plan/make-plan.ts';
import { planHash } from '../../../../electron/core/read-model/plan/plan-hash.ts';
import { isFailure } from '../../../../shared/model/failure.ts';
import type { CheckedProposal, PlanKind } from '../../../../shared/model/read-model.ts';

const region = { name: 'region', type: 'text' };
const amount = { name: 'amount', type: 'numeric' };
const inView = (column: { name: string; type: string }) => ({ ...column, collation: null });

const version = (number: number, state: RegisteredVersion['state']): RegisteredVersion => ({
  version: number,
  state,
  liveSlot: 'a',
  definitionSql: `select ${number}`,
  keyColumns: ['region'],
  columns: [region, amount],
  parents: [],
  period: null,
  planId: `plan ${number}`,
  copies: [`sales_v${number}_a`],
});

const empty: CatalogFacts = {
  role: 'daybreak',
  database: 'erp',
  rights: { createInDatabase: true, createInSchema: true, ownsSchema: true, writesRegistry: true },
  model: null,
  stableName: null,
  copyNames: [],
  copyDependents: [],
  carried: null,
  liveCopyGrants: [],
  definitionColumns: [region, amount],
  parents: [],
  roles: [],
  preparation: [],
};
const built = (...versions: RegisteredVersion[]): CatalogFacts => ({
  ...empty,
  model: {
    name: 'sales',
    schema: 'reporting',
    question: 'What do we sell?',
    owner: 'Controlling',
    consumers: [],
    readers: [],
    versions,
  },
  stableName: {
    kind: 'v',
    columns: [region, amount].map(inView),
    firstColumn: 'as_of',
    options: [],
    comment: null,
    ownedByUs: true,
    dependents: [],
  },
  copyNames: versions.flatMap(({ copies }) => copies),
});

const proposal: CheckedProposal = {
  proposal: {
    name: 'sales',
    question: 'What do we sell?',
    owner: 'Controlling',
    definitionSql: 'select region, sum(amount) as amount from erp.invoice group by region',
    keyColumns: ['region'],
    consumers: [],
    grantTo: [],
  },
  columns: [region, amount],
  expectedRows: 5,
  expectedBytes: 500,
  expectedCost: 1,
  baseTables: ['erp.invoice'],
  warnings: [],
  readerSql: '',
  origin: 'sql',
  statementId: null,
  widgetId: null,
  constantsFrozen: false,
};
const plan = (kind: PlanKind, facts: CatalogFacts, from: CheckedProposal | null = proposal) =>
  makePlan(
    { kind, planId: 'p', serverId: 's', createdAtMs: 0, schema: 'reporting', readModel: 'sales' },
    facts,
    kind === 'create' || kind === 'new_version' ? from : null,
  );
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (isFailure(error)) return error.value;
    throw error;
  }
  throw new Error('it was expected to be refused');
};

describe('the contract between versions', () => {
  test('a new column at the end is additive; a changed type and a lost column are not', () => {
    const view = [region, amount].map(inView);
    const extra = { name: 'extra', type: 'date' };
    expect(contractDiff(view, [region, amount], [region, amount, extra])).toEqual({
      additive: ['column extra (date) is new'],
      breaking: [],
    });
    expect(contractDiff(view, [region, amount], [{ ...region, type: 'integer' }]).breaking).toEqual([
      'column region changes its type from text to integer',
      'column amount (numeric) is gone',
    ]);
  });

  test('a column that the view only pads after a roll back may stay away', () => {
    const view = [region, amount, { name: 'extra', type: 'date' }].map(inView);
    expect(contractDiff(view, [region, amount], [region, amount])).toEqual({
      additive: ['column extra (date) is NULL'],
      breaking: [],
    });
  });

  test('another collation breaks readers; one that nobody wrote down does not', () => {
    const view = [region, amount].map(inView);
    expect(contractDiff(view, [region], [{ ...region, collation: 'public."de"' }, amount]).breaking).toEqual([
      `column region changes its collation from its type's own to public."de"`,
    ]);
    expect(contractDiff([{ ...region, collation: 'public."de"' }], [region], [region]).breaking).toEqual([]);
  });
});

describe('plans', () => {
  test('the stable view shows as_of by copy id first, and comes last in a flip that is short, tried again, and waits for no disk', () => {
    const flip = plan('new_version', built(version(1, 'current'))).steps.find(({ kind }) => kind === 'flip');
    expect([...(flip?.sql.slice(0, 3) ?? []), flip?.sql.at(-1)]).toEqual([
      `set local lock_timeout = '150ms'`,
      `select pg_advisory_xact_lock(hashtextextended('daybreak.sales', 0))`,
      'set local synchronous_commit = off',
      `create or replace view reporting.sales as
select (select data_as_of from daybreak.copy where copy_id = 'sales_v2_a') as as_of,
  c.region::text as region,
  c.amount::numeric as amount
from reporting.sales_v2_a as c`,
    ]);
    expect(flip?.undoSql.join('\n')).toContain(`where copy_id = 'sales_v1_a'`);
  });

  test('the hash covers what runs and what it rests on, but not what was prepared meanwhile', () => {
    const facts = built(version(1, 'current'));
    const made = plan('new_version', facts);
    expect(planHash(made, facts)).toBe(made.planHash);
    expect(planHash(made, { ...facts, preparation: [{ title: 't', sql: [], undoSql: [] }] })).toBe(made.planHash);
    expect(planHash(made, built({ ...version(1, 'current'), liveSlot: 'b' }))).not.toBe(made.planHash);
    const [step, ...steps] = made.steps;
    if (step === undefined) throw new Error('a plan has steps');
    expect(planHash({ ...made, steps: [{ ...step, sql: ['drop table x'] }, ...steps] }, facts)).not.toBe(made.planHash);
  });

  test('a version that is neither current nor next goes, unless somebody reads its copy', () => {
    const facts = built(version(1, 'previous'), version(2, 'current'));
    expect(plan('new_version', facts).steps.at(-1)?.title).toContain('Drop version 1');
    const kept = plan('new_version', {
      ...facts,
      copyDependents: [{ copy: 'sales_v1_a', dependent: 'view erp.board' }],
    });
    expect(kept.steps.some(({ kind }) => kind === 'drop')).toBe(false);
    expect(kept.warnings).toContain('Version 1 stays: view erp.board reads it.');
  });

  test('what an interrupted plan of another profile left is removed first', () => {
    const [first] = plan('new_version', built(version(1, 'current'), version(2, 'building'))).steps;
    expect(first?.sql).toContain('drop materialized view if exists reporting.sales_v2_a restrict');
  });

  test('names that are taken, rights that are missing, roles that are not there are refused', () => {
    const taken = { ...built(), model: null };
    expect(refusal(() => plan('create', taken)).code).toBe('invalid_input');
    const rights = { ...empty.rights, createInSchema: false };
    expect(refusal(() => plan('create', { ...empty, rights }))).toMatchObject({
      code: 'permission_denied',
      action: 'grant usage, create on schema reporting to daybreak;',
    });
    const granting = { ...proposal, proposal: { ...proposal.proposal, grantTo: ['boss'] } };
    expect(refusal(() => plan('create', empty, granting)).message).toContain('There is no role boss');
    expect(refusal(() => plan('roll_back', built(version(1, 'current')))).code).toBe('not_found');
  });
});
