import { z } from 'zod';
import { isTimeZone } from './night.ts';
import { readModelNameSchema } from './proposal.ts';

export * from './attempt.ts';
export * from './skip-calendar.ts';

const timeZoneSchema = z.string().refine(isTimeZone, 'a time zone, such as Europe/Berlin');

/**
 * When a read model is refreshed.
 * - budget: early enough that its tightest consumer's budget holds; which consumer that is, the registry says
 * - cron: on the wall clock of a time zone. Five or six fields as croner reads them: '30 6 * * 1-5'
 * - after: when each of the named read models has been refreshed since this one was
 * - hand: only when somebody asks
 */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('budget') }),
  z.object({ kind: z.literal('cron'), expression: z.string().min(1), timeZone: timeZoneSchema }),
  z.object({ kind: z.literal('after'), parents: z.array(readModelNameSchema).min(1) }),
  z.object({ kind: z.literal('hand') }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;

/** Held by a person until a person resumes it. Refreshing by hand still works. */
export const pausedSchema = z.object({ atMs: z.number(), by: z.string().min(1), why: z.string() });
export type Paused = z.infer<typeof pausedSchema>;

/** Held because an error will not pass by itself. A refresh by hand that succeeds, or a person, starts it again. */
export const stoppedSchema = z.object({
  atMs: z.number(),
  /** Null where the failure was not the server's. */
  sqlstate: z.string().nullable(),
  /** What happened, to which object, what to do. */
  error: z.string(),
  runId: z.string().nullable(),
});
export type Stopped = z.infer<typeof stoppedSchema>;

/** The schedule of one read model as the registry has it. All times are on the server's clock, ms since the epoch. */
export const modelScheduleSchema = z.object({
  readModel: z.string(),
  schedule: scheduleSchema,
  /** When this schedule was set: what it would have made due before then was never missed. */
  setAtMs: z.number(),
  paused: pausedSchema.nullable(),
  stopped: stoppedSchema.nullable(),
  /** When it is due next; null: nothing makes it due. In the past while it waits. */
  nextDueMs: z.number().nullable(),
});
export type ModelSchedule = z.infer<typeof modelScheduleSchema>;

/**
 * The right to write a read model. Whoever takes it over raises the epoch; a refresh commits only under the epoch that it
 * began with.
 */
export const leaseSchema = z.object({
  readModel: z.string(),
  /** 0: never taken. Never falls. */
  epoch: z.number().int().nonnegative(),
  /** Runner that holds it; null: free. */
  holder: z.string().nullable(),
  heartbeatAtMs: z.number().nullable(),
  /** When the holder has to be done; null: free. */
  deadlineMs: z.number().nullable(),
});
export type Lease = z.infer<typeof leaseSchema>;

/** What stands in a runner's own way, and in no other's: it leaves those read models to others for a while. */
export const runnerTroubleSchema = z.object({
  /** Null: whatever the read model. */
  readModel: z.string().nullable(),
  /** What happened, to which object, what to do. */
  text: z.string(),
  /** By the server's clock, ms. */
  sinceMs: z.number(),
  /** It tries again then. */
  untilMs: z.number(),
});
export type RunnerTrouble = z.infer<typeof runnerTroubleSchema>;

/** Something that refreshes: an agent or a desktop, as it last reported. */
export const runnerHeartbeatSchema = z.object({
  runner: z.string(),
  kind: z.enum(['agent', 'desktop']),
  heartbeatAtMs: z.number(),
  /** When it said that it ends, in good order; null: it should be there. */
  stoppedAtMs: z.number().nullable(),
  /** What it cannot do itself. */
  cannot: z.array(runnerTroubleSchema).readonly().default([]),
});
export type RunnerHeartbeat = z.infer<typeof runnerHeartbeatSchema>;
