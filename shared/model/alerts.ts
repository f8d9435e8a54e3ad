import { z } from 'zod';
import { deliverySchema } from './alert-delivery.ts';
import { alertSeveritySchema } from './alert.ts';
import { episodeSchema, keptInSchema } from './alert-episode.ts';

export const listedEpisodeSchema = episodeSchema.extend({
  serverId: z.string(),
  keptIn: keptInSchema,
  deliveries: z.array(deliverySchema),
});
export type ListedEpisode = z.infer<typeof listedEpisodeSchema>;

export const alertListSchema = z.object({
  /** The worst first, then the oldest. */
  open: z.array(listedEpisodeSchema),
  /** Over, the latest first. */
  recent: z.array(listedEpisodeSchema),
  /** When this engine last looked at the server; null: not yet. */
  watchedAtMs: z.number().nullable(),
  /** It is connected, and the last look came through: what is not listed is not wrong. */
  isUpToDate: z.boolean(),
  /** What cannot be seen or shared as things are, in sentences, with what to do. */
  notes: z.array(z.string()),
  /** The registry cannot keep alerts before it is brought up to date: see `readModels.planUpdateRegistry`. */
  registryIsOlder: z.boolean(),
});
export type AlertList = z.infer<typeof alertListSchema>;

/** Whether an engine watches, on a clock that nobody sets. */
export const watchingStateSchema = z.object({
  /** How long ago it last came round, or began to; null: this engine does not watch by itself. */
  lastRoundAgoMs: z.number().nullable(),
  /** How long ago a look at the server came through; null: none has since it is connected. */
  lastLookAgoMs: z.number().nullable(),
  /** Why the last look did not come through; null: it did. */
  problem: z.string().nullable(),
});
export type WatchingState = z.infer<typeof watchingStateSchema>;

/** A message for the windows of this machine. */
export const alertNoticeSchema = z.object({
  seq: z.number().int(),
  title: z.string(),
  body: z.string(),
  severity: alertSeveritySchema,
  /** It says that something is over. */
  over: z.boolean(),
  serverId: z.string().nullable(),
  /** What it is about; none of a test. */
  episodeIds: z.array(z.string()),
});
export type AlertNotice = z.infer<typeof alertNoticeSchema>;
