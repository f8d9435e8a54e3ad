import { z } from 'zod';
import {
  checkedProposalSchema,
  executionSchema,
  planSchema,
  proposalSchema,
  readModelSchema,
  refreshModeSchema,
  runSchema,
} from '../model/read-model.ts';
import { procedure } from './envelope.ts';

const onServer = z.object({ serverId: z.string() });
const byName = onServer.extend({ name: z.string() });

export const readModelsContract = {
  list: procedure(onServer, z.array(readModelSchema)),
  get: procedure(byName, z.object({ readModel: readModelSchema, runs: z.array(runSchema) })),
  /**
   * A starting point for a read model: from a finding's statement, a dashboard widget, or a SELECT.
   * Parses it with PostgreSQL's own parser, asks the server for columns and estimates; creates nothing. A statement's
   * constants are restored from samples; `statement_refused` lists those that only the person knows in `detail.missing`.
   */
  propose: procedure(
    onServer.extend({
      from: z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('statement'),
          statementId: z.string(),
          /** '$1' -> SQL literal: constants that neither samples nor the text tell. */
          values: z.record(z.string(), z.string()).optional(),
        }),
        z.object({ kind: z.literal('widget'), widgetId: z.string() }),
        z.object({ kind: z.literal('sql'), sql: z.string() }),
      ]),
      /** The person's edits; what is left out is suggested. */
      edits: proposalSchema.partial().optional(),
    }),
    checkedProposalSchema,
  ),
  /** An ordered plan with locks and undo: 'create' for a new name, 'new_version' for a known one. Stored; nothing has run. */
  plan: procedure(onServer.extend({ proposal: checkedProposalSchema }), planSchema),
  planRollBack: procedure(byName, planSchema),
  planDrop: procedure(byName, planSchema),
  plans: procedure(onServer, z.array(planSchema)),
  getPlan: procedure(
    onServer.extend({ planId: z.string() }),
    z.object({ plan: planSchema, execution: executionSchema.nullable() }),
  ),
  /** Runs a plan as it was shown: the hash must match and `confirm` must be the read model's name. Ends when the plan ended. */
  apply: procedure(onServer.extend({ planId: z.string(), planHash: z.string(), confirm: z.string() }), executionSchema),
  /** Cancels on the server; what the running step did is rolled back, earlier steps are undone. */
  cancel: procedure(onServer.extend({ planId: z.string() }), executionSchema),
  /**
   * `mode` overrides, this time, what Daybreak would choose, where the copies allow it. `periods: 'all'` verifies the closed periods
   * of a model that is refreshed by period, too, and puts right what differs.
   */
  refresh: procedure(
    byName.extend({ mode: refreshModeSchema.optional(), periods: z.enum(['open', 'all']).optional() }),
    runSchema,
  ),
  /** How the read model is refreshed from now on, where its copies allow it; null: Daybreak chooses, and says why. */
  setRefreshMode: procedure(byName.extend({ mode: refreshModeSchema.nullable() }), readModelSchema),
  cancelRefresh: procedure(byName, z.object({ cancelled: z.boolean() })),
};
