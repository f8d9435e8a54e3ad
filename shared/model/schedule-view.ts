import { z } from 'zod';
import { budgetSchema } from './freshness.ts';
import { refreshModeSchema, runCostSchema } from './refresh.ts';
import {
  attemptStateSchema,
  cancelAskedSchema,
  leaseSchema,
  pausedSchema,
  reasonSchema,
  runnerHeartbeatSchema,
  scheduleSchema,
  skipCalendarSchema,
  skipWindowSchema,
  stoppedSchema,
} from './schedule.ts';

/** What a refresh may use on a calm server: parallel workers of one query. */
export const effortSchema = z.object({
  workers: z.number().int().min(0).max(64),
});

/** How the runners of a server work; one for all of them, kept in its registry. */
export const scheduleSettingsSchema = z.object({
  /** Refreshes at a time on the server, over all runners. */
  atOnce: z.number().int().min(1).max(16).default(2),
  effort: effortSchema.default({ workers: 2 }),
  /** Whether the load guard holds refreshes back. */
  guard: z.boolean().default(true),
  /** Runs, decisions and lines of history are forgotten after so many days. */
  keepRunsDays: z.number().int().min(1).max(3_650).default(90),
});
export type ScheduleSettingsView = z.infer<typeof scheduleSettingsSchema>;

/**
 * - ready: schedules are kept here
 * - none: no registry is installed; the first read model brings it
 * - older, newer: the registry is of a step that has no schedules, or that this Daybreak does not understand
 */
export const scheduleRegistrySchema = z.object({
  state: z.enum(['ready', 'none', 'older', 'newer']),
  /** What to do, where it is not ready. */
  message: z.string().nullable(),
});
export type ScheduleRegistry = z.infer<typeof scheduleRegistrySchema>;

/** A moment at which a read model is expected to be refreshed. */
export const expectedRunSchema = z.object({
  atMs: z.number(),
  /** A no-refresh window holds it back until `toMs`; null: none does. */
  window: skipWindowSchema.nullable(),
});
export type ExpectedRun = z.infer<typeof expectedRunSchema>;

export const scheduledModelSchema = z.object({
  readModel: z.string(),
  owner: z.string(),
  schedule: scheduleSchema,
  /** Who set it; null: nobody, it follows the budgets of its consumers. */
  setBy: z.string().nullable(),
  setAtMs: z.number(),
  budget: budgetSchema.nullable(),
  /** Whose budget that is. */
  consumer: z.string().nullable(),
  /** Read models that it is built on. */
  reads: z.array(z.string()),
  suspended: z.boolean(),
  paused: pausedSchema.nullable(),
  stopped: stoppedSchema.nullable(),
  asOfMs: z.number().nullable(),
  nextDueMs: z.number().nullable(),
  dueReason: reasonSchema,
  /** The next ten, as things stand; empty where nothing makes it due by the clock. */
  nextRuns: z.array(expectedRunSchema),
  lease: leaseSchema,
  running: z
    .object({
      runId: z.string(),
      runner: z.string(),
      startedAtMs: z.number(),
      endByMs: z.number(),
      effort: effortSchema,
      /** Who wants it to end; its runner has not ended it yet. Null: nobody. */
      cancelAsked: cancelAskedSchema.nullable(),
    })
    .nullable(),
  /** Why it is held back now; null: it is not. */
  held: z
    .object({ state: z.enum(['queued', 'skipped', 'postponed']), untilMs: z.number().nullable(), reason: reasonSchema })
    .nullable(),
  /** p95 of its last runs, ms; null: never measured. */
  usualMs: z.number().nullable(),
  /** How the refresh fits into its interval, in words; null where it has none. */
  pace: z.string().nullable(),
  failures: z.number().int(),
  lastError: z.string().nullable(),
  retryAtMs: z.number().nullable(),
});
export type ScheduledModelView = z.infer<typeof scheduledModelSchema>;

export const seenRunnerSchema = runnerHeartbeatSchema.extend({
  name: z.string(),
  host: z.string(),
  version: z.string(),
  startedAtMs: z.number(),
  /** reports: it lives. silent: it should and does not. ended: in good order. */
  state: z.enum(['reports', 'silent', 'ended']),
  /** This very engine. */
  here: z.boolean(),
});
export type SeenRunner = z.infer<typeof seenRunnerSchema>;

export const scheduleOverviewSchema = z.object({
  registry: scheduleRegistrySchema,
  /** The server's clock, ms. */
  nowMs: z.number(),
  models: z.array(scheduledModelSchema),
  calendars: z.array(skipCalendarSchema),
  /** Windows of all calendars from a day ago until forty days ahead. */
  windows: z.array(
    skipWindowSchema.extend({
      noRefresh: z.boolean(),
      noSwap: z.boolean(),
      readModels: z.array(z.string()).nullable(),
    }),
  ),
  runners: z.array(seenRunnerSchema),
  settings: scheduleSettingsSchema,
  /** Whether this engine refreshes on this server by itself, and why not where it should. */
  runner: z.object({ on: z.boolean(), problem: z.string().nullable(), lastTickMs: z.number().nullable() }),
});
export type ScheduleOverview = z.infer<typeof scheduleOverviewSchema>;

/** One line of the history of refreshes: a run, or why there was none. */
export const recordedRunSchema = z.object({
  runId: z.string(),
  readModel: z.string(),
  version: z.number().int(),
  state: attemptStateSchema,
  mode: refreshModeSchema.nullable(),
  slot: z.enum(['a', 'b']).nullable(),
  /** Why this mode. */
  modeReason: z.string().nullable(),
  /** Why it ran, or did not; null of runs from before schedules. */
  why: reasonSchema.nullable(),
  /** Who asked that it be cancelled; it may have been done before its runner saw that. Null: nobody. */
  cancelAsked: cancelAskedSchema.nullable(),
  /** The due time that it answers. */
  dueMs: z.number().nullable(),
  queuedAtMs: z.number().nullable(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  /** Held back until then. */
  untilMs: z.number().nullable(),
  asOfMs: z.number().nullable(),
  rows: z.number().nullable(),
  cost: runCostSchema,
  lockWaitMs: z.number().nullable(),
  attempt: z.number().int().nullable(),
  retryReason: z.string().nullable(),
  error: z.string().nullable(),
  sqlstate: z.string().nullable(),
  runner: z.string(),
  epoch: z.number().int().nullable(),
});
export type RecordedRun = z.infer<typeof recordedRunSchema>;

/** What the load guard decided, with the numbers that it went by. */
export const guardRecordSchema = z.object({
  decidedAtMs: z.number(),
  readModel: z.string(),
  runId: z.string().nullable(),
  runner: z.string(),
  decision: z.enum(['postpone', 'slow_down', 'speed_up', 'go_anyway', 'cancel_and_retry']),
  reason: reasonSchema,
});
export type GuardRecord = z.infer<typeof guardRecordSchema>;
