import { describe, expect, it } from 'vitest';
import {
  adviceOf,
  differingTable,
  outcomeWords,
  proofWords,
} from '../../../../renderer/screens/read-models/proof-words.ts';
import { verdictOf, type ComparisonOutcome, type Proof } from '../../../../shared/model/proof.ts';

const equal = (rows: number, digest = String(rows)): ComparisonOutcome => ({
  result: 'equal',
  rows,
  tiesAtLimit: false,
  nothing: rows === 0,
  digest,
});
const late: ComparisonOutcome = { result: 'timed_out', timeoutMs: 60_000 };
const different: ComparisonOutcome = { result: 'different', why: 'other rows', columns: ['a'], rows: [] };
const proofOf = (outcomes: readonly ComparisonOutcome[], freeParameters: string[] = []): Proof => {
  const steps = outcomes.map((outcome) => ({ parameterSet: {}, outcome, tookMs: 1 }));
  return {
    proofHash: 'h',
    verdict: verdictOf(steps, freeParameters),
    steps,
    setCount: outcomes.length,
    freeParameters,
    provenAtMs: 0,
  };
};

describe('the words of a proof', () => {
  it('says what stands behind a rewritten query', () => {
    expect(proofWords(null).text).toBe('not proven');
    expect(proofWords(proofOf([equal(2), equal(0)]))).toEqual({ text: 'proven on 1 parameter set', tone: 'good' });
    expect(proofWords(proofOf([equal(2), different])).tone).toBe('bad');
    expect(proofWords(proofOf([equal(2), equal(3)], ['$1']))).toEqual({
      text: 'less than proven: equal on 2 parameter sets',
      tone: 'warning',
    });
  });

  it('says what to do about a proof that is none', () => {
    expect(adviceOf(proofOf([equal(0), equal(0)]))).toMatch(/An equal nothing says little/);
    expect(adviceOf(proofOf([equal(3), late]))).toMatch(/a set that reads less/);
    expect(adviceOf(proofOf([equal(3)], ['$1']))).toMatch(/Add a set with other values/);
    expect(adviceOf(proofOf([equal(3)]))).toBe('');
    expect(outcomeWords(late).text).toBe('out of time after 1 min');
    expect(outcomeWords({ result: 'equal', rows: 1, tiesAtLimit: true, nothing: false, digest: '' }).text).toBe(
      'equal, 1 row, but for rows that tie at the LIMIT',
    );
    expect(outcomeWords({ result: 'equal', rows: 1, tiesAtLimit: false, nothing: true, digest: '' })).toEqual({
      text: 'equal, 1 row of NULL and 0',
      tone: 'neutral',
    });
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
