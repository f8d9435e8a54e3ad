import { z } from 'zod';
import { gradeSchema } from './diagnosis.ts';
import { parameterSetSchema } from './proof.ts';

/** Why a statement, or its filters, do not become a read model. */
export const refusalSchema = z.object({
  /** As it is written in SQL: 'count(DISTINCT)', '$3', 'random()', 'FOR UPDATE'. */
  construct: z.string(),
  why: z.string(),
  whatToDo: z.string(),
});

/** How a culprit statement was turned into a definition and a query over it. */
export const derivationSchema = z.object({
  /** free: some parameter still filters; frozen: the constants of this one statement are kept. */
  shape: z.enum(['free', 'frozen']),
  /** The culprit: normalized ($1), or as it was sent. */
  originalSql: z.string(),
  /** In which its tables are found; null: in the connection's own. */
  searchPath: z.string().nullable(),
  /** The culprit over the stable name: same parameters under their numbers, same columns in name, order and type. */
  rewrittenSql: z.string(),
  /** Key columns of the definition, with the parameters ('$1') that filter by each. */
  dimensions: z.array(z.object({ column: z.string(), expression: z.string(), parameters: z.array(z.string()) })),
  /** The key column of time that a range filters, and what is kept of it; instant: every value as it is. */
  period: z
    .object({ column: z.string(), grain: z.enum(['instant', 'day', 'week', 'month', 'quarter', 'year']) })
    .nullable(),
  /** Parameters whose value the definition keeps. */
  frozenParameters: z.array(z.object({ name: z.string(), literal: z.string() })),
  /** What kept the filters of a frozen result from staying free. */
  notFree: refusalSchema.nullable(),
  /** What differs from the culprit, a sentence each. */
  changes: z.array(z.string()),
  /** Constants that it is proven with, those that were sent first; frozen parameters have their frozen values. */
  parameterSets: z.array(parameterSetSchema),
});
export type ProposedRewriting = z.infer<typeof derivationSchema>;

/** What the finding said about mornings without this statement. */
export const expectedSavingSchema = z.object({
  grade: gradeSchema,
  /** Part of the damage of the worst window, 0..1. */
  blameShare: z.number(),
  damageSeconds: z.number(),
  window: z.object({ fromMs: z.number(), toMs: z.number() }),
  /** A save without it, ms; null where nobody could tell. */
  meanMs: z.number().nullable(),
  p95Ms: z.number().nullable(),
});
export type ExpectedSaving = z.infer<typeof expectedSavingSchema>;

/** Another culprit whose read model would be made of the same tables. */
export const siblingSchema = z.object({
  statementId: z.string(),
  text: z.string(),
  /** Its key would have the same columns. */
  sameGrain: z.boolean(),
});
export type Sibling = z.infer<typeof siblingSchema>;
