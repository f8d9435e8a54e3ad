import { z } from 'zod';

/**
 * What became of a moment at which a read model was due.
 * - queued: due, and waiting for a parent, a free place or a retry's turn
 * - running, done, failed, cancelled, abandoned: of the run that it started
 * - skipped: a no-refresh window was open; one catch-up follows at its end
 * - postponed: the load guard held it back
 */
export const attemptStateSchema = z.enum([
  'queued',
  'running',
  'done',
  'failed',
  'cancelled',
  'abandoned',
  'skipped',
  'postponed',
]);
export type AttemptState = z.infer<typeof attemptStateSchema>;

/** Why the scheduler did what it did: the closed set. The text beside it carries the numbers. */
export const reasonCodes = [
  // started
  'due', // its time came
  'by_hand', // somebody asked
  'after_parents', // what it is built on, or scheduled after, was refreshed
  'catch_up', // once for all that was missed while nothing ran
  'after_window', // once for all that a window held back
  'retry', // an error that passes
  'taken_over', // its runner died in the middle
  'budget_ends', // the guard would wait, but the budget does not
  // held back
  'window', // a no-refresh window is open
  'paused', // a person paused it
  'stopped', // an error that does not pass
  'suspended', // its rows are kept as they were
  'no_budget', // no consumer names a budget
  'parent_first', // what it is built on is due or running
  'parents_not_newer', // nothing that it is built on has newer rows
  'server_full', // as many refreshes run as the server is allowed
  'already_running', // overlaps are one refresh
  'retry_waits', // backing off after an error
  'gave_up', // all retries failed; the next due time is waited for
  'runner_cannot', // its own rights or disk stand in this runner's way; others may have it
  'slow_refresh', // it takes too long for its interval, which was stretched
  // the load guard
  'load_latency', // people's statements take longer than usual
  'load_sessions', // more sessions work than the server has cores
  'load_replica', // the replica falls behind
  'load_locks', // sessions queue for locks
  'load_calm', // nothing speaks against it
  'load_unknown', // the sampler saw nothing lately
  // ended early
  'window_opened', // a no-refresh window opened in the middle
  'deadline', // it ran longer than it may
  'lease_lost', // another runner took it over
  'shutdown', // its runner was stopped
] as const;
export const reasonCodeSchema = z.enum(reasonCodes);
export type ReasonCode = z.infer<typeof reasonCodeSchema>;

/** Why, for programs and for people: "people's statements take 3.8 ms on average, usually 2.1 ms". */
export const reasonSchema = z.object({ code: reasonCodeSchema, text: z.string() });
export type Reason = z.infer<typeof reasonSchema>;

/** Somebody wants a run to end, wherever it runs. By the server's clock, ms. */
export const cancelAskedSchema = z.object({ by: z.string(), atMs: z.number() });
export type CancelAsked = z.infer<typeof cancelAskedSchema>;

/** One line of a read model's history: what was decided, when, and why. */
export const attemptSchema = z.object({
  readModel: z.string(),
  state: attemptStateSchema,
  atMs: z.number(),
  /** The due time that it answers; null where nothing was due, as by hand. */
  dueMs: z.number().nullable(),
  /** Postponed or skipped: until when; null: not known beforehand. */
  untilMs: z.number().nullable(),
  reason: reasonSchema,
  /** The run that it started. */
  runId: z.string().nullable(),
  runner: z.string(),
});
export type Attempt = z.infer<typeof attemptSchema>;
