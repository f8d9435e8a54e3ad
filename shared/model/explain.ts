import { z } from 'zod';

/** A constant that a normalized text lost, and where its value came from. */
export const restoredValueSchema = z.object({
  /** '$1' ... as in the normalized text. */
  name: z.string(),
  /** SQL text of the literal as it was put in, e.g. `'2026-01-01'::date`. */
  literal: z.string(),
  origin: z.enum(['unified', 'sample', 'statistics', 'person']),
});
export type RestoredValue = z.infer<typeof restoredValueSchema>;

/** One node of a plan, as EXPLAIN (format json) says it. Times include loops: the node's whole share of the run. */
export type PlanNode = z.infer<typeof planNodeFactsSchema> & { readonly children: PlanNode[] };
const planNodeFactsSchema = z.object({
  /** Path in the tree: '0', '0.0', '0.1' ... */
  nodeId: z.string(),
  nodeType: z.string(),
  relation: z.string().nullable(),
  index: z.string().nullable(),
  /** Filter, index condition, hash condition, sort key ...: label and text. */
  details: z.array(z.object({ label: z.string(), text: z.string() })),
  startupCost: z.number(),
  totalCost: z.number(),
  /** Cost without the children's. */
  ownCost: z.number(),
  estimatedRows: z.number(),
  /** null without ANALYZE, or for a node that never ran. */
  actualRows: z.number().nullable(),
  loops: z.number().nullable(),
  totalMs: z.number().nullable(),
  ownMs: z.number().nullable(),
  sharedBlocks: z.number().nullable(),
  tempBlocks: z.number().nullable(),
  rowsRemoved: z.number().nullable(),
  /** max(actual/estimate, estimate/actual); marked from 10 on. */
  estimateError: z.number().nullable(),
  /** The slowest one by own time; by own cost without ANALYZE. */
  slowest: z.boolean(),
});
export const planNodeSchema: z.ZodType<PlanNode> = planNodeFactsSchema.extend({
  get children() {
    return z.array(planNodeSchema);
  },
});

export const explainedSchema = z.object({
  explainId: z.string(),
  serverId: z.string(),
  statementId: z.string(),
  takenAtMs: z.number(),
  /** constants: planned with restored values. generic: EXPLAIN (GENERIC_PLAN), 16+. generic_prepared: PREPARE before 16. */
  method: z.enum(['constants', 'generic', 'generic_prepared']),
  analyzed: z.boolean(),
  /** The SQL that was planned. */
  sql: z.string(),
  values: z.array(restoredValueSchema),
  root: planNodeSchema,
  planningMs: z.number().nullable(),
  executionMs: z.number().nullable(),
  /** Hash of the shape: node types, relations and indexes, without costs. Equal: the same plan. */
  shape: z.string(),
  /** What to know when reading it, one sentence each. */
  notes: z.array(z.string()),
});
export type Explained = z.infer<typeof explainedSchema>;

/** A value that only the person knows. */
export const missingValueSchema = z.object({
  name: z.string(),
  /** Type as the server infers it, or null. */
  type: z.string().nullable(),
  /** Where it stands, e.g. `orders.customer_id = $2`. */
  context: z.string(),
});
export type MissingValue = z.infer<typeof missingValueSchema>;

export const planDifferenceSchema = z.object({
  /** In one, the other, or both; matched top down by node type, relation and index. */
  kind: z.enum(['same', 'changed', 'removed', 'added']),
  before: planNodeFactsSchema.nullable(),
  after: planNodeFactsSchema.nullable(),
  depth: z.number(),
  /** What changed, in words, e.g. "Index Scan became Seq Scan". */
  text: z.string().nullable(),
});
export const planComparisonSchema = z.object({
  before: explainedSchema,
  after: explainedSchema,
  rows: z.array(planDifferenceSchema),
  sentence: z.string(),
});
export type PlanComparison = z.infer<typeof planComparisonSchema>;
