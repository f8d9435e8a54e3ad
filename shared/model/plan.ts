import { z } from 'zod';
import { answeredOriginalSchema, proofVerdictSchema } from './proof.ts';
import { checkedProposalSchema } from './proposal.ts';

/**
 * - drop_version: one version that readers were switched away from
 * - suspend: for the ERP's own upgrade, the last rows stay readable in a plain table, and nothing hangs on base tables
 * - resume: builds a version against the new schema
 * - import: an existing materialized view becomes version 1
 * - uninstall: the registry goes, stable views stay with their as-of written out
 * - update_registry: the steps that the registry lacks, and nothing else; read models stay as they are
 */
export const planKindSchema = z.enum([
  'create',
  'new_version',
  'roll_back',
  'drop',
  'drop_version',
  'suspend',
  'resume',
  'import',
  'uninstall',
  'update_registry',
]);
export type PlanKind = z.infer<typeof planKindSchema>;

/** Plans for the registry, and not for one read model. */
export const isForRegistry = (kind: PlanKind): boolean => kind === 'uninstall' || kind === 'update_registry';

export const planStepSchema = z.object({
  /** 1-based. */
  step: z.number().int(),
  title: z.string(),
  /** What the executor does; `flip` is retried under its lock timeout. */
  kind: z.enum(['registry', 'create', 'fill', 'index', 'analyze', 'verify', 'flip', 'grant', 'comment', 'drop']),
  /** Statements in order; all of one step run in one transaction unless `transactional` is false. */
  sql: z.array(z.string()),
  transactional: z.boolean(),
  /** PostgreSQL's lock name and the object, e.g. 'ACCESS EXCLUSIVE on view reporting.sales'. */
  lock: z.string(),
  /** What waits behind that lock, in words; 'nothing in use' where so. */
  blocks: z.string(),
  /** Statement that takes the step back, or null with the reason in undoNote. */
  undoSql: z.array(z.string()),
  undoNote: z.string().nullable(),
  /** How long the lock is expected to be held, in words, with what that rests on; absent in plans of earlier versions. */
  expectedLock: z.string().optional(),
});
export type PlanStep = z.infer<typeof planStepSchema>;

/** What a plan takes of the server's disk, bytes, as far as it can be foreseen. */
export const planDiskSchema = z.object({
  /** Rows of the copy that it builds. */
  copyBytes: z.number(),
  indexBytes: z.number(),
  /** Write-ahead log, until a checkpoint and the archive have taken it. */
  walBytes: z.number(),
  /** A second copy, which the first refresh side by side makes. */
  laterBytes: z.number(),
  /** What the figures rest on, in words. */
  basis: z.string(),
  /** Null: not known. */
  freeBytes: z.number().nullable(),
  /** Why it is not known and how to find out, or which limit holds, in words. */
  freeNote: z.string(),
});
export type PlanDisk = z.infer<typeof planDiskSchema>;

export const planSchema = z.object({
  planId: z.string(),
  /** SHA-256 over kind, target, steps and the catalog facts that they rest on. */
  planHash: z.string(),
  serverId: z.string(),
  kind: planKindSchema,
  readModel: z.string(),
  schema: z.string(),
  fromVersion: z.number().int().nullable(),
  toVersion: z.number().int().nullable(),
  steps: z.array(planStepSchema),
  warnings: z.array(z.string()),
  /** Column differences between the versions, in words. */
  contractChanges: z.array(z.string()),
  createdAtMs: z.number(),
  state: z.enum(['new', 'running', 'done', 'failed', 'undone', 'interrupted']),
  /** What has to be typed to run it: the read model's name, or the database's where it concerns all of them. */
  confirmWith: z.string(),
  /** What it makes belongs to this role: Daybreak's own, or the owner of the stable view. Absent in plans of earlier versions. */
  role: z.string().optional(),
  /** Of an import: the materialized view's name, in `schema`. */
  imports: z.string().optional(),
  /** Why it can only be copied as a script, and what would let it run here; absent where it can run. */
  scriptOnly: z.object({ message: z.string(), action: z.string().nullable() }).optional(),
  proposal: checkedProposalSchema.nullable(),
  /** Null for plans that build nothing; absent in plans of earlier versions. */
  disk: planDiskSchema.nullable().optional(),
  /** True where the stable view is dropped and made anew, with everything that hangs on it, because its contract breaks. */
  replacesView: z.boolean().optional(),
  /** Of kind 'drop_version': which one. */
  droppedVersion: z.number().int().optional(),
  /**
   * What is proven of its proposal, as it was when it was planned: the weakest verdict of all that it has to answer for,
   * null where something was never compared. Null for plans that build nothing, absent before proofs.
   */
  proof: z
    .object({
      verdict: proofVerdictSchema.nullable(),
      /** Of the first original; empty without one. */
      proofHash: z.string(),
      /** In words; absent in plans of earlier versions, as are the originals. */
      text: z.string().optional(),
      originals: z.array(answeredOriginalSchema).optional(),
    })
    .nullable()
    .optional(),
  /** The person's word that it may be built although its proposal is not proven. */
  unproven: z.boolean().optional(),
});
export type Plan = z.infer<typeof planSchema>;

/** A plan that was tried in one transaction, which was rolled back. */
export const dryRunSchema = z.object({
  planId: z.string(),
  startedAtMs: z.number(),
  tookMs: z.number(),
  /** True when every step ran. */
  ok: z.boolean(),
  steps: z.array(
    z.object({
      step: z.number().int(),
      state: z.enum(['ran', 'failed', 'not_tried']),
      tookMs: z.number().nullable(),
      outcome: z.string().nullable(),
      /** Why it failed, or why it was not tried. */
      note: z.string().nullable(),
    }),
  ),
  message: z.string(),
});
export type DryRun = z.infer<typeof dryRunSchema>;

/** What differs between two plans. The ids of the plans themselves count as equal. */
export const planDiffSchema = z.object({
  before: z.string(),
  after: z.string(),
  same: z.boolean(),
  /** Differences beside the steps, in words. */
  facts: z.array(z.string()),
  steps: z.array(
    z.object({
      change: z.enum(['same', 'added', 'removed', 'changed']),
      title: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
    }),
  ),
});
export type PlanDiff = z.infer<typeof planDiffSchema>;
