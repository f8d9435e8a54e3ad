import { describe, expect, it } from 'vitest';
import {
  hasOwnEditor,
  isLacking,
  needsWord,
  proofTitle,
} from '../../../../renderer/screens/read-models/original-facts.ts';
import type { AskedOriginal, Proof } from '../../../../shared/model/proof.ts';
import type { CheckedProposal } from '../../../../shared/model/proposal.ts';

const proof: Proof = {
  proofHash: 'h',
  verdict: 'proven',
  steps: [],
  setCount: 0,
  freeParameters: [],
  provenAtMs: 0,
};
const widget: AskedOriginal = {
  originalId: 'widget:sales',
  kind: 'widget',
  label: 'the widget Sales',
  originalSql: 'select 1',
  searchPath: null,
  rewrittenSql: 'select as_of from reporting.sales',
  frozenParameters: [],
  parameterSets: [],
  freeParameters: [],
  unchanged: false,
  proof: null,
};

describe('what a proposal has to answer for', () => {
  it('takes the person’s word where something is not proven, or there is nothing to compare with', () => {
    const needs = (originals: readonly AskedOriginal[], unchangedSince: number | null = null) =>
      needsWord({ originals, unchangedSince });
    expect(needs([])).toBe(true);
    expect(needs([], 2)).toBe(false);
    expect(needs([widget])).toBe(true);
    expect(needs([{ ...widget, proof }])).toBe(false);
    expect(needs([{ ...widget, proof }, widget])).toBe(true);
    expect(needs([{ ...widget, proof: { ...proof, verdict: 'partly' } }])).toBe(true);
  });

  it('asks for nothing new where definition and query serve already, unless a proof speaks against them', () => {
    expect(isLacking({ ...widget, unchanged: true })).toBe(false);
    expect(isLacking({ ...widget, unchanged: true, proof: { ...proof, verdict: 'disproven' } })).toBe(true);
  });

  it('gives an editor to every query that no other card has', () => {
    const checked = { widgetId: 'sales', statementId: '4' } as CheckedProposal;
    const statement: AskedOriginal = { ...widget, kind: 'statement', originalId: 'statement:4' };
    expect(hasOwnEditor(widget, checked)).toBe(true);
    expect(hasOwnEditor({ ...widget, originalId: 'widget:other' }, checked)).toBe(false);
    // Its definition is the person's own, so nothing was rewritten.
    expect(hasOwnEditor(statement, checked)).toBe(false);
    expect(proofTitle(widget, [widget])).toBe('Proof');
    expect(proofTitle(widget, [widget, statement])).toBe('Proof against the widget Sales');
  });
});
