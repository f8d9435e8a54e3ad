import { z } from 'zod';
import { experimentDaySchema, experimentSchema } from '../model/experiment.ts';
import { procedure } from './envelope.ts';

const byExperiment = z.object({ serverId: z.string(), experimentId: z.string() });

export const startExperimentSchema = z.object({
  serverId: z.string(),
  statementId: z.string(),
  /** Even: half of them for each arm. */
  days: z.number().int().min(4).max(40),
  /** YYYY-MM-DD; default: tomorrow in the time zone. */
  firstDay: z.string().optional(),
  fromMinute: z.number().int().min(0).max(1439),
  toMinute: z.number().int().min(1).max(1440),
  timeZone: z.string().optional(),
  /** Monday to Friday only; default true. */
  workdaysOnly: z.boolean().optional(),
});
export type StartExperiment = z.infer<typeof startExperimentSchema>;

export const experimentsContract = {
  /** Draws which of the next mornings run with the suspect and which without, half and half. */
  start: procedure(startExperimentSchema, experimentSchema),
  list: procedure(z.object({ serverId: z.string() }), z.object({ experiments: z.array(experimentSchema) })),
  /** Leaves a day out of the result, or (null) takes it in again; only while the experiment runs. */
  exclude: procedure(
    byExperiment.extend({ day: experimentDaySchema.shape.day, reason: z.string().min(1).nullable() }),
    experimentSchema,
  ),
  end: procedure(byExperiment.extend({ state: z.enum(['ended', 'abandoned']) }), experimentSchema),
};
