import { z } from 'zod';

/** A step of a plan that is too much for a widget that everybody refreshes all day. */
export const costlyStepSchema = z.object({
  /** As EXPLAIN calls it, e.g. 'Seq Scan'. */
  step: z.string(),
  /** `schema.table`; null for a step that reads no table itself. */
  table: z.string().nullable(),
  /** Rows of the table; of a step that reads none, those that the planner expects of it. */
  rows: z.number(),
  /** The step's own part of the planner's estimate. */
  cost: z.number(),
  /** A clause: why it is too much. */
  reason: z.string(),
});
export type CostlyStep = z.infer<typeof costlyStepSchema>;

/** Whether a query may be a live widget: from its plan, and from running it once under the limit. */
export const liveCheckSchema = z.object({
  cheap: z.boolean(),
  /** Of the whole plan, in the planner's units. */
  cost: z.number(),
  costLimit: z.number(),
  /** Null: it was not run, because the plan was enough, or it was stopped at the limit. */
  tookMs: z.number().nullable(),
  limitMs: z.number(),
  steps: z.array(costlyStepSchema),
});
export type LiveCheck = z.infer<typeof liveCheckSchema>;
