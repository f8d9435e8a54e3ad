import { z } from 'zod';
import { statementSchema } from './statement.ts';

/** One morning of an experiment. */
export const experimentDaySchema = z.object({
  /** Civil day in the experiment's time zone, YYYY-MM-DD. */
  day: z.string(),
  /** live: the suspect runs as always. without: it does not run (read model, or moved to another time). */
  arm: z.enum(['live', 'without']),
  /** Damage per save in the window, ms; null while the experiment runs (mornings are left out blindly) or unmeasured. */
  damagePerSaveMs: z.number().nullable(),
  saves: z.number().nullable(),
  /** Average active sessions of the suspect in the window: did the arm hold? null while not measured. */
  exposure: z.number().nullable(),
  /** Left out of the result, and why. */
  excluded: z.string().nullable(),
});
export const experimentSchema = z.object({
  experimentId: z.string(),
  serverId: z.string(),
  statement: statementSchema,
  /** Minutes after midnight. */
  fromMinute: z.number(),
  toMinute: z.number(),
  timeZone: z.string(),
  days: z.array(experimentDaySchema),
  state: z.enum(['running', 'ended', 'abandoned']),
  /** Ended by a person before all mornings were over: its result proves nothing. */
  endedEarly: z.boolean(),
  result: z
    .object({
      /** Mean damage per save, live minus without, ms. */
      effectMs: z.number(),
      interval: z.tuple([z.number(), z.number()]),
      /** Exact, over all assignments of the days to the arms. */
      p: z.number(),
      /** The best p that this many days can reach. */
      smallestP: z.number(),
      text: z.string(),
    })
    .nullable(),
});
export type Experiment = z.infer<typeof experimentSchema>;

/** An experiment as it is kept: what was drawn, what was measured, and what the person said. */
export const experimentRecordSchema = experimentSchema.omit({ days: true, endedEarly: true }).extend({
  createdAtMs: z.number(),
  /** Of the draw: the same seed and number of days give the same arms again. */
  seed: z.number(),
  days: z.array(
    z.object({
      day: experimentDaySchema.shape.day,
      arm: experimentDaySchema.shape.arm,
      /** The watched part of that day, ms since the epoch. */
      fromMs: z.number(),
      toMs: z.number(),
      measured: z.object({ damagePerSaveMs: z.number(), saves: z.number(), exposure: z.number() }).nullable(),
      /** Why it could not be measured. */
      problem: z.string().nullable(),
      /** The person's word on the day, which wins over what was measured; null: none. */
      decision: z.object({ counts: z.boolean(), reason: z.string().nullable() }).nullable(),
    }),
  ),
});
export type ExperimentRecord = z.infer<typeof experimentRecordSchema>;
