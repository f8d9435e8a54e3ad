import type { CheckedProposal, Plan, PlanKind } from '../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import { readScans } from '../postgres/queries/relation-scans.ts';
import type { Server, Sql } from '../postgres/session.ts';
import { gatherEstimates } from './gather-estimates.ts';
import { gatherRegistry } from './gather-catalog.ts';
import { gatherForChange, gatherForImport, gatherForProposal } from './gather-for-plan.ts';
import type { PlanWishes } from './plan/catalog-facts.ts';
import { withEstimates } from './plan/estimate-plan.ts';
import { makePlan } from './plan/make-plan.ts';
import { asAllowed, requirePlannable } from './plannable.ts';
import { recheck } from './propose/propose.ts';
import { installedMigrations } from './registry/migrations.ts';
import { readRegistry, type RegistryModel } from './registry/read-registry.ts';
import { readersOfOldVersions } from './soak/still-read.ts';
import { registrySchema, requireUsableSchema } from './sql/names.ts';

interface Stamp {
  readonly server: Server;
  readonly planId: string;
  readonly nowMs: number;
  /** True: rights that are missing make it a script for somebody else, instead of refusing it. */
  readonly forScript?: boolean;
}

/**
 * The plan for a proposal: 'create' for a new name, 'new_version' for a known one. Checks the proposal anew; creates
 * nothing. Throws what `recheck` and `makePlan` throw.
 */
export async function planCreateOrNewVersion(
  input: Stamp & {
    readonly proposal: CheckedProposal;
    readonly schema: string;
    readonly onBreaking?: OnBreaking;
  },
): Promise<Plan> {
  const { server, schema } = input;
  requirePlannable(server);
  requireUsableSchema(schema);
  const proposal = await recheck(server, input.proposal);
  const { name } = proposal.proposal;
  return server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      const known = await registered(sql, name);
      // A known read model stays in the schema that it was created in.
      const target = { schema: known?.schema ?? schema, readModel: name };
      const estimates = await gatherEstimates(sql, known);
      const stillRead = known === null ? {} : await readersOfOldVersions(sql, known, server.facts.versionNumber);
      const serves = known?.versions.some(({ state }) => state === 'current') ?? false;
      const kind = !serves ? 'create' : known?.suspended == null ? 'new_version' : 'resume';
      const request = { ...target, ...stampOf(input, kind) };
      const plan = async (replacesView: boolean) =>
        makePlan(request, await gatherForProposal(sql, { ...target, replacesView }, proposal), proposal, { stillRead });
      return asAllowed(server, withEstimates(await gentlyOrReplacing(input.onBreaking, plan), estimates));
    }),
  );
}

/** What becomes of a change that readers would break on: see the contract. */
export type OnBreaking = 'replace' | undefined;

/** Makes the view anew only where that was asked for and nothing gentler will do. */
async function gentlyOrReplacing(
  onBreaking: OnBreaking,
  plan: (replacesView: boolean) => Promise<Plan>,
): Promise<Plan> {
  try {
    return await plan(false);
  } catch (error) {
    const breaks = isFailure(error) && error.value.detail !== undefined && 'mayReplace' in error.value.detail;
    if (onBreaking !== 'replace' || !breaks) throw error;
    return plan(true);
  }
}

/** Throws `not_found` where there is no such model, or no version to go back to. */
export const planRollBack = (
  input: Stamp & { readonly name: string; readonly onBreaking?: OnBreaking },
): Promise<Plan> =>
  gentlyOrReplacing(input.onBreaking, (replacesView) => planChange(input, 'roll_back', { replacesView }));

/**
 * Throws `not_found`, and `statement_refused` for the version that is served, while something depends on its copies,
 * and, without `evenIfRead`, while it is read.
 */
export async function planDropVersion(
  input: Stamp & { readonly name: string; readonly version: number; readonly evenIfRead?: boolean },
): Promise<Plan> {
  const { server, name, version, evenIfRead = false } = input;
  requirePlannable(server);
  const wishes = await server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      const known = await requireRegistered(sql, server, name);
      const stillRead = await readersOfOldVersions(sql, known, server.facts.versionNumber);
      const copies = known.versions.find((one) => one.version === version)?.copies ?? [];
      const names = copies.map(({ copyId }) => copyId);
      const scans = await readScans(sql, known.schema, names, server.facts.versionNumber);
      const scansSoFar = Object.fromEntries(scans.map(({ relation, scans: count }) => [relation, count]));
      return { stillRead, version, scansSoFar: evenIfRead ? null : scansSoFar };
    }),
  );
  const found = wishes.stillRead[version];
  if (found?.read === true && !evenIfRead && found.dependents.length === 0) {
    throw new Failure({
      code: 'statement_refused',
      message: `Version ${version} of ${name} is not dropped. ${found.text} Point those readers at ${name} first, or ask to drop it even if it is read.`,
      detail: { stillRead: found, mayDropEvenIfRead: true },
    });
  }
  return planChange(input, 'drop_version', { wishes });
}

/** Throws `not_found`, and `statement_refused` while something else reads the model. */
export const planDrop = (input: Stamp & { readonly name: string }): Promise<Plan> => planChange(input, 'drop');

/** Throws `not_found`, and `statement_refused` where it is suspended already or something reads its copies. */
export const planSuspend = (input: Stamp & { readonly name: string }): Promise<Plan> => planChange(input, 'suspend');

/** Throws `not_found` without a registry, and `statement_refused` while others read it. */
export const planUninstall = (input: Stamp): Promise<Plan> => planForRegistry(input, 'uninstall');

/** Throws `not_found` without a registry, and `statement_refused` where it lacks no step. */
export const planUpdateRegistry = (input: Stamp): Promise<Plan> => planForRegistry(input, 'update_registry');

async function planForRegistry(input: Stamp, kind: 'uninstall' | 'update_registry'): Promise<Plan> {
  const { server } = input;
  requirePlannable(server);
  return server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      const request = { schema: registrySchema, readModel: registrySchema, ...stampOf(input, kind) };
      const estimates = await gatherEstimates(sql, null);
      return asAllowed(server, withEstimates(makePlan(request, await gatherRegistry(sql), null), estimates));
    }),
  );
}

/**
 * The plan that makes a materialized view a read model; its schema stays. Throws what `recheck` throws, `not_found`
 * where there is none of that name, and what `planImport` refuses.
 */
export async function planImport(
  input: Stamp & {
    readonly schema: string;
    /** The materialized view. */
    readonly imports: string;
    readonly proposal: CheckedProposal;
  },
): Promise<Plan> {
  const { server, schema, imports } = input;
  requirePlannable(server);
  requireUsableSchema(schema);
  const proposal = await recheck(server, input.proposal);
  return server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      const target = { schema, readModel: proposal.proposal.name };
      const facts = await gatherForImport(sql, target, imports, proposal);
      const plan = makePlan({ ...target, ...stampOf(input, 'import') }, facts, proposal);
      return asAllowed(server, withEstimates(plan, await gatherEstimates(sql, null)));
    }),
  );
}

async function planChange(
  input: Stamp & { readonly name: string },
  kind: PlanKind,
  { replacesView = false, wishes }: { readonly replacesView?: boolean; readonly wishes?: PlanWishes } = {},
): Promise<Plan> {
  const { server, name } = input;
  requirePlannable(server);
  return server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      const known = await requireRegistered(sql, server, name);
      const target = { schema: known.schema, readModel: name };
      const estimates = await gatherEstimates(sql, known);
      const facts = await gatherForChange(sql, { ...target, replacesView });
      const plan = makePlan({ ...target, ...stampOf(input, kind) }, facts, null, wishes);
      return asAllowed(server, withEstimates(plan, estimates));
    }),
  );
}

async function requireRegistered(sql: Sql, server: Server, name: string): Promise<RegistryModel> {
  const known = await registered(sql, name);
  if (known !== null) return known;
  throw new Failure({
    code: 'not_found',
    message: `There is no read model ${name} in database ${server.facts.databaseName}. See the list of read models.`,
  });
}

async function registered(sql: Sql, name: string) {
  if ((await installedMigrations(sql)) === null) return null;
  return (await readRegistry(sql, name))[0] ?? null;
}

const stampOf = ({ server, planId, nowMs, forScript = false }: Stamp, kind: PlanKind) => ({
  kind,
  forScript,
  planId,
  serverId: server.serverId,
  createdAtMs: nowMs,
});
