import { z } from 'zod';
import { explainedSchema, missingValueSchema, planComparisonSchema } from '../model/explain.ts';
import { procedure } from './envelope.ts';

const byStatement = z.object({ serverId: z.string(), statementId: z.string() });

export const explainContract = {
  /**
   * Plans a statement, its constants restored; stores the plan. ANALYZE runs it: only when asked, inside a
   * transaction that is rolled back, with a timeout. Cancelled by `cancel`.
   */
  run: procedure(
    byStatement.extend({
      /** '$1' -> SQL literal, where a value was missing or the person wants another one. */
      values: z.record(z.string(), z.string()).optional(),
      analyze: z.boolean().optional(),
      /** Of ANALYZE; default 30 s, at most 10 minutes. */
      timeoutMs: z.number().int().min(100).max(600_000).optional(),
    }),
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('explained'), explained: explainedSchema }),
      z.object({ kind: z.literal('values_needed'), missing: z.array(missingValueSchema), sql: z.string() }),
    ]),
  ),
  /** Ends an ANALYZE of this statement that is running, on the server. */
  cancel: procedure(byStatement, z.object({ cancelled: z.boolean() })),
  /** Stored plans of the statement (by fingerprint), newest first, at most 50. */
  list: procedure(byStatement, z.object({ explained: z.array(explainedSchema) })),
  compare: procedure(
    z.object({ serverId: z.string(), beforeExplainId: z.string(), afterExplainId: z.string() }),
    planComparisonSchema,
  ),
};
