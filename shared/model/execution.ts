import { z } from 'zod';

export const stepResultSchema = z.object({
  step: z.number().int(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'undone', 'skipped']),
  startedAtMs: z.number().nullable(),
  tookMs: z.number().nullable(),
  attempts: z.number().int(),
  /** e.g. '2,080 rows', 'equal to the definition'. */
  outcome: z.string().nullable(),
  error: z.string().nullable(),
});
export type StepResult = z.infer<typeof stepResultSchema>;

/** How far the running step is. */
export const stepProgressSchema = z.object({
  step: z.number().int(),
  /** e.g. 'building index: loading tuples in tree'. */
  phase: z.string(),
  done: z.number().nullable(),
  /** Null: not known. */
  total: z.number().nullable(),
  unit: z.enum(['rows', 'blocks', 'bytes', 'ms']),
  /** What the figures are, in words: the server's own, or an estimate and from what. */
  basis: z.string(),
});
export type StepProgress = z.infer<typeof stepProgressSchema>;

export const executionSchema = z.object({
  executionId: z.string(),
  planId: z.string(),
  state: z.enum(['running', 'done', 'failed', 'undone', 'interrupted']),
  steps: z.array(stepResultSchema),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  message: z.string().nullable(),
  /** True while it waits, everything built and compared, for somebody to say that it may switch. */
  holding: z.boolean().optional(),
});
export type Execution = z.infer<typeof executionSchema>;
