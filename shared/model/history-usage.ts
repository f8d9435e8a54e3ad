import { z } from 'zod';

/** One tier of the local history of one server. */
export const historyTierSchema = z.object({
  tier: z.enum(['raw', 'minute', 'hour']),
  retentionMs: z.number(),
  fromMs: z.number().nullable(),
  toMs: z.number().nullable(),
  /** Samples and intervals (raw), minutes or hours. */
  entries: z.number(),
  sizeBytes: z.number(),
});
export const historyUsageSchema = z.object({
  serverId: z.string(),
  tiers: z.array(historyTierSchema),
  /** Statements and their texts. */
  statements: z.number(),
  textBytes: z.number(),
  /** Growth at the present rate; null with less than an hour of history. */
  bytesPerDay: z.number().nullable(),
  /** The whole store on disk, all servers. */
  storeBytes: z.number(),
});
export type HistoryUsage = z.infer<typeof historyUsageSchema>;

/** A part of one server's history in one file, without credentials: opened elsewhere, it needs no server. */
export const captureSchema = z.object({
  file: z.string(),
  sizeBytes: z.number(),
  label: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
  takenAtMs: z.number(),
  statements: z.number(),
  samples: z.number(),
  /** 'dashboards': a pack of dashboards with their numbers; absent: a morning. */
  contents: z.literal('dashboards').optional(),
});
export type Capture = z.infer<typeof captureSchema>;
