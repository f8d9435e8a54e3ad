import { z } from 'zod';

/** One statement that Daybreak ran and that changed something on a server. */
export const activityEntrySchema = z.object({
  entryId: z.number().int(),
  serverId: z.string(),
  atMs: z.number(),
  /** Operating-system user and door, e.g. 'anna (window)'. */
  actor: z.string(),
  purpose: z.string(),
  sql: z.string(),
  tookMs: z.number().nullable(),
  outcome: z.enum(['running', 'done', 'failed', 'rolled_back']),
  error: z.string().nullable(),
  undoSql: z.string().nullable(),
  planId: z.string().nullable(),
  runId: z.string().nullable(),
});
export type ActivityEntry = z.infer<typeof activityEntrySchema>;
