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
import { parameterSetSchema, proofSchema, proofStepSchema } from '../model/proof.ts';
import { siblingSchema } from '../model/derivation.ts';
import { procedure } from './envelope.ts';

const onServer = z.object({ serverId: z.string() });
const byName = onServer.extend({ name: z.string() });

export const readModelsContract = {
  list: procedure(onServer, z.array(readModelSchema)),
  get: procedure(byName, z.object({ readModel: readModelSchema, runs: z.array(runSchema) })),
  /**
   * A starting point for a read model: from a finding's statement, a dashboard widget, or a SELECT.
   * Parses it with PostgreSQL's own parser, asks the server for columns and estimates; creates nothing. A statement is
   * rewritten over the read model (`derivation`): its filters stay free where that is sound, else its constants are kept,
   * else `statement_refused` names the construct in `detail.construct`, and in `detail.missing` the constants that neither
   * text nor samples tell and that decide what the model would hold.
   */
  propose: procedure(
    onServer.extend({
      from: z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('statement'),
          statementId: z.string(),
          /** '$1' -> SQL literal: constants that neither samples nor the text tell. */
          values: z.record(z.string(), z.string()).optional(),
          /** '$1' ...: parameters that keep their known values although they could filter; the model is smaller then. */
          freeze: z.array(z.string().regex(/^\$[1-9]\d*$/)).optional(),
        }),
        z.object({ kind: z.literal('widget'), widgetId: z.string() }),
        z.object({ kind: z.literal('sql'), sql: z.string() }),
      ]),
      /** The person's edits; what is left out is suggested. */
      edits: proposalSchema.partial().optional(),
    }),
    checkedProposalSchema,
  ),
  /** Other culprits with an open finding that read the same tables as this statement: each can have a read model of its own. */
  siblings: procedure(onServer.extend({ statementId: z.string() }), z.array(siblingSchema)),
  /**
   * Compares the statement with its rewriting over the definition, as multisets of rows at one snapshot, for each
   * parameter set; ends with the first that differs, and shows its first rows. Reads only, creates nothing. The result
   * is kept for the proposal as it stands: an edited one is proven anew.
   */
  prove: procedure(
    onServer.extend({
      proposal: checkedProposalSchema,
      /** Left out: those of the proposal. Frozen parameters keep their frozen values whatever is given. */
      parameterSets: z.array(parameterSetSchema).min(1).max(20).optional(),
      /** For each parameter set; default five minutes. */
      timeoutMs: z.number().int().min(100).max(3_600_000).optional(),
      /** Under which the proof can be watched and cancelled. */
      proofRunId: z.string().min(1).optional(),
    }),
    proofSchema,
  ),
  /** The last proof of a proposal exactly as it stands; null: never proven. */
  proof: procedure(onServer.extend({ proposal: checkedProposalSchema }), proofSchema.nullable()),
  proofProgress: procedure(
    onServer.extend({ proofRunId: z.string() }),
    z.object({ running: z.boolean(), steps: z.array(proofStepSchema), setCount: z.number().int() }),
  ),
  /** Cancels the running statement on the server; `prove` then ends with `cancelled`. */
  cancelProof: procedure(onServer.extend({ proofRunId: z.string() }), z.object({ cancelled: z.boolean() })),
  /**
   * An ordered plan with locks and undo: 'create' for a new name, 'new_version' for a known one. Stored; nothing has run.
   * A statement's proposal has to be proven, else it is refused as `unproven`; `unproven: true` is the person's word that
   * it may be built all the same, and stays with the plan.
   */
  plan: procedure(onServer.extend({ proposal: checkedProposalSchema, unproven: z.boolean().optional() }), planSchema),
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
