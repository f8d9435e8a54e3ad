import { describe, expect, it } from 'vitest';
import { parameterFacts, periodText, rewritingOf } from '../../../../renderer/screens/read-models/rewriting-facts.ts';
import type { ProposedRewriting } from '../../../../shared/model/derivation.ts';
import type { CheckedProposal } from '../../../../shared/model/read-model.ts';

const rewriting: ProposedRewriting = {
  shape: 'free',
  originalSql: 'select ... $1, $2, $3, $10',
  searchPath: null,
  rewrittenSql: 'SELECT 1 FROM reporting.sales AS m',
  dimensions: [
    { column: 'region', expression: 'region', parameters: ['$2', '$10'] },
    { column: 'invoice_date', expression: 'invoice_date', parameters: ['$10'] },
  ],
  period: { column: 'invoice_date', grain: 'month' },
  frozenParameters: [{ name: '$1', literal: `'month'` }],
  notFree: null,
  changes: [],
  parameterSets: [{ $1: `'month'`, $2: `'North'`, $3: '5', $10: `'2026-01-01'` }],
};
const checked = { derivation: rewriting } as CheckedProposal;

describe('what became of the parameters of a statement', () => {
  it('says of each what it filters, or which value is kept, by number', () => {
    expect(parameterFacts(rewriting)).toEqual([
      { name: '$1', state: 'frozen', text: `'month'` },
      { name: '$2', state: 'free', text: 'filters region' },
      { name: '$3', state: 'free', text: 'the reader gives it' },
      { name: '$10', state: 'free', text: 'filters region, invoice_date' },
    ]);
    expect(periodText(rewriting)).toBe('invoice_date by month');
  });

  it('keeps the person’s query until another one is suggested', () => {
    const own = { of: rewriting.rewrittenSql, sql: 'SELECT 2 FROM reporting.sales AS m' };
    expect(rewritingOf(checked, own)?.rewrittenSql).toBe(own.sql);
    const renamed = { derivation: { ...rewriting, rewrittenSql: 'SELECT 1 FROM reporting.other AS m' } };
    expect(rewritingOf(renamed as CheckedProposal, own)?.rewrittenSql).toBe(renamed.derivation.rewrittenSql);
    expect(rewritingOf(null, own)).toBeNull();
  });
});
