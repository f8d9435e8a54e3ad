import { z } from 'zod';

/**
 * - full: in place, readers wait for its end
 * - concurrent: in place, merged row by row with the whole definition
 * - side_by_side: into the copy that nobody reads, then a flip
 * - by_period: in place, the dirty periods alone; for copies that are tables
 */
export const refreshModeSchema = z.enum(['full', 'concurrent', 'side_by_side', 'by_period']);
export type RefreshMode = z.infer<typeof refreshModeSchema>;

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
