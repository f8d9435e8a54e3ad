import { z } from 'zod';
import { statementClassSchema, statementSchema } from './statement.ts';

/** A proven (experiment), B direct, C statistical, D coincidence. The UI never says "caused" below B. */
export const gradeSchema = z.enum(['A', 'B', 'C', 'D']);
export type Grade = z.infer<typeof gradeSchema>;

export const evidenceKindSchema = z.enum(['cpu', 'read_io', 'temp_io', 'wal', 'lock', 'overlap']);
export type EvidenceKind = z.infer<typeof evidenceKindSchema>;

export const evidenceSchema = z.object({
  kind: evidenceKindSchema,
  /** Seconds of damage credited to the suspect by this piece. */
  damageSeconds: z.number(),
  /** The suspect's share of that resource while it was saturated (cpu, io ...), or of the blocked time (lock); 0..1. */
  share: z.number(),
  /** One sentence with numbers, e.g. "held 61 % of the processors while 2 of 2 were busy". */
  text: z.string(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** One point of a small history line: [atMs, average active sessions]. */
export const sparkSchema = z.array(z.tuple([z.number(), z.number()]));

export const findingSchema = z.object({
  findingId: z.string(),
  statement: statementSchema,
  class: statementClassSchema,
  /** Part of the incident's damage, 0..1. All findings plus the unexplained share add up to 1. */
  blameShare: z.number(),
  /** [low, high] of blameShare. */
  blameInterval: z.tuple([z.number(), z.number()]),
  damageSeconds: z.number(),
  grade: gradeSchema,
  evidence: z.array(evidenceSchema),
  calls: z.number(),
  meanMs: z.number().nullable(),
  rowsPerCall: z.number().nullable(),
  blocksPerCall: z.number().nullable(),
  averageActiveSessions: z.number(),
  runBy: z.array(z.string()),
  spark: sparkSchema,
  /** The victims' mean latency if this suspect were gone, ms; null when it cannot be said. */
  ifGoneMeanMs: z.number().nullable(),
  /** The kind of cure. */
  cure: z.enum(['read_model', 'index', 'reschedule', 'leave']),
});
export type Finding = z.infer<typeof findingSchema>;

export const victimSchema = z.object({
  statement: statementSchema,
  calls: z.number(),
  baselineMs: z.number(),
  meanMs: z.number(),
  damageSeconds: z.number(),
  /** Blocks per call against the baseline's, W / W0; above 1.2 the victim itself does more. */
  workRatio: z.number().nullable(),
});
export type Victim = z.infer<typeof victimSchema>;

export const badgeSchema = z.object({
  kind: z.enum(['coverage', 'reset', 'eviction', 'sampling', 'baseline', 'work', 'cores', 'capability']),
  tone: z.enum(['good', 'neutral', 'warning']),
  text: z.string(),
});
export type Badge = z.infer<typeof badgeSchema>;

export const verdictSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  conclusion: z.enum(['culprits', 'no_damage', 'unexplained', 'not_enough_data']),
  /** One sentence for a meeting. */
  sentence: z.string(),
  damageSeconds: z.number(),
  slowdown: z.number().nullable(),
  baselineMeanMs: z.number().nullable(),
  meanMs: z.number().nullable(),
  saves: z.number(),
  findings: z.array(findingSchema),
  victims: z.array(victimSchema),
  unexplainedShare: z.number(),
  badges: z.array(badgeSchema),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** One bucket of the Mornings timeline. Averages of active sessions by class; latency of OLTP statements. */
export const timelineBucketSchema = z.object({
  atMs: z.number(),
  oltp: z.number(),
  reporting: z.number(),
  batch: z.number(),
  maintenance: z.number(),
  lockWaits: z.number(),
  oltpMeanMs: z.number().nullable(),
  oltpCalls: z.number(),
  damageSeconds: z.number(),
});
export const timelineSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  bucketMs: z.number(),
  cores: z.number().nullable(),
  coresSource: z.enum(['setting', 'estimate', 'unknown']),
  buckets: z.array(timelineBucketSchema),
  /** First and last moment for which anything is stored. */
  storedFromMs: z.number().nullable(),
  storedToMs: z.number().nullable(),
  /** A window worth opening: the worst stretch of damage, when there is one. */
  suggestion: z.object({ fromMs: z.number(), toMs: z.number() }).nullable(),
});
export type Timeline = z.infer<typeof timelineSchema>;
