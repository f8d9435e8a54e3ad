import type { Comparison, Verdict } from '../../../../shared/model/diagnosis.ts';
import { diagnose } from '../diagnose.ts';
import type { DiagnosisInput } from '../input.ts';
import { shortStatement } from '../transactions/described-rows.ts';
import { comparisonSentence } from './comparison-sentence.ts';
import { measureWindow, type Measure, type MeasuredWindow } from './window-measures.ts';

/** A server may have thousands of statements that changed by a call or two. */
export const mostCompared = 1_000;

/** Average sessions; smaller differences of damage are noise, and what is left is ordered by activity. */
const noise = 0.01;

/**
 * Two windows beside each other: both verdicts, and the statements of either (matched by database, role and
 * fingerprint), the largest change of damage first, done or suffered, in average waiting sessions; then of activity.
 */
export function compareMornings(before: DiagnosisInput, after: DiagnosisInput): Comparison {
  const windows = [before, after].map((input) => measureWindow(input, diagnose(input))) as [
    MeasuredWindow,
    MeasuredWindow,
  ];
  const [one, two] = windows;
  const statements = [...new Set([...one.measures.keys(), ...two.measures.keys()])]
    .map((key) => ({ key, before: one.measures.get(key) ?? null, after: two.measures.get(key) ?? null }))
    .map((pair) => ({
      ...pair,
      harm: Math.abs(harm(pair.after, two.verdict) - harm(pair.before, one.verdict)),
      activity: Math.abs((pair.after?.averageActiveSessions ?? 0) - (pair.before?.averageActiveSessions ?? 0)),
      calls: Math.abs((pair.after?.calls ?? 0) - (pair.before?.calls ?? 0)),
    }))
    .toSorted(
      (a, b) =>
        Math.round(b.harm / noise) - Math.round(a.harm / noise) ||
        b.activity - a.activity ||
        b.calls - a.calls ||
        (a.key < b.key ? -1 : 1),
    )
    .slice(0, mostCompared);
  return {
    before: one.verdict,
    after: two.verdict,
    statements: statements.map((pair) => ({
      statement: shortStatement(statementOf(pair)),
      before: compared(pair.before),
      after: compared(pair.after),
    })),
    sentence: comparisonSentence(one, two),
  };
}

function statementOf({ before, after }: { readonly before: Measure | null; readonly after: Measure | null }) {
  const measure = after ?? before;
  if (measure === null) throw new Error('a compared statement was seen in one of the windows');
  return measure.statement;
}

/** Average sessions that waited because of it, or that it waited itself. */
function harm(measure: Measure | null, { damageSeconds, fromMs, toMs }: Verdict): number {
  if (measure === null) return 0;
  return ((measure.blameShare * damageSeconds + measure.damageSeconds) * 1000) / (toMs - fromMs);
}

function compared(measure: Measure | null): Comparison['statements'][number]['before'] {
  if (measure === null) return null;
  const { calls, meanMs, averageActiveSessions, blameShare, grade, damageSeconds } = measure;
  return { calls, meanMs, averageActiveSessions, blameShare, grade, damageSeconds };
}
