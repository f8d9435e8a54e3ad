import { describe, expect, test } from 'vitest';
import { mergedSteps, verdictOf, type ComparisonOutcome, type ProofStep } from '../../../shared/model/proof.ts';
import { proofText } from '../../../shared/model/proof-text.ts';

const step = (value: string, outcome: ComparisonOutcome): ProofStep => ({
  parameterSet: { $1: value },
  outcome,
  tookMs: 1,
});
const equal = (value: string, digest = value): ProofStep =>
  step(value, { result: 'equal', rows: 2, tiesAtLimit: false, nothing: false, digest });
const nothing = (value: string): ProofStep =>
  step(value, { result: 'equal', rows: 1, tiesAtLimit: false, nothing: true, digest: '' });
const different = (value: string): ProofStep =>
  step(value, { result: 'different', why: 'other rows', columns: [], rows: [] });
const late = (value: string): ProofStep => step(value, { result: 'timed_out', timeoutMs: 5 });

describe('the verdict of a proof', () => {
  test.each([
    ['nothing was compared', [], [], 'inconclusive'],
    ['one result, and nothing to vary', [equal('1')], [], 'proven'],
    ['one result of a free parameter', [equal('1')], ['$1'], 'partly'],
    ['three sets with two results', [equal('1'), equal('2'), equal('3', '2')], ['$1'], 'partly'],
    ['three results', [equal('1'), equal('2'), equal('3'), nothing('4')], ['$1'], 'proven'],
    ['nothing on both sides', [nothing('1'), nothing('2'), nothing('3')], ['$1'], 'inconclusive'],
    ['nothing on both sides, and nothing to vary', [nothing('1')], [], 'inconclusive'],
    ['one that ran out of time', [equal('1'), equal('2'), equal('3'), late('4')], ['$1'], 'inconclusive'],
    ['one that differs', [equal('1'), equal('2'), equal('3'), different('4')], ['$1'], 'disproven'],
  ] as const)('%s', (_, steps, free, verdict) => {
    expect(verdictOf(steps, free)).toBe(verdict);
  });

  test('a later proof adds to an earlier one, and only the same set takes a differing one back', () => {
    const earlier = [different('1'), equal('2'), late('3')];
    expect(mergedSteps(earlier, [equal('4')])).toEqual([different('1'), equal('2'), equal('4')]);
    expect(mergedSteps(earlier, [equal('1')])).toEqual([equal('2'), equal('1')]);
    const many = Array.from({ length: 80 }, (_, at) => equal(`many ${at}`));
    const kept = mergedSteps([different('1'), ...many], [equal('4')]);
    expect(kept).toHaveLength(52);
    expect(kept[0]).toEqual(different('1'));
  });

  test('what was compared is told, and what was not', () => {
    const two = [
      { ...equal('1'), parameterSet: { $1: '1', $2: 'x' } },
      { ...equal('2'), parameterSet: { $1: '2', $2: 'x' } },
      { ...nothing('3'), parameterSet: { $1: '3', $2: 'y' } },
    ];
    expect(proofText({ steps: two, freeParameters: ['$1', '$2'] })).toBe(
      'Compared: 2 parameter sets equal, with 2 different results; 1 parameter set had no row, or nothing but NULL and 0, on both sides. Not compared: other values of $2. $1, $2 can be asked with any value, and a proof takes 3 sets whose results differ.',
    );
    expect(proofText({ steps: [equal('1')], freeParameters: [] })).toBe('Compared: equal, 2 rows.');
    expect(proofText({ steps: [different('1')], freeParameters: [] })).toBe(
      'Compared: 1 parameter set returned other rows.',
    );
    expect(proofText({ steps: [], freeParameters: [] })).toBe('Nothing was compared.');
  });
});
