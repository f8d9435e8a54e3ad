import { z } from 'zod';

/** '$1' -> SQL literal. */
export const parameterSetSchema = z.record(z.string(), z.string());
export type ParameterSet = z.infer<typeof parameterSetSchema>;

/** A row that one side has more often than the other. */
export const differingRowSchema = z.object({
  side: z.enum(['original', 'rewritten']),
  /** As the server prints a row: (2026-01-01,North,12.50). */
  row: z.string(),
  /** How many times more often. */
  times: z.number(),
});
export type DifferingRow = z.infer<typeof differingRowSchema>;

/** What one parameter set showed. */
export const comparisonOutcomeSchema = z.discriminatedUnion('result', [
  z.object({
    result: z.literal('equal'),
    /** Rows on each side. An equal nothing says little. */
    rows: z.number(),
    /** Equal but for rows that tie at the LIMIT, which PostgreSQL picks as it likes. */
    tiesAtLimit: z.boolean(),
  }),
  z.object({
    result: z.literal('different'),
    why: z.string(),
    /** Of both results, in order; empty where these differ themselves. */
    columns: z.array(z.string()),
    /** The first ones. */
    rows: z.array(differingRowSchema),
  }),
  z.object({ result: z.literal('timed_out'), timeoutMs: z.number() }),
]);
export type ComparisonOutcome = z.infer<typeof comparisonOutcomeSchema>;

export const proofStepSchema = z.object({
  parameterSet: parameterSetSchema,
  outcome: comparisonOutcomeSchema,
  tookMs: z.number(),
});
export type ProofStep = z.infer<typeof proofStepSchema>;

/**
 * - proven: equal for every parameter set, and some set had rows
 * - disproven: some set differs
 * - inconclusive: none differs, but one ran out of time, or all results are empty
 */
export const proofVerdictSchema = z.enum(['proven', 'disproven', 'inconclusive']);
export type ProofVerdict = z.infer<typeof proofVerdictSchema>;

/** The culprit against its rewriting over the definition, each set at one snapshot. */
export const proofSchema = z.object({
  /** Hash over what was compared: another text is another proof. */
  proofHash: z.string(),
  verdict: proofVerdictSchema,
  /** In the order in which they ran; it ends with the first that is not equal. */
  steps: z.array(proofStepSchema),
  /** Parameter sets that were to be compared. */
  setCount: z.number().int(),
  provenAtMs: z.number(),
});
export type Proof = z.infer<typeof proofSchema>;

/** Pure; see `proofVerdictSchema`. */
export function verdictOf(outcomes: readonly ComparisonOutcome[]): ProofVerdict {
  if (outcomes.some(({ result }) => result === 'different')) return 'disproven';
  const someRows = outcomes.some((outcome) => outcome.result === 'equal' && outcome.rows > 0);
  return someRows && outcomes.every(({ result }) => result === 'equal') ? 'proven' : 'inconclusive';
}
