import { z } from 'zod';
import { alertEpisodeSchema, alertKindSchema } from './alert.ts';

/** What the watchdog finds, and what an engine finds that cannot reach the server to look. */
export const episodeKindSchema = z.enum([...alertKindSchema.options, 'server_unreachable']);
export type EpisodeKind = z.infer<typeof episodeKindSchema>;

/** An episode, and what people did about it. Times are ms since the epoch. */
export const episodeSchema = alertEpisodeSchema.extend({
  kind: episodeKindSchema,
  /** When it was last found to go on, to some minutes. */
  seenAtMs: z.number(),
  acknowledged: z.object({ by: z.string(), atMs: z.number() }).nullable(),
  /** Until then nothing is sent about it; told again after, if it goes on. */
  snoozedUntilMs: z.number().nullable(),
  /** How often it was snoozed: each snooze that ends in vain is told once. */
  snoozes: z.number().int(),
});
export type Episode = z.infer<typeof episodeSchema>;

/** Where it is written down: in the registry, for all engines that watch the server, or in this profile alone. */
export const keptInSchema = z.enum(['registry', 'profile']);
export type KeptIn = z.infer<typeof keptInSchema>;

/** One line that names what happened and to what: 'monthly_sales is older than its budget'. */
export function episodeTitle({ kind, subject }: Pick<Episode, 'kind' | 'subject'>): string {
  switch (kind) {
    case 'late':
      return `${subject} is older than its budget`;
    case 'source_moved':
      return `${subject} stands still while its source changes`;
    case 'slow':
      return `${subject} takes too much of its interval to refresh`;
    case 'failing':
      return `${subject} could not be refreshed`;
    case 'stopped':
      return `${subject} is not refreshed any more`;
    case 'agent_missing':
      return `The agent ${subject} does not report`;
    case 'server_unreachable':
      return `${subject} cannot be reached`;
  }
}
