import { z } from 'zod';
import {
  comparisonSchema,
  findingSchema,
  openFindingSchema,
  originFilterSchema,
  sparkSchema,
  timelineSchema,
  verdictSchema,
} from '../model/diagnosis.ts';
import { freshnessSchema } from '../model/freshness.ts';
import { isTimeZone } from '../model/night.ts';
import { statementClassSchema, statementSchema } from '../model/statement.ts';
import { blockingTreeSchema, seenTransactionSchema } from '../model/transactions.ts';
import { procedure } from './envelope.ts';

const byServer = z.object({ serverId: z.string() });
const timeWindow = byServer.extend({ fromMs: z.number(), toMs: z.number() });
const span = z.object({ fromMs: z.number(), toMs: z.number() });
/** Whose clock the sentences tell (IANA); left out: that of the engine's machine, or of where a capture was taken. */
const reader = { readerTimeZone: z.string().refine(isTimeZone, 'a time zone, such as Europe/Berlin').optional() };

export const morningsContract = {
  /** Activity by class over a window; without one, the last hour that is stored. */
  timeline: procedure(
    byServer.extend({
      fromMs: z.number().optional(),
      toMs: z.number().optional(),
      filter: originFilterSchema.optional(),
      /** How far before a short window quiet times are looked for, ms; default an hour. 0: it is asked for sessions. */
      reachMs: z.number().min(0).optional(),
    }),
    z.object({ timeline: timelineSchema, freshness: freshnessSchema }),
  ),
  /** The verdict over an incident window, from stored history alone: works without the server. */
  diagnose: procedure(
    timeWindow.extend({
      /** What people say a save takes, seconds: far above what was measured, it is not the database. */
      reportedSaveSeconds: z.number().positive().optional(),
      ...reader,
    }),
    z.object({ verdict: verdictSchema, freshness: freshnessSchema }),
  ),
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
    byServer.extend({ statementId: z.string(), class: statementClassSchema.nullable() }),
    statementSchema,
  ),
  /** Every class that the person set, newest first; setClass with null takes one back. */
  classOverrides: procedure(byServer, z.object({ statements: z.array(statementSchema) })),
  /** Two windows of one server beside each other. */
  compare: procedure(
    byServer.extend({ before: span, after: span, ...reader }),
    z.object({ comparison: comparisonSchema, freshness: freshnessSchema }),
  ),
  /** The longest transactions of a window, at most 200. */
  transactions: procedure(
    timeWindow,
    z.object({ transactions: z.array(seenTransactionSchema), freshness: freshnessSchema }),
  ),
  /** Lock queues of a window, the most waited for first, at most 100. */
  blocking: procedure(timeWindow, z.object({ trees: z.array(blockingTreeSchema), freshness: freshnessSchema })),
  /** Findings that were diagnosed and are not gone, the worst first; with `all` also the gone and dismissed ones. */
  openFindings: procedure(
    byServer.extend({ all: z.boolean().optional() }),
    z.object({ findings: z.array(openFindingSchema) }),
  ),
  /** Puts a finding aside, or (false) takes it up again. */
  dismissFinding: procedure(byServer.extend({ fingerprint: z.string(), dismissed: z.boolean() }), openFindingSchema),
};
