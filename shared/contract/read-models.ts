import { z } from 'zod';
import { definitionDiffSchema, definitionFileSchema } from '../model/definitions.ts';
import {
  checkedProposalSchema,
  consumerSchema,
  dryRunSchema,
  executionSchema,
  materializedViewSchema,
  planDiffSchema,
  planSchema,
  proposalSchema,
  readModelNameSchema,
  readModelSchema,
  refreshModeSchema,
  runSchema,
  stepProgressSchema,
  verificationSchema,
} from '../model/read-model.ts';
import { askedOriginalSchema, parameterSetSchema, proofSchema, proofStepSchema } from '../model/proof.ts';
import { siblingSchema } from '../model/derivation.ts';
import { procedure } from './envelope.ts';

const onServer = z.object({ serverId: z.string() });
/**
 * What becomes of a change that readers would break on. Left out: it is refused, with a free name in `detail.otherName`
 * for the new shape. 'replace': the stable view is dropped and made anew in one transaction, with everything that hangs
 * on it.
 */
const onBreakingSchema = z.enum(['replace']);

const byName = onServer.extend({ name: z.string() });

export const readModelsContract = {
  list: procedure(onServer, z.array(readModelSchema)),
  get: procedure(
    byName,
    z.object({
      readModel: readModelSchema,
      runs: z.array(runSchema),
      /** What Daybreak would choose for the next refresh, wishes included, and why; null where its copies are gone or it is suspended. */
      nextRefresh: z.object({ mode: refreshModeSchema, reason: z.string() }).nullable().optional(),
    }),
  ),
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
   * What a proposal has to answer for, by the engine's own record, each with its proof: the statement of the history that
   * it was proposed from, now or with an earlier version, and the live query of every widget that reads it or will; the
   * SELECT that it was proposed from where there is neither. Empty: there is nothing to compare a definition with that
   * was written by hand.
   */
  originals: procedure(
    onServer.extend({ proposal: checkedProposalSchema }),
    z.object({
      originals: z.array(askedOriginalSchema),
      /** The version that serves, where it has this very definition. */
      unchangedSince: z.number().int().nullable(),
    }),
  ),
  /**
   * Compares one of the originals with its rewriting over the definition, as multisets of rows at one snapshot, for each
   * parameter set; ends with the first that differs, and shows its first rows. Reads only, creates nothing. The result
   * is added to what is known of the proposal as it stands: an edited one is proven anew, and a set that differed stays
   * until that very set is compared again.
   */
  prove: procedure(
    onServer.extend({
      proposal: checkedProposalSchema,
      /** Left out: the first that has a query over the model. */
      originalId: z.string().min(1).optional(),
      /** Left out: those that are known. Frozen parameters keep their frozen values whatever is given. */
      parameterSets: z.array(parameterSetSchema).min(1).max(20).optional(),
      /** For each parameter set; default five minutes. */
      timeoutMs: z.number().int().min(100).max(3_600_000).optional(),
      /** Under which the proof can be watched and cancelled. */
      proofRunId: z.string().min(1).optional(),
    }),
    proofSchema,
  ),
  /** What is proven of a proposal exactly as it stands, of its first original or another; null: nothing. */
  proof: procedure(
    onServer.extend({ proposal: checkedProposalSchema, originalId: z.string().min(1).optional() }),
    proofSchema.nullable(),
  ),
  proofProgress: procedure(
    onServer.extend({ proofRunId: z.string() }),
    z.object({ running: z.boolean(), steps: z.array(proofStepSchema), setCount: z.number().int() }),
  ),
  /** Cancels the running statement on the server; `prove` then ends with `cancelled`. */
  cancelProof: procedure(onServer.extend({ proofRunId: z.string() }), z.object({ cancelled: z.boolean() })),
  /**
   * An ordered plan with locks and undo: 'create' for a new name, 'new_version' for a known one. Stored; nothing has run.
   * All of `originals` has to be proven, else it is refused as `unproven`, and so is a definition that cannot be compared
   * with anything; `unproven: true` is the person's word that it may be built all the same, and stays with the plan.
   */
  plan: procedure(
    onServer.extend({
      proposal: checkedProposalSchema,
      onBreaking: onBreakingSchema.optional(),
      unproven: z.boolean().optional(),
    }),
    planSchema,
  ),
  planRollBack: procedure(byName.extend({ onBreaking: onBreakingSchema.optional() }), planSchema),
  planDrop: procedure(byName, planSchema),
  /**
   * Drops one version that is not served. Refused while something depends on it, and while it is read, with who;
   * `evenIfRead` overrides the latter.
   */
  planDropVersion: procedure(
    byName.extend({ version: z.number().int(), evenIfRead: z.boolean().optional() }),
    planSchema,
  ),
  /** What differs between two stored plans. */
  diffPlans: procedure(onServer.extend({ before: z.string(), after: z.string() }), planDiffSchema),
  /** Runs all of a plan in one transaction and rolls it back. Takes as long as the plan; readers notice nothing. */
  dryRun: procedure(onServer.extend({ planId: z.string() }), dryRunSchema),
  cancelDryRun: procedure(onServer.extend({ planId: z.string() }), z.object({ cancelled: z.boolean() })),
  /**
   * For the ERP's own upgrade: readers keep the last rows, in a plain table, and nothing hangs on the ERP's tables any more.
   * `planResume` builds the read model against the new schema; `statement_refused` says what does not fit any more.
   */
  planSuspend: procedure(byName, planSchema),
  planResume: procedure(
    byName.extend({
      definitionSql: z.string().min(1).optional(),
      onBreaking: onBreakingSchema.optional(),
      /** The person's word for another definition that nothing proves. */
      unproven: z.boolean().optional(),
    }),
    planSchema,
  ),
  /** The same for psql, as of the moment when it runs; without names all read models. */
  detachScript: procedure(onServer.extend({ names: z.array(z.string()).optional() }), z.object({ sql: z.string() })),
  /** Materialized views of the database that Daybreak does not manage, and the plan that makes one a read model. */
  importable: procedure(onServer, z.array(materializedViewSchema)),
  planImport: procedure(
    onServer.extend({
      schema: z.string().min(1),
      /** The materialized view. */
      relation: z.string().min(1),
      /** Under which name readers find it; left out: its own, and the stable view takes its place. */
      name: readModelNameSchema.optional(),
      question: z.string().min(1).optional(),
      owner: z.string().min(1),
      keyColumns: z.array(z.string()).optional(),
      consumers: z.array(consumerSchema).min(1),
    }),
    planSchema,
  ),
  /** Takes the registry away; stable views stay, with their as-of written out. `confirm` is the database's name. */
  /**
   * The steps that a registry of an older Daybreak lacks, without a new version of anything; run it with `apply` and the
   * database's name. `not_found` without a registry, `statement_refused` where it lacks none.
   */
  planUpdateRegistry: procedure(onServer, planSchema),
  planUninstall: procedure(onServer, planSchema),
  uninstallScript: procedure(onServer, z.object({ sql: z.string() })),
  /** Refreshes read models and what they are built on, parents first; without names all that are not suspended. */
  refreshInOrder: procedure(onServer.extend({ names: z.array(z.string()).optional() }), z.array(runSchema)),
  /** Read models as files: a manifest, `<name>/v<version>.sql`, and `<name>/v<version>.reader.sql` where a query of its own asks it. */
  exportDefinitions: procedure(onServer, z.array(definitionFileSchema)),
  diffDefinitions: procedure(onServer.extend({ files: z.array(definitionFileSchema) }), z.array(definitionDiffSchema)),
  /**
   * Proves what a definition of the files has to answer for, as far as this store knows it and it is not proven yet. Empty:
   * there is nothing to compare it with.
   */
  proveDefinition: procedure(
    byName.extend({
      files: z.array(definitionFileSchema),
      /** For each parameter set; default five minutes. */
      timeoutMs: z.number().int().min(100).max(3_600_000).optional(),
    }),
    z.array(askedOriginalSchema),
  ),
  /**
   * The plan that brings the server to what the files say of one read model; run it with `apply`. Refused as `unproven`
   * where nothing proves it, and neither `unproven` nor its manifest is the person's word.
   */
  planDefinition: procedure(
    byName.extend({
      files: z.array(definitionFileSchema),
      onBreaking: onBreakingSchema.optional(),
      unproven: z.boolean().optional(),
    }),
    planSchema,
  ),
  plans: procedure(onServer, z.array(planSchema)),
  getPlan: procedure(
    onServer.extend({ planId: z.string() }),
    z.object({
      plan: planSchema,
      execution: executionSchema.nullable(),
      /** Of the step that runs now. */
      progress: stepProgressSchema.nullable().optional(),
      /** Of the version that it builds, as soon as it has been filled. */
      verification: verificationSchema.nullable().optional(),
    }),
  ),
  /**
   * Runs a plan as it was shown: the hash must match and `confirm` must be the read model's name. Ends when the plan
   * ended. With `holdBeforeSwitch` it builds and compares, and then waits for `proceed`, an hour at most, so that the
   * comparison is seen before anybody reads the new version.
   */
  apply: procedure(
    onServer.extend({
      planId: z.string(),
      planHash: z.string(),
      confirm: z.string(),
      holdBeforeSwitch: z.boolean().optional(),
    }),
    executionSchema,
  ),
  /** Lets a plan that holds before its switch go on. */
  proceed: procedure(onServer.extend({ planId: z.string() }), z.object({ proceeded: z.boolean() })),
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
