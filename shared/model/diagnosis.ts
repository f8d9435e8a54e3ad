import { z } from 'zod';
import { statementClassSchema, statementSchema } from './statement.ts';

/** A proven (experiment), B direct, C statistical, D coincidence. The UI never says "caused" below B. */
export const gradeSchema = z.enum(['A', 'B', 'C', 'D']);
export type Grade = z.infer<typeof gradeSchema>;

export const evidenceKindSchema = z.enum([
  'cpu',
  'read_io',
  'write_io',
  'temp_io',
  'wal',
  'lock',
  /** COMMITs waited for a synchronous standby. */
  'replication',
  'overlap',
  /** Slowdown goes with the suspect's activity, in one morning or over days. */
  'statistical',
  /** Randomised mornings with and without the suspect. */
  'experiment',
]);
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

/** What weakens a finding, or says how to read it. */
export const caveatSchema = z.object({
  kind: z.enum([
    'collinear', // always together with others: blamed as a group
    'not_identifiable', // always at the same clock time: cannot be told from whatever else happens then
    'lead_placebo', // the slowdown began before the suspect did
    'reverse_causation', // the suspect ran long because everything was slow
    'few_runs', // too few executions for an interval worth the name
    'evicted', // its statistics were evicted or never booked: activity samples only
  ]),
  /** One sentence: what, and what to do about it. */
  text: z.string(),
});
export type Caveat = z.infer<typeof caveatSchema>;

export const findingSchema = z.object({
  findingId: z.string(),
  /** The heaviest one where the finding is a group. */
  statement: statementSchema,
  /** The other statements of a group that is blamed as one, because they cannot be told apart; else empty. */
  members: z.array(statementSchema),
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
  /** The same of the 95th percentile. */
  ifGoneP95Ms: z.number().nullable(),
  caveats: z.array(caveatSchema),
  /** The kind of cure. */
  cure: z.enum(['read_model', 'index', 'reschedule', 'leave']),
  /** What would help, where none of these kinds does (`cure` is 'leave' then): settings, or an earlier COMMIT. */
  cureText: z.string().optional(),
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
  kind: z.enum([
    'coverage',
    'reset',
    'eviction',
    'sampling',
    'baseline',
    'work',
    'cores',
    'capability',
    'clock', // the server's or this machine's clock jumped
    'restart', // the server restarted inside of the window
    'deadlock', // transactions that the server aborted
  ]),
  tone: z.enum(['good', 'neutral', 'warning']),
  text: z.string(),
});
export type Badge = z.infer<typeof badgeSchema>;

export const conclusionSchema = z.enum([
  'culprits', // grade A or B: somebody did it
  'suspicion', // nothing better than grade C
  'not_identifiable', // a suspect that cannot be told from its clock time: run the experiment
  'surge', // more OLTP work than usual: nobody is to blame
  'own_work', // the victims did more themselves (bigger documents, another plan, bloat)
  'outside', // something outside of PostgreSQL keeps the machine busy
  'not_the_database', // measured damage is far below what people report
  'no_damage',
  'unexplained',
  'not_enough_data',
]);
export type Conclusion = z.infer<typeof conclusionSchema>;

export const verdictSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  conclusion: conclusionSchema,
  /** One sentence for a meeting. */
  sentence: z.string(),
  damageSeconds: z.number(),
  slowdown: z.number().nullable(),
  baselineMeanMs: z.number().nullable(),
  meanMs: z.number().nullable(),
  /** Estimated from the means and variances of the statements of a save; null when it cannot be said. */
  baselineP95Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  saves: z.number(),
  findings: z.array(findingSchema),
  /** Those with the most damage, the worst first. */
  victims: z.array(victimSchema),
  /** Victims with less damage that are left out; absent: none. */
  moreVictims: z.number().optional(),
  unexplainedShare: z.number(),
  badges: z.array(badgeSchema),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** Narrows what a timeline counts; an absent or empty list lets everything through. Blame is never narrowed. */
export const originFilterSchema = z.object({
  applicationNames: z.array(z.string()).optional(),
  roleNames: z.array(z.string()).optional(),
  databaseNames: z.array(z.string()).optional(),
});
export type OriginFilter = z.infer<typeof originFilterSchema>;

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
  /** What can be filtered by, as seen in the window, the most active first. */
  origins: z.object({
    applicationNames: z.array(z.string()),
    roleNames: z.array(z.string()),
    databaseNames: z.array(z.string()),
  }),
  /** A window worth opening: the worst stretch of damage, when there is one. */
  suggestion: z.object({ fromMs: z.number(), toMs: z.number() }).nullable(),
});
export type Timeline = z.infer<typeof timelineSchema>;

/** One statement in two windows; null where it was not seen. */
export const comparedSchema = z.object({
  calls: z.number(),
  meanMs: z.number().nullable(),
  averageActiveSessions: z.number(),
  /** As a suspect. */
  blameShare: z.number(),
  grade: gradeSchema.nullable(),
  /** As a victim. */
  damageSeconds: z.number(),
});
export const comparisonSchema = z.object({
  before: verdictSchema,
  after: verdictSchema,
  statements: z.array(
    z.object({
      statement: statementSchema,
      before: comparedSchema.nullable(),
      after: comparedSchema.nullable(),
    }),
  ),
  /** One sentence: what changed between the two mornings. */
  sentence: z.string(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** A finding of grade A, B or C that stays open until nobody runs the statement any more. Kept by fingerprint. */
export const openFindingSchema = z.object({
  fingerprint: z.string(),
  statement: statementSchema,
  cure: findingSchema.shape.cure,
  cureText: findingSchema.shape.cureText,
  grade: gradeSchema,
  /** In the worst window that was diagnosed. */
  blameShare: z.number(),
  damageSeconds: z.number(),
  window: z.object({ fromMs: z.number(), toMs: z.number() }),
  foundAtMs: z.number(),
  lastRunAtMs: z.number().nullable(),
  /** Applications and roles that still run it, of the last 24 sampled hours. */
  stillRunBy: z.array(
    z.object({ applicationName: z.string(), roleName: z.string().nullable(), lastSeenAtMs: z.number() }),
  ),
  /** open: still run. quiet: not seen for a while, but not long enough. gone: the old statement is gone. dismissed: by the person. */
  state: z.enum(['open', 'quiet', 'gone', 'dismissed']),
  /** What a save would have taken in the worst window without it; absent where nobody could tell. */
  prediction: z.object({ meanMs: z.number(), p95Ms: z.number().nullable() }).optional(),
  /** What a save took at the same clock times of the latest day since the last run; absent while there is none. */
  outcome: z
    .object({ meanMs: z.number(), p95Ms: z.number().nullable(), fromMs: z.number(), toMs: z.number() })
    .optional(),
});
export type OpenFinding = z.infer<typeof openFindingSchema>;
