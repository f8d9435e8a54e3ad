import { atLeast, atMost, type Gate } from '../gates.ts';
import type { Judged } from './judge.ts';
import { median } from './table.ts';

const named = ['S1', 'S2', 'S3', 'S4', 'S5', 'S8', 'S9', 'S11', 'S13'];
const nobody = ['S6', 'S7', 'S12'];
const predicted = ['S1', 'S2', 'S4'];

/** The gates of "Ground truth", over those scenarios that ran; a figure without a run to take it from is left out. */
export function diagnosisGates(all: readonly Judged[]): Gate[] {
  const of = (ids: readonly string[]) => all.filter(({ scenario }) => ids.includes(scenario));
  const gates: Gate[] = [];
  const withCulprit = of(named);
  if (withCulprit.length > 0) {
    const right = part(withCulprit, ({ top1 }) => top1 === true);
    gates.push(atLeast('top1Right', right, 0.85));
    gates.push(
      atLeast(
        'culpritAsDemanded',
        part(withCulprit, ({ asDemanded }) => asDemanded),
        0.85,
      ),
    );
    const errors = withCulprit.flatMap(({ shareError }) => shareError ?? []);
    const error = median(errors);
    if (error !== null) gates.push(atMost('medianShareError', round(error), 0.2));
    // One scenario says nothing about a ranking: each of them is right somewhere.
    const whole = named.every((id) => withCulprit.some(({ scenario }) => scenario === id));
    for (const ranking of whole ? (['totalTime', 'overlap', 'pearson'] as const) : []) {
      const theirs = part(withCulprit, ({ naive }) => naive?.[ranking] === true);
      // Better, not as good: the smallest difference that these runs can show.
      gates.push(atLeast(`betterThan_${ranking}`, round(right - theirs), round(1 / withCulprit.length)));
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
    // Of fewer than 20 runs 5 % is none.
    const most = innocent.length < 20 ? 0 : 0.05;
    const accused = part(innocent, ({ falselyAccused }) => falselyAccused.length > 0);
    gates.push(atMost('falselyAccused_S6_S7_S12', accused, most));
  }
  for (const id of predicted) {
    const error = median(of([id]).flatMap((run) => run.predicted.error ?? []));
    if (error !== null) gates.push(atMost(`predictionError_${id}`, round(error), 0.25));
  }
  return gates;
}

const part = (runs: readonly Judged[], is: (run: Judged) => boolean): number =>
  round(runs.filter(is).length / runs.length);
const round = (value: number): number => Number(value.toFixed(3));
