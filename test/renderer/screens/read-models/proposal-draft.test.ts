import { describe, expect, it } from 'vitest';
import {
  adopt,
  blankDraft,
  edit,
  editsOf,
  fieldProblems,
} from '../../../../renderer/screens/read-models/proposal-draft.ts';
import type { CheckedProposal } from '../../../../shared/model/read-model.ts';

const suggestion: CheckedProposal = {
  proposal: {
    name: 'monthly_sales',
    question: 'How much did we sell?',
    owner: 'sales',
    definitionSql: 'select 1 as one',
    keyColumns: ['one'],
    consumers: [],
    grantTo: [],
  },
  columns: [{ name: 'one', type: 'integer' }],
  expectedRows: 1,
  expectedBytes: 8192,
  expectedCost: 0.01,
  baseTables: [],
  warnings: [],
  readerSql: 'select as_of, one from reporting.monthly_sales',
  origin: 'sql',
  statementId: null,
  widgetId: null,
  constantsFrozen: false,
};

describe('a proposal that is being edited', () => {
  it('takes suggestions for what the person left alone, and never over the person’s word', () => {
    const draft = adopt(edit(blankDraft, { owner: 'anna' }), suggestion);
    expect(draft.proposal).toMatchObject({ name: 'monthly_sales', owner: 'anna' });
    expect(adopt(edit(draft, { name: 'sales_by_month' }), suggestion).proposal.name).toBe('sales_by_month');
  });

  it('sends only what the person wrote, and nothing half-typed', () => {
    const draft = edit(adopt(blankDraft, suggestion), { name: 'Monthly Sales', owner: 'anna' });
    expect(editsOf(draft)).toEqual({ owner: 'anna' });
  });

  it('names the fields that are still missing', () => {
    expect(Object.keys(fieldProblems(blankDraft.proposal)).sort()).toEqual([
      'definitionSql',
      'name',
      'owner',
      'question',
    ]);
    expect(fieldProblems(suggestion.proposal)).toEqual({});
  });
});
