import type { CheckedProposal, Plan, PlanKind } from '../../../shared/model/read-model.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { requireCapability } from '../postgres/capabilities.ts';
import type { Server, Sql } from '../postgres/session.ts';
import { gatherCatalog } from './gather-catalog.ts';
import type { CatalogFacts } from './plan/catalog-facts.ts';
import { makePlan } from './plan/make-plan.ts';
import { recheck } from './propose/propose.ts';
import { installedMigrations } from './registry/migrations.ts';
import { readRegistry } from './registry/read-registry.ts';
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
  input: Stamp & { readonly proposal: CheckedProposal; readonly schema: string },
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
      const facts = await gatherForProposal(sql, target, proposal);
      const kind = known?.versions.some(({ state }) => state === 'current') ? 'new_version' : 'create';
      return makePlan({ ...target, ...stampOf(input, kind) }, facts, proposal);
    }),
  );
}

/** Throws `not_found` where there is no such model, or no version to go back to. */
export const planRollBack = (input: Stamp & { readonly name: string }): Promise<Plan> => planChange(input, 'roll_back');

/** Throws `not_found`, and `statement_refused` while something else reads the model. */
export const planDrop = (input: Stamp & { readonly name: string }): Promise<Plan> => planChange(input, 'drop');

async function planChange(input: Stamp & { readonly name: string }, kind: PlanKind): Promise<Plan> {
  const { server, name } = input;
  requireBuildable(server);
  return server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      const known = await registered(sql, name);
      if (known === null) {
        throw new Failure({
          code: 'not_found',
          message: `There is no read model ${name} in database ${server.facts.databaseName}. See the list of read models.`,
        });
      }
      const target = { schema: known.schema, readModel: name };
      return makePlan({ ...target, ...stampOf(input, kind) }, await gatherForChange(sql, target), null);
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
}

const gatherForProposal = (sql: Sql, { schema, readModel }: Target, proposal: CheckedProposal) =>
  gatherCatalog(sql, {
    schema,
    readModel,
    definitionColumns: proposal.columns,
    baseTables: proposal.baseTables,
    grantTo: proposal.proposal.grantTo,
  });

const gatherForChange = (sql: Sql, { schema, readModel }: Target) =>
  gatherCatalog(sql, { schema, readModel, definitionColumns: null, baseTables: [], grantTo: [] });

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
