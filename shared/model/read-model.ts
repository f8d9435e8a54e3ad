import { z } from 'zod';
import { driftSchema } from './drift.ts';
import { budgetSchema, freshnessSchema } from './freshness.ts';
import { periodSchema } from './period.ts';
import { columnSchema, consumerSchema } from './proposal.ts';
import { refreshModeSchema, runSchema } from './refresh.ts';

export * from './execution.ts';
export * from './plan.ts';
export * from './proposal.ts';
export * from './refresh.ts';

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
