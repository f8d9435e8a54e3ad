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
    /** Rows on each side. */
    rows: z.number(),
    /** Equal but for rows that tie at the LIMIT, which PostgreSQL picks as it likes. */
    tiesAtLimit: z.boolean(),
    /** No row, or a single one of NULLs and zeros, as an aggregate over nothing has it: an equal nothing says little. */
    nothing: z.boolean(),
    /** Over all rows, in whatever order and without the model's age: results that differ have different ones. */
    digest: z.string(),
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
 * - proven: equal for every set; where parameters are free, some sets have results that differ (`neededResults`)
 * - partly: equal wherever it was compared, but on fewer such sets
 * - disproven: some set differs
 * - inconclusive: none differs, but one ran out of time, or all results are empty
 */
export const proofVerdictSchema = z.enum(['proven', 'partly', 'disproven', 'inconclusive']);
export type ProofVerdict = z.infer<typeof proofVerdictSchema>;

/** The culprit against its rewriting over the definition, each set at one snapshot. */
export const proofSchema = z.object({
  /** Hash over what was compared: another text is another proof. */
  proofHash: z.string(),
  verdict: proofVerdictSchema,
  /** Of every set that was ever compared its last outcome: those of earlier proofs first, then in the order of this one. */
  steps: z.array(proofStepSchema),
  /** Parameter sets that were to be compared. */
  setCount: z.number().int(),
  /** '$1' ...: parameters that whoever asks may still vary. */
  freeParameters: z.array(z.string()),
  provenAtMs: z.number(),
});
export type Proof = z.infer<typeof proofSchema>;

/**
 * What a read model has to answer for, by the engine's own record:
 * - statement: of the history, which it was proposed from, now or with an earlier version
 * - widget: the live query of one that reads it, or will
 * - select: the SELECT that somebody proposed it from, where nothing else stands behind it
 */
export const originalSchema = z.object({
  /** 'statement:<id>', 'widget:<id>' or 'select'. */
  originalId: z.string(),
  kind: z.enum(['statement', 'widget', 'select']),
  /** e.g. 'the widget Monthly sales'. */
  label: z.string(),
  originalSql: z.string(),
  /** In which its tables are found; null: in the connection's own. */
  searchPath: z.string().nullable(),
  /** The same over the stable name; null: nobody has written it. */
  rewrittenSql: z.string().nullable(),
  /** Parameters whose value the definition keeps. */
  frozenParameters: z.array(z.object({ name: z.string(), literal: z.string() })),
});
export type Original = z.infer<typeof originalSchema>;

/** One of a proposal that is not planned yet. */
export const askedOriginalSchema = originalSchema.extend({
  /** To prove with. */
  parameterSets: z.array(parameterSetSchema),
  freeParameters: z.array(z.string()),
  /** Definition and query are those of the version that readers see: nothing new has to be proven. */
  unchanged: z.boolean(),
  /** Of exactly these texts. */
  proof: proofSchema.nullable(),
});
export type AskedOriginal = z.infer<typeof askedOriginalSchema>;

/** As a plan keeps it. */
export const answeredOriginalSchema = originalSchema.extend({
  /** null: never compared. */
  verdict: proofVerdictSchema.nullable(),
  proofHash: z.string().nullable(),
  /** What was compared and what was not. */
  text: z.string(),
});
export type AnsweredOriginal = z.infer<typeof answeredOriginalSchema>;

/** Results that have to differ before free parameters are proven: with one, a filter that was forgotten goes unseen. */
const resultsForFree = 3;

/** Pure. */
export const neededResults = (freeParameters: readonly string[]): number =>
  freeParameters.length === 0 ? 1 : resultsForFree;

/** Results with rows that were compared and equal, each once. */
export const provenResults = (steps: readonly Pick<ProofStep, 'outcome'>[]): number =>
  new Set(steps.flatMap(({ outcome }) => (outcome.result === 'equal' && !outcome.nothing ? [outcome.digest] : [])))
    .size;

/** Pure; see `proofVerdictSchema`. */
export function verdictOf(
  steps: readonly Pick<ProofStep, 'outcome'>[],
  freeParameters: readonly string[],
): ProofVerdict {
  if (steps.some(({ outcome }) => outcome.result === 'different')) return 'disproven';
  const results = provenResults(steps);
  if (results === 0 || steps.some(({ outcome }) => outcome.result === 'timed_out')) return 'inconclusive';
  return results >= neededResults(freeParameters) ? 'proven' : 'partly';
}

/** Equal sets of earlier proofs that are kept beside those of the last one. */
const mostKept = 50;

/**
 * All that is known of one text after it was proven again. A set that differed stays until that very set was compared
 * anew; one that ran out of time said nothing and is forgotten. Pure.
 */
export function mergedSteps(earlier: readonly ProofStep[], now: readonly ProofStep[]): ProofStep[] {
  const again = new Set(now.map(({ parameterSet }) => setKey(parameterSet)));
  const others = earlier.filter(({ parameterSet }) => !again.has(setKey(parameterSet)));
  return [
    ...others.filter(({ outcome }) => outcome.result === 'different'),
    ...others.filter(({ outcome }) => outcome.result === 'equal').slice(-mostKept),
    ...now,
  ];
}

export const setKey = (set: ParameterSet): string =>
  JSON.stringify(Object.entries(set).toSorted(([a], [b]) => (a < b ? -1 : 1)));
