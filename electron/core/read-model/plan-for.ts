import type { CheckedProposal, Plan, PlanKind } from '../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import { requireCapability } from '../postgres/capabilities.ts';
import type { Server, Sql } from '../postgres/session.ts';
import { gatherCatalog } from './gather-catalog.ts';
import { readScans } from '../postgres/queries/relation-scans.ts';
import { gatherEstimates } from './gather-estimates.ts';
import type { CatalogFacts, PlanWishes } from './plan/catalog-facts.ts';
import { withEstimates } from './plan/estimate-plan.ts';
import { makePlan } from './plan/make-plan.ts';
import { recheck } from './propose/propose.ts';
import { installedMigrations } from './registry/migrations.ts';
import { readRegistry, type RegistryModel } from './registry/read-registry.ts';
import { readersOfOldVersions } from './soak/still-read.ts';
import { requireUsableSchema } from './sql/names.ts';

interface Stamp {
  readonly server: Server;
  readonly planId: string;
  readonly nowMs: number;
}

/**
 * The plan for a proposal: 'create' for a new name, 'new_version' for a known one. Checks the proposal anew; creates
 * nothing. Throws what `recheck` and `makePlan` throw.
 */
export async function planCreateOrNewVersion(
  input: Stamp & { readonly proposal: CheckedProposal; readonly schema: string; readonly onBreaking?: OnBreaking },
): Promise<Plan> {
  const { server, schema } = input;
  requireBuildable(server);
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
      const kind = known?.versions.some(({ state }) => state === 'current') ? 'new_version' : 'create';
      const request = { ...target, ...stampOf(input, kind) };
      const plan = async (replacesView: boolean) =>
        makePlan(request, await gatherForProposal(sql, { ...target, replacesView }, proposal), proposal, { stillRead });
      return withEstimates(await gentlyOrReplacing(input.onBreaking, plan), estimates);
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
  requireBuildable(server);
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

async function planChange(
  input: Stamp & { readonly name: string },
  kind: PlanKind,
  { replacesView = false, wishes }: { readonly replacesView?: boolean; readonly wishes?: PlanWishes } = {},
): Promise<Plan> {
  const { server, name } = input;
  requireBuildable(server);
  return server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      const known = await requireRegistered(sql, server, name);
      const target = { schema: known.schema, readModel: name };
      const estimates = await gatherEstimates(sql, known);
      const facts = await gatherForChange(sql, { ...target, replacesView });
      return withEstimates(makePlan({ ...target, ...stampOf(input, kind) }, facts, null, wishes), estimates);
    }),
  );
}

/** The facts under a plan, as they are now: what `planHash` is compared over before anything runs. */
export async function gatherForPlan(sql: Sql, plan: Plan, current: CheckedProposal | null): Promise<CatalogFacts> {
  return current === null ? gatherForChange(sql, plan) : gatherForProposal(sql, plan, current);
}

interface Target {
  readonly schema: string;
  readonly readModel: string;
  /** Left out: false. */
  readonly replacesView?: boolean | undefined;
}

const gatherForProposal = (sql: Sql, { schema, readModel, replacesView = false }: Target, proposal: CheckedProposal) =>
  gatherCatalog(sql, {
    schema,
    readModel,
    replacesView,
    definitionColumns: proposal.columns,
    baseTables: proposal.baseTables,
    grantTo: proposal.proposal.grantTo,
  });

const gatherForChange = (sql: Sql, { schema, readModel, replacesView = false }: Target) =>
  gatherCatalog(sql, { schema, readModel, replacesView, definitionColumns: null, baseTables: [], grantTo: [] });

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

const stampOf = ({ server, planId, nowMs }: Stamp, kind: PlanKind) => ({
  kind,
  planId,
  serverId: server.serverId,
  createdAtMs: nowMs,
});

/** Throws `capability_missing` on a replica and behind a pooler that does not keep session locks. */
export function requireBuildable(server: Server): void {
  requireCapability(server.facts, 'primary');
  requireCapability(server.facts, 'session_state');
}
