import { z } from 'zod';
import { derivationSchema, expectedSavingSchema } from './derivation.ts';
import { restoredValueSchema } from './explain.ts';
import { budgetSchema } from './freshness.ts';
import { periodSchema } from './period.ts';
import { refreshModeSchema } from './refresh.ts';

/** A plain SQL identifier that Daybreak gives out itself: lower case, at most 50 bytes so that `_v99_b` still fits in 63. */
export const readModelNameSchema = z
  .string()
  .regex(/^[a-z_][a-z0-9_]*$/, 'a read model name has lower-case letters, digits and _, and starts with a letter')
  .max(50);

export const columnSchema = z.object({
  name: z.string(),
  /** format_type() of the column, e.g. 'numeric', 'timestamp with time zone'. */
  type: z.string(),
  nullable: z.boolean().optional(),
  /** `schema.name`, quoted, of a collation other than the type's own; null: the type's own; absent: not known. */
  collation: z.string().nullable().optional(),
});
export type Column = z.infer<typeof columnSchema>;

export const consumerSchema = z.object({
  /** 'widget:<id>' or the name of an outside program. */
  consumer: z.string().min(1),
  owner: z.string().min(1),
  budget: budgetSchema,
});
export type Consumer = z.infer<typeof consumerSchema>;

/** What a person (or a shipped widget) asks for; made a plan by `readModels.plan`. */
export const proposalSchema = z.object({
  name: readModelNameSchema,
  question: z.string().min(1),
  owner: z.string().min(1),
  /** A read-only SELECT; becomes the body of the version. */
  definitionSql: z.string().min(1),
  /** Output columns that identify a row, NULL counting as a value; empty: none do, or there is one row only. */
  keyColumns: z.array(z.string()),
  consumers: z.array(consumerSchema),
  /** Roles that may read the stable name. */
  grantTo: z.array(z.string()),
  /** Left out: every refresh recomputes all of it. */
  period: periodSchema.optional(),
});
export type Proposal = z.infer<typeof proposalSchema>;

/** A proposal with what Daybreak found out about it. Nothing has been created. */
export const checkedProposalSchema = z.object({
  proposal: proposalSchema,
  columns: z.array(columnSchema),
  /** Planner's estimate of the result. */
  expectedRows: z.number(),
  expectedBytes: z.number(),
  /** EXPLAIN's total cost of one refresh. */
  expectedCost: z.number(),
  baseTables: z.array(z.string()),
  warnings: z.array(z.string()),
  /** How a reader asks now: a select over the stable name. */
  readerSql: z.string(),
  /** Where the definition came from. */
  origin: z.enum(['statement', 'widget', 'sql']),
  statementId: z.string().nullable(),
  widgetId: z.string().nullable(),
  /** True when literals of the sampled statement were kept as they were. */
  constantsFrozen: z.boolean(),
  /** Those that the statistics had left out, and where each was found; absent in plans of earlier versions. */
  constants: z.array(restoredValueSchema).optional(),
  /** How the culprit statement asks afterwards; absent where it did not begin with a statement, or has no rewriting. */
  derivation: derivationSchema.optional(),
  /** The widget's own query as it was proposed from, for people to read; absent where it did not begin with a widget. */
  liveSql: z.string().optional(),
  /** The SELECT that somebody proposed it from; absent where a definition was written down as one. */
  askedSql: z.string().optional(),
  /**
   * How those ask over the model that `readerSql` and `derivation` do not speak for: 'widget:<id>' or 'statement:<id>' ->
   * SELECT over the stable name. A plan has one for each widget that it moves.
   */
  queries: z.record(z.string(), z.string()).optional(),
  /** How it will be refreshed, as far as that can be told before it was ever filled. */
  refresh: z.object({ mode: refreshModeSchema, reason: z.string() }).optional(),
  /** How old its numbers may be, a suggestion. */
  budget: z.object({ minutes: z.number(), reason: z.string() }).optional(),
  /** What the open finding of its statement expects; null without one. */
  saving: expectedSavingSchema.nullable().optional(),
});
export type CheckedProposal = z.infer<typeof checkedProposalSchema>;
