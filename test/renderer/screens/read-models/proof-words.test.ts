import { describe, expect, it } from 'vitest';
import {
  differingTable,
  inconclusiveText,
  outcomeWords,
  proofWords,
} from '../../../../renderer/screens/read-models/proof-words.ts';
import { verdictOf, type ComparisonOutcome, type Proof } from '../../../../shared/model/proof.ts';

const equal = (rows: number): ComparisonOutcome => ({ result: 'equal', rows, tiesAtLimit: false });
const late: ComparisonOutcome = { result: 'timed_out', timeoutMs: 60_000 };
const different: ComparisonOutcome = { result: 'different', why: 'other rows', columns: ['a'], rows: [] };
const proofOf = (outcomes: readonly ComparisonOutcome[]): Proof => ({
  proofHash: 'h',
  verdict: verdictOf(outcomes),
  steps: outcomes.map((outcome) => ({ parameterSet: {}, outcome, tookMs: 1 })),
  setCount: outcomes.length,
  provenAtMs: 0,
});

describe('the words of a proof', () => {
  it('says what stands behind a rewritten query', () => {
    expect(proofWords(null).text).toBe('not proven');
    expect(proofWords(proofOf([equal(2), equal(0)]))).toEqual({ text: 'proven on 2 parameter sets', tone: 'good' });
    expect(proofWords(proofOf([equal(2), different])).tone).toBe('bad');
  });

  it('takes equal nothings, and a set that ran out of time, for no proof', () => {
    expect(verdictOf([])).toBe('inconclusive');
    expect(inconclusiveText(proofOf([equal(0), equal(0)]))).toMatch(/No parameter set returned a row/);
    expect(inconclusiveText(proofOf([equal(3), late]))).toMatch(/ran out of time/);
    expect(outcomeWords(late).text).toBe('out of time after 1 min');
    expect(outcomeWords({ result: 'equal', rows: 1, tiesAtLimit: true }).text).toBe(
      'equal, 1 row, but for rows that tie at the LIMIT',
    );
  });

  it('puts differing rows into columns, and leaves whole what does not fit them', () => {
    const rows = [{ side: 'original' as const, row: '(North,)', times: 2 }];
    expect(differingTable(['region', 'amount'], rows)).toEqual({
      columns: ['region', 'amount'],
      rows: [{ side: 'only the statement', times: 2, cells: ['North', null] }],
    });
    expect(differingTable(['region'], rows)).toMatchObject({ columns: ['row'], rows: [{ cells: ['(North,)'] }] });
  });
});
