import { neededResults, provenResults, verdictOf, type Proof, type ProofStep } from './proof.ts';

/** What a proof compared and what it did not, in sentences. Pure. */
export function proofText({ steps, freeParameters }: Pick<Proof, 'steps' | 'freeParameters'>): string {
  const equal = steps.filter(({ outcome }) => outcome.result === 'equal' && !outcome.nothing);
  const results = provenResults(steps);
  const count = (wanted: (step: ProofStep) => boolean) => steps.filter(wanted).length;
  const different = count(({ outcome }) => outcome.result === 'different');
  const nothing = count(({ outcome }) => outcome.result === 'equal' && outcome.nothing);
  const late = count(({ outcome }) => outcome.result === 'timed_out');
  const free = freeParameters.length > 0;
  const found = [
    ...(different > 0 ? [`${setsOf(different)} returned other rows`] : []),
    ...(equal.length > 0
      ? [free ? `${setsOf(equal.length)} equal, with ${resultsOf(results)}` : `equal, ${rowsOf(equal)}`]
      : []),
    ...(nothing > 0
      ? [`${free ? `${setsOf(nothing)} had` : 'it had'} no row, or nothing but NULL and 0, on both sides`]
      : []),
    ...(late > 0 ? [`${setsOf(late)} ran out of time`] : []),
  ];
  const same = equal.length < 2 ? [] : freeParameters.filter((name) => isSame(equal, name));
  return [
    found.length === 0 ? 'Nothing was compared.' : `Compared: ${found.join('; ')}.`,
    ...(same.length > 0 ? [`Not compared: other values of ${same.join(', ')}.`] : []),
    ...(verdictOf(steps, freeParameters) === 'partly'
      ? [
          `${freeParameters.join(', ')} can be asked with any value, and a proof takes ${neededResults(freeParameters)} sets whose results differ.`,
        ]
      : []),
  ].join(' ');
}

const isSame = (steps: readonly ProofStep[], name: string): boolean =>
  new Set(steps.map(({ parameterSet }) => parameterSet[name])).size === 1;

const setsOf = (count: number): string => (count === 1 ? '1 parameter set' : `${count} parameter sets`);
const resultsOf = (count: number): string => (count === 1 ? 'one result' : `${count} different results`);

function rowsOf(steps: readonly ProofStep[]): string {
  const rows = Math.max(...steps.map(({ outcome }) => (outcome.result === 'equal' ? outcome.rows : 0)));
  return rows === 1 ? '1 row' : `${rows} rows`;
}
