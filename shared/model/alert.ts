import { z } from 'zod';
import { alertSeverities } from './alert-severity.ts';

/**
 * What the watchdog watches.
 * - late: a read model is older than its budget, whatever the reason
 * - source_moved: its source changes, while its as-of stays
 * - slow: a refresh takes too large a part of its interval
 * - failing: retries were used up; the next due time is waited for
 * - stopped: an error that will not pass; a person has to act
 * - agent_missing: a runner that should be there has not reported
 */
export const alertKindSchema = z.enum(['late', 'source_moved', 'slow', 'failing', 'stopped', 'agent_missing']);
export type AlertKind = z.infer<typeof alertKindSchema>;

export const alertSeveritySchema = z.enum(alertSeverities);

/**
 * One trouble, from when it was seen first until it is over. There is at most one open episode of a kind and subject, one
 * message when it opens, one when it becomes more severe and one when it recovers. Times are on the server's clock, ms since the epoch.
 */
export const alertEpisodeSchema = z.object({
  /** `kind subject openedAtMs`: the same for all who see the same trouble. */
  episodeId: z.string(),
  kind: alertKindSchema,
  /** Name of a read model; of a runner for agent_missing. */
  subject: z.string(),
  /** Whom it concerns: owner of the read model, where there is one. */
  owner: z.string().nullable(),
  severity: alertSeveritySchema,
  openedAtMs: z.number(),
  /** What is wrong, with its numbers, and what to do; as it was when it opened, or when its severity rose. */
  text: z.string(),
  /** Null while it is open. */
  recoveredAtMs: z.number().nullable(),
  /** How it ended, with its numbers. */
  recoveredText: z.string().nullable(),
});
export type AlertEpisode = z.infer<typeof alertEpisodeSchema>;

/** A step of an episode. open, raised (to a higher severity) and recovered are worth one message each; still is not. */
export const alertStepSchema = z.object({
  step: z.enum(['open', 'still', 'raised', 'recovered']),
  episode: alertEpisodeSchema,
});
export type AlertStep = z.infer<typeof alertStepSchema>;

/** Messages below a severity are held back until the quiet hours end; none is lost. */
export const quietHoursSchema = z.object({
  timeZone: z.string(),
  /** '22:00' to '07:00': over midnight. */
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  /** These come through at any hour. */
  exceptFrom: alertSeveritySchema.nullable(),
});
export type QuietHours = z.infer<typeof quietHoursSchema>;
