import { z } from 'zod';

export const latencySchema = z.object({
  n: z.number().int(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
  maxMs: z.number(),
});
export type Latency = z.infer<typeof latencySchema>;

export const loadReportSchema = z.object({
  /** Latency of saving an invoice, from its intended start. */
  save: latencySchema,
  /**
   * Loads of the dashboard, from their actual start to their last widget; `skipped`: intended starts that found the
   * manager's last load still running; `cutOff`: loads that the end of the run cut off. Percentiles are over finished
   * loads, and over those cut off after more than the median: leaving the slowest out would flatter the slow run.
   */
  dashboard: z.object({
    loads: z.number().int(),
    skipped: z.number().int(),
    cutOff: z.number().int().optional(),
    p50Ms: z.number(),
    p95Ms: z.number(),
  }),
  /** Saves that failed, with the first error; widgets that failed. */
  errors: z.object({ saves: z.number().int(), loads: z.number().int(), first: z.string().nullable() }),
  /** Largest and p99 delay of the driver's own event loop: above a few ms the figures are the driver's. */
  eventLoopLag: z.object({ p99Ms: z.number(), maxMs: z.number() }),
  /** Digest of what was asked for, saves and intended loads: equal for two runs that issued the same work. */
  workDigest: z.string().optional(),
});
export type LoadReport = z.infer<typeof loadReportSchema>;

export const demoStatusSchema = z.object({
  state: z.enum(['closed', 'opening', 'open', 'closing', 'failed']),
  serverId: z.string().nullable(),
  /** While opening: what happens and how far, 0..1. */
  progress: z.object({ text: z.string(), fraction: z.number() }).nullable(),
  load: z.object({ ratePerSecond: z.number(), managers: z.number().int(), startedAtMs: z.number() }).nullable(),
  /** The last second's figures while a load runs. */
  current: loadReportSchema.nullable(),
  problem: z.string().nullable(),
});
export type DemoStatus = z.infer<typeof demoStatusSchema>;
