import { atLeast, atMost, type Gate } from '../gates.ts';
import type { Judged } from './judge.ts';
import { median } from './table.ts';

const named = ['S1', 'S2', 'S3', 'S4', 'S5', 'S8', 'S9', 'S11', 'S13'];
const nobody = ['S6', 'S7', 'S12'];
/** Somebody did it, so that the share of a verdict has a true one to be compared with; of nobody it is 0 beside 0. */
const guilty = [...named, 'S10', 'S14'];
const predicted = ['S1', 'S2', 'S4'];

/** Of a run without a prediction: wrong by more than any bound, and still a number in JSON. */
const noPrediction = 1e9;

/** The gates of "Ground truth", over those scenarios that ran; a figure without a run to take it from is left out. */
export function diagnosisGates(all: readonly Judged[]): Gate[] {
  const of = (ids: readonly string[]) => all.filter(({ scenario }) => ids.includes(scenario));
  const gates: Gate[] = [];
  const withCulprit = of(named);
  if (withCulprit.length > 0) {
    gates.push(
      atLeast(
        'top1Right',
        part(withCulprit, ({ top1 }) => top1 === true),
        0.85,
      ),
      atLeast(
        'culpritAsDemanded',
        part(withCulprit, ({ asDemanded }) => asDemanded),
        0.85,
      ),
    );
  }
  const error = median(of(guilty).flatMap(({ shareError }) => shareError ?? []));
  if (error !== null) gates.push(atMost('medianShareError', error, 0.2));
  // One scenario says nothing about a ranking: each of them is right somewhere.
  if (named.every((id) => withCulprit.some(({ scenario }) => scenario === id))) {
    for (const ranking of ['totalTime', 'overlap', 'pearson'] as const) {
      const theirs = withCulprit.filter(({ naive }) => naive?.[ranking] === true).length;
      const ours = withCulprit.filter(({ top1 }) => top1 === true).length;
      const value = (ours - theirs) / withCulprit.length;
      gates.push({ name: `betterThan_${ranking}`, value, bound: '>0', ok: value > 0 });
    }
  }
  for (const [id, name] of [
    ['S10', 'groupNamed_S10'],
    ['S14', 'notIdentifiableSaid_S14'],
  ] as const) {
    const runs = of([id]);
    if (runs.length > 0)
      gates.push(
        atLeast(
          name,
          part(runs, ({ asDemanded }) => asDemanded),
          0.8,
        ),
      );
  }
  const innocent = of(nobody);
  if (innocent.length > 0) {
    const most = innocent.length < 20 ? 0 : 0.05;
    const accused = part(innocent, ({ falselyAccused }) => falselyAccused.length > 0);
    gates.push(atMost('falselyAccused_S6_S7_S12', accused, most));
  }
  for (const id of predicted) {
    const error = median(of([id]).map((run) => run.predicted.error ?? noPrediction));
    if (error !== null) gates.push(atMost(`predictionError_${id}`, error, 0.25));
  }
  // Rounded to be read, after they were held against their bounds.
  return gates.map((gate) => ({ ...gate, value: Number(gate.value.toFixed(3)) }));
}

const part = (runs: readonly Judged[], is: (run: Judged) => boolean): number => runs.filter(is).length / runs.length;
