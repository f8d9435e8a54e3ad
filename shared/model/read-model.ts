import { z } from 'zod';
import { derivationSchema, expectedSavingSchema, type ProposedRewriting } from './derivation.ts';
import { driftSchema } from './drift.ts';
import { restoredValueSchema } from './explain.ts';
import { budgetSchema, freshnessSchema } from './freshness.ts';
import { periodSchema } from './period.ts';
import { proofVerdictSchema } from './proof.ts';

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

/**
 * - full: in place, readers wait for its end
 * - concurrent: in place, merged row by row with the whole definition
 * - side_by_side: into the copy that nobody reads, then a flip
 * - by_period: in place, the dirty periods alone; for copies that are tables
 */
export const refreshModeSchema = z.enum(['full', 'concurrent', 'side_by_side', 'by_period']);
export type RefreshMode = z.infer<typeof refreshModeSchema>;

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
  /** The widget's own query, which `readerSql` has to answer for; absent where it did not begin with a widget. */
  liveSql: z.string().optional(),
  /** Definition and `readerSql` are those that ship with the widget. */
  asShipped: z.boolean().optional(),
  /** How it will be refreshed, as far as that can be told before it was ever filled. */
  refresh: z.object({ mode: refreshModeSchema, reason: z.string() }).optional(),
  /** How old its numbers may be, a suggestion. */
  budget: z.object({ minutes: z.number(), reason: z.string() }).optional(),
  /** What the open finding of its statement expects; null without one. */
  saving: expectedSavingSchema.nullable().optional(),
});
export type CheckedProposal = z.infer<typeof checkedProposalSchema>;

/** What a proof compares. */
export interface Compared extends Pick<
  ProposedRewriting,
  'originalSql' | 'searchPath' | 'rewrittenSql' | 'parameterSets' | 'frozenParameters'
> {
  readonly definitionSql: string;
}

/** The statement and its rewriting, or the widget's live query and its query over the model; null: nothing to compare. */
export function comparedOf({ proposal, derivation, liveSql, readerSql }: CheckedProposal): Compared | null {
  const { definitionSql } = proposal;
  if (derivation !== undefined) return { ...derivation, definitionSql };
  if (liveSql === undefined) return null;
  const noParameters = { searchPath: null, parameterSets: [], frozenParameters: [] };
  return { originalSql: liveSql, rewrittenSql: readerSql, definitionSql, ...noParameters };
}

/**
 * - drop_version: one version that readers were switched away from
 * - suspend: for the ERP's own upgrade, the last rows stay readable in a plain table, and nothing hangs on base tables
 * - resume: builds a version against the new schema
 * - import: an existing materialized view becomes version 1
 * - uninstall: the registry goes, stable views stay with their as-of written out
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
]);
export type PlanKind = z.infer<typeof planKindSchema>;

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
  /** What the proof of its proposal said when it was planned; null where there is nothing to prove, absent before proofs. */
  proof: z.object({ verdict: proofVerdictSchema.nullable(), proofHash: z.string() }).nullable().optional(),
  /** The person's word that it may be built although its proposal is not proven. */
  unproven: z.boolean().optional(),
});
export type Plan = z.infer<typeof planSchema>;

export const stepResultSchema = z.object({
  step: z.number().int(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'undone', 'skipped']),
  startedAtMs: z.number().nullable(),
  tookMs: z.number().nullable(),
  attempts: z.number().int(),
  /** e.g. '2,080 rows', 'equal to the definition'. */
  outcome: z.string().nullable(),
  error: z.string().nullable(),
});
export type StepResult = z.infer<typeof stepResultSchema>;

/** How far the running step is. */
export const stepProgressSchema = z.object({
  step: z.number().int(),
  /** e.g. 'building index: loading tuples in tree'. */
  phase: z.string(),
  done: z.number().nullable(),
  /** Null: not known. */
  total: z.number().nullable(),
  unit: z.enum(['rows', 'blocks', 'bytes', 'ms']),
  /** What the figures are, in words: the server's own, or an estimate and from what. */
  basis: z.string(),
});
export type StepProgress = z.infer<typeof stepProgressSchema>;

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

export const executionSchema = z.object({
  executionId: z.string(),
  planId: z.string(),
  state: z.enum(['running', 'done', 'failed', 'undone', 'interrupted']),
  steps: z.array(stepResultSchema),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  message: z.string().nullable(),
  /** True while it waits, everything built and compared, for somebody to say that it may switch. */
  holding: z.boolean().optional(),
});
export type Execution = z.infer<typeof executionSchema>;

/** What a refresh wrote. Counters that the server does not keep, or keeps from this role, are null. */
export const runCostSchema = z.object({
  rowsInserted: z.number().nullable(),
  rowsUpdated: z.number().nullable(),
  rowsDeleted: z.number().nullable(),
  /**
   * Write-ahead log, bytes: of this run alone from PostgreSQL 18 on; before, of the whole server while it ran, so
   * never too little.
   */
  walBytes: z.number().nullable(),
  /** Files that sorts and hashes spilled to, bytes, of the whole database while it ran: never too little. */
  tempBytes: z.number().nullable(),
});
export type RunCost = z.infer<typeof runCostSchema>;

export const runSchema = z.object({
  runId: z.string(),
  readModel: z.string(),
  version: z.number().int(),
  slot: z.enum(['a', 'b']),
  mode: refreshModeSchema,
  /** Why this mode, in words; null for runs that did not say. */
  reason: z.string().nullable().default(null),
  state: z.enum(['running', 'done', 'failed', 'cancelled', 'abandoned']),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  asOf: z.string().nullable(),
  rows: z.number().nullable(),
  error: z.string().nullable(),
  sqlstate: z.string().nullable(),
  runner: z.string(),
  /** Null until it is done. */
  cost: runCostSchema.nullable().default(null),
});
export type Run = z.infer<typeof runSchema>;

export const copySchema = z.object({
  copyId: z.string(),
  slot: z.enum(['a', 'b']),
  relation: z.string(),
  asOf: z.string().nullable(),
  rows: z.number().nullable(),
  sizeBytes: z.number().nullable(),
});
/** A version's rows against those of the version before, at one snapshot, and how long filling it took. */
export const verificationSchema = z.object({
  /** Null: there was none that has the same key. */
  comparedWith: z.number().int().nullable().default(null),
  rowsBefore: z.number().nullable().default(null),
  rowsNow: z.number().nullable().default(null),
  onlyBefore: z.number().nullable().default(null),
  onlyNow: z.number().nullable().default(null),
  /** Groups that both have, with other values. */
  different: z.number().nullable().default(null),
  /** In how many groups each column differs; columns without a difference are left out. */
  byColumn: z.record(z.string(), z.number()).default({}),
  fillMs: z.number().nullable().default(null),
  fillMsBefore: z.number().nullable().default(null),
  compareMs: z.number().nullable().default(null),
});
export type Verification = z.infer<typeof verificationSchema>;

/** Whether somebody still reads a version that is not served any more. */
export const stillReadSchema = z.object({
  /** When readers were switched away from it, ISO 8601; null: not written down. */
  since: z.string().nullable(),
  /** Scans of its copies since then; null: not known. */
  scans: z.number().nullable(),
  /** Last scan, where the server keeps it (PostgreSQL 16 and later). */
  lastReadAt: z.string().nullable(),
  /** What depends on its copies, e.g. 'view erp.board'. */
  dependents: z.array(z.string()),
  /** Sessions that hold a lock on its copies now, in words. */
  holders: z.array(z.string()),
  /** False only where nothing speaks for a reader. */
  read: z.boolean(),
  /** The same in one sentence. */
  text: z.string(),
});
export type StillRead = z.infer<typeof stillReadSchema>;

export const versionSchema = z.object({
  version: z.number().int(),
  definitionSql: z.string(),
  keyColumns: z.array(z.string()),
  columns: z.array(columnSchema),
  /** Null where every refresh recomputes all of it. */
  period: periodSchema.nullable(),
  state: z.enum(['building', 'current', 'previous', 'retired']),
  createdAtMs: z.number(),
  copies: z.array(copySchema),
  verification: verificationSchema.nullable().optional(),
  /** Of versions that are not served any more. */
  stillRead: stillReadSchema.nullable().optional(),
});
export type Version = z.infer<typeof versionSchema>;

/** A materialized view that could become a read model. */
export const materializedViewSchema = z.object({
  schema: z.string(),
  name: z.string(),
  owner: z.string(),
  /** Daybreak's role may put a stable view in its place. */
  ownedByUs: z.boolean(),
  sizeBytes: z.number(),
  comment: z.string().nullable(),
  /** Of its first unique index; null without one. */
  keyColumns: z.array(z.string()).nullable(),
});
export type MaterializedView = z.infer<typeof materializedViewSchema>;

export const readModelSchema = z.object({
  name: z.string(),
  schema: z.string(),
  question: z.string(),
  owner: z.string(),
  budget: budgetSchema.nullable(),
  /** How a person wants it to be refreshed; null: Daybreak chooses. */
  refreshMode: refreshModeSchema.nullable(),
  currentVersion: z.number().int().nullable(),
  freshness: freshnessSchema,
  consumers: z.array(consumerSchema),
  versions: z.array(versionSchema),
  lastRun: runSchema.nullable(),
  /** Read models that it is built on, and those that are built on it. */
  parents: z.array(z.string()),
  children: z.array(z.string()),
  /** Since when, and by which role, it is suspended: its rows stay as they were. Null: it is refreshed. */
  suspended: z.object({ atMs: z.number(), by: z.string() }).nullable(),
  /** Where catalog and registry differ; empty when they agree. */
  drift: z.array(driftSchema),
});
export type ReadModel = z.infer<typeof readModelSchema>;
