import { z } from 'zod';
import { missingValueSchema } from './explain.ts';
import { statementSchema } from './statement.ts';

export const indexCandidateSchema = z.object({
  schema: z.string(),
  table: z.string(),
  columns: z.array(z.string()),
  createSql: z.string(),
  undoSql: z.string(),
  /** hypopg: the planner was asked with a hypothetical index. selectivity: estimated from pg_stats. */
  method: z.enum(['hypopg', 'selectivity']),
  costBefore: z.number(),
  costAfter: z.number(),
  sizeBytes: z.number().nullable(),
  /** What every write pays for it. */
  writeCost: z.object({
    /** Inserts, updates of the indexed columns and deletes an hour, from pg_stat_user_tables and history. */
    writesPerHour: z.number().nullable(),
    /** Updates that are heap-only today and would not be any more. */
    hotUpdatesLost: z.boolean(),
    text: z.string(),
  }),
  reason: z.string(),
});
export type IndexCandidate = z.infer<typeof indexCandidateSchema>;

export const indexAdviceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('candidates'), candidates: z.array(indexCandidateSchema), notes: z.array(z.string()) }),
  /** Not an OLTP statement (a read model is its cure), nothing to gain, or not understood: why, and what instead. */
  z.object({ kind: z.literal('none'), reason: z.string(), instead: z.enum(['read_model', 'reschedule', 'leave']) }),
  /** Nothing can be planned before the person has given these values. */
  z.object({ kind: z.literal('values_needed'), missing: z.array(missingValueSchema), sql: z.string() }),
]);
export type IndexAdvice = z.infer<typeof indexAdviceSchema>;

/** An index that only reports use: it may go once their read models are live. */
export const reportIndexSchema = z.object({
  schema: z.string(),
  table: z.string(),
  index: z.string(),
  sizeBytes: z.number(),
  scans: z.number(),
  usedBy: z.array(statementSchema),
  writesPerHour: z.number().nullable(),
  dropSql: z.string(),
  undoSql: z.string(),
  text: z.string(),
});
export type ReportIndex = z.infer<typeof reportIndexSchema>;
