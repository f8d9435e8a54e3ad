import { describe, expect, it } from 'vitest';
import { diagnosisGates } from './diagnosis-gates.ts';
import type { Judged } from './judge.ts';

interface Outcome {
  readonly top1?: boolean;
  readonly asDemanded?: boolean;
  readonly accuses?: boolean;
  readonly shareError?: number | null;
  readonly predictionError?: number | null;
  readonly naive?: boolean;
}

const run = (scenario: string, outcome: Outcome = {}) => {
  const { top1 = true, asDemanded = true, accuses = false, shareError = 0.1, predictionError = 0.1 } = outcome;
  const right = outcome.naive ?? false;
  return {
    scenario,
    top1,
    asDemanded,
    falselyAccused: accuses ? ['select innocent'] : [],
    shareError,
    predicted: { error: predictionError },
    naive: { totalTime: right, overlap: right, pearson: right },
  } as unknown as Judged;
};
const times = (count: number, one: Judged) => Array.from({ length: count }, () => one);
const gate = (runs: readonly Judged[], name: string) => diagnosisGates(runs).find((one) => one.name === name);

describe('the gates of the ground truth', () => {
  it('count a run without a prediction as wrong, in numbers that JSON keeps', () => {
    const none = times(2, run('S1', { predictionError: null }));
    const most = gate([...none, run('S1')], 'predictionError_S1');
    expect(most).toMatchObject({ ok: false });
    expect(JSON.parse(JSON.stringify(most))).toEqual(most);
    expect(gate([...times(2, run('S1')), ...none.slice(1)], 'predictionError_S1')).toMatchObject({
      value: 0.1,
      ok: true,
    });
  });

  it('take the median of the share over whoever did it, the group and the regular one too, not over nobody', () => {
    const bad = [run('S10', { shareError: 0.5 }), run('S14', { shareError: 0.5 })];
    expect(gate([run('S1'), ...bad], 'medianShareError')).toMatchObject({ value: 0.5, ok: false });
    const innocent = times(5, run('S7', { shareError: 0 }));
    expect(gate([run('S1', { shareError: 0.5 }), ...innocent], 'medianShareError')).toMatchObject({ ok: false });
  });

  it('allow no false accusation in fewer than 20 runs, and one in 20', () => {
    const accusing = run('S6', { accuses: true });
    const name = 'falselyAccused_S6_S7_S12';
    expect(gate([accusing, ...times(18, run('S12'))], name)).toMatchObject({ ok: false });
    expect(gate([accusing, ...times(19, run('S12'))], name)).toMatchObject({ value: 0.05, ok: true });
    expect(gate([accusing, accusing, ...times(37, run('S7'))], name)).toMatchObject({ ok: false });
  });

  it('want more right answers than a ranking gives, over all named scenarios', () => {
    const named = ['S1', 'S2', 'S3', 'S4', 'S5', 'S8', 'S9', 'S11', 'S13'];
    const asGood = named.map((id) => run(id, { naive: true }));
    const name = 'betterThan_overlap';
    expect(gate(asGood, name)).toMatchObject({ ok: false });
    expect(gate([...asGood.slice(1), run('S1')], name)).toMatchObject({ value: 0.111, ok: true });
    expect(gate(asGood.slice(1), name)).toBeUndefined();
  });

  it('hold the figures against their bounds before they are rounded', () => {
    expect(gate([run('S1', { shareError: 0.2004 })], 'medianShareError')).toMatchObject({ value: 0.2, ok: false });
  });
});
