import { z } from 'zod';
import { findingSchema, sparkSchema, timelineSchema, verdictSchema } from '../model/diagnosis.ts';
import { freshnessSchema } from '../model/freshness.ts';
import { statementClassSchema, statementSchema } from '../model/statement.ts';
import { procedure } from './envelope.ts';

const timeWindow = z.object({ serverId: z.string(), fromMs: z.number(), toMs: z.number() });

export const morningsContract = {
  /** Activity by class over a window; without one, the last hour that is stored. */
  timeline: procedure(
    z.object({ serverId: z.string(), fromMs: z.number().optional(), toMs: z.number().optional() }),
    z.object({ timeline: timelineSchema, freshness: freshnessSchema }),
  ),
  /** The verdict over an incident window, from stored history alone: works without the server. */
  diagnose: procedure(timeWindow, z.object({ verdict: verdictSchema, freshness: freshnessSchema })),
  finding: procedure(
    timeWindow.extend({ statementId: z.string() }),
    z.object({
      finding: findingSchema,
      /** Average active sessions of the statement, and the victims' mean latency, over a wider window. */
      history: z.object({ activity: sparkSchema, oltpMeanMs: sparkSchema }),
      /** Statements seen waiting behind a lock of this one, with seconds waited. */
      blocked: z.array(z.object({ statement: statementSchema, waitedSeconds: z.number() })),
      freshness: freshnessSchema,
    }),
  ),
  statements: procedure(timeWindow, z.object({ statements: z.array(statementSchema) })),
  /** The person's word wins over every score; null takes it back. Kept by fingerprint. */
  setClass: procedure(
    z.object({ serverId: z.string(), statementId: z.string(), class: statementClassSchema.nullable() }),
    statementSchema,
  ),
};
