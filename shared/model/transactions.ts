import { z } from 'zod';
import { statementSchema } from './statement.ts';

/** A transaction as activity samples saw it: the true length lies within one sampling distance. */
export const seenTransactionSchema = z.object({
  pid: z.number(),
  applicationName: z.string(),
  roleName: z.string().nullable(),
  databaseName: z.string().nullable(),
  /** xact_start, server clock. */
  startedAtMs: z.number(),
  lastSeenAtMs: z.number(),
  durationSeconds: z.number(),
  /** Of these: at work, idle in transaction, waiting for a lock. */
  activeSeconds: z.number(),
  idleSeconds: z.number(),
  lockWaitSeconds: z.number(),
  /** Seconds that others waited with this one as the root of their lock queue. */
  blockedOthersSeconds: z.number(),
  /** Largest age(backend_xmin) seen, in transactions: vacuum cannot remove what it may still see. */
  xminAge: z.number().nullable(),
  /** Statements seen in it, in order; the text where no statement is known. */
  statements: z.array(z.object({ statement: statementSchema.nullable(), text: z.string() })),
  /** Still open in the last sample of the window. */
  open: z.boolean(),
});
export type SeenTransaction = z.infer<typeof seenTransactionSchema>;

const blockingSessionSchema = z.object({
  pid: z.number(),
  applicationName: z.string(),
  roleName: z.string().nullable(),
  statement: statementSchema.nullable(),
  text: z.string(),
  /** As pg_stat_activity says it; 'idle in transaction' for a root that does nothing. */
  state: z.string(),
  /** Seconds that this session waited in the window; 0 for the root. */
  waitedSeconds: z.number(),
});
export type BlockingNode = z.infer<typeof blockingSessionSchema> & { readonly waiters: BlockingNode[] };
export const blockingNodeSchema: z.ZodType<BlockingNode> = blockingSessionSchema.extend({
  get waiters() {
    return z.array(blockingNodeSchema);
  },
});

/** One lock queue over its life: who was at its root, and who waited behind whom at its longest. */
export const blockingTreeSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  /** Seconds waited by all sessions behind the root. */
  waitedSeconds: z.number(),
  mostWaiting: z.number(),
  root: blockingNodeSchema,
});
export type BlockingTree = z.infer<typeof blockingTreeSchema>;
