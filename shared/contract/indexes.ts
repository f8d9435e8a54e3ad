import { z } from 'zod';
import { indexAdviceSchema, reportIndexSchema } from '../model/index-advice.ts';
import { procedure } from './envelope.ts';

export const indexesContract = {
  /**
   * Indexes that would help an OLTP statement, with what every write pays; nothing is created. Class, calls and writes
   * are those of the window; without one, of the last hour of history.
   */
  advise: procedure(
    z.object({
      serverId: z.string(),
      statementId: z.string(),
      values: z.record(z.string(), z.string()).optional(),
      fromMs: z.number().optional(),
      toMs: z.number().optional(),
    }),
    indexAdviceSchema,
  ),
  /** Indexes that only reporting statements of the window use. */
  onlyReports: procedure(
    z.object({ serverId: z.string(), fromMs: z.number(), toMs: z.number() }),
    z.object({ indexes: z.array(reportIndexSchema), notes: z.array(z.string()) }),
  ),
};
