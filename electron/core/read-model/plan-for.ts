import type { CheckedProposal, Plan, PlanKind } from '../../../shared/model/read-model.ts';
import { Failure } from '../../../shared/model/failure.ts';
import { requireCapability } from '../postgres/capabilities.ts';
import { readMaterializedView } from '../postgres/queries/catalog-materialized-views.ts';
import { readDependents, readGrantees } from '../postgres/queries/catalog-stable-name.ts';
import type { Server, Sql } from '../postgres/session.ts';
import { gatherCatalog, gatherRegistry } from './gather-catalog.ts';
import type { CatalogFacts } from './plan/catalog-facts.ts';
import { makePlan } from './plan/make-plan.ts';
import { recheck } from './propose/propose.ts';
import { installedMigrations } from './registry/migrations.ts';
import { readRegistry } from './registry/read-registry.ts';
import { registrySchema, requireUsableSchema } from './sql/names.ts';

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
  input: Stamp & {
    readonly proposal: CheckedProposal;
    readonly schema: string;
    /** True: rights that are missing make it a script for somebody else, instead of refusing it. */
    readonly forScript?: boolean;
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
      const facts = await gatherForProposal(sql, target, proposal);
      const serves = known?.versions.some(({ state }) => state === 'current') ?? false;
      const kind = !serves ? 'create' : known?.suspended == null ? 'new_version' : 'resume';
      const forScript = input.forScript ?? false;
      return asAllowed(server, makePlan({ ...target, ...stampOf(input, kind), forScript }, facts, proposal));
    }),
  );
}

/** Throws `not_found` where there is no such model, or no version to go back to. */
export const planRollBack = (input: Stamp & { readonly name: string }): Promise<Plan> => planChange(input, 'roll_back');

/** Throws `not_found`, and `statement_refused` while something else reads the model. */
export const planDrop = (input: Stamp & { readonly name: string }): Promise<Plan> => planChange(input, 'drop');

/** Throws `not_found`, and `statement_refused` where it is suspended already or something reads its copies. */
export const planSuspend = (input: Stamp & { readonly name: string }): Promise<Plan> => planChange(input, 'suspend');

/** Throws `not_found` without a registry, and `statement_refused` while others read it. */
export async function planUninstall(input: Stamp): Promise<Plan> {
  const { server } = input;
  requirePlannable(server);
  return server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      const target = { schema: registrySchema, readModel: registrySchema };
      return asAllowed(
        server,
        makePlan({ ...target, ...stampOf(input, 'uninstall') }, await gatherRegistry(sql), null),
      );
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
    readonly forScript?: boolean;
  },
): Promise<Plan> {
  const { server, schema, imports, forScript = false } = input;
  requirePlannable(server);
  requireUsableSchema(schema);
  const proposal = await recheck(server, input.proposal);
  return server.withReadonly((session) =>
    session.snapshot(async (sql) => {
      const target = { schema, readModel: proposal.proposal.name };
      const facts = await gatherForImport(sql, target, imports, proposal);
      return asAllowed(server, makePlan({ ...target, ...stampOf(input, 'import'), forScript }, facts, proposal));
    }),
  );
}

async function planChange(input: Stamp & { readonly name: string }, kind: PlanKind): Promise<Plan> {
  const { server, name } = input;
  requirePlannable(server);
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
      return asAllowed(
        server,
        makePlan({ ...target, ...stampOf(input, kind) }, await gatherForChange(sql, target), null),
      );
    }),
  );
}

/** The facts under a plan, as they are now: what `planHash` is compared over before anything runs. */
export async function gatherForPlan(sql: Sql, plan: Plan, current: CheckedProposal | null): Promise<CatalogFacts> {
  if (plan.kind === 'uninstall') return gatherRegistry(sql);
  if (plan.imports !== undefined && current !== null) return gatherForImport(sql, plan, plan.imports, current);
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

async function gatherForImport(
  sql: Sql,
  target: Target,
  imports: string,
  proposal: CheckedProposal,
): Promise<CatalogFacts> {
  const { schema } = target;
  const old = await readMaterializedView(sql, schema, imports);
  const grantees = old === null ? [] : await readGrantees(sql, schema, imports);
  const facts = await gatherForProposal(sql, target, {
    ...proposal,
    proposal: { ...proposal.proposal, grantTo: [...new Set([...proposal.proposal.grantTo, ...grantees])] },
  });
  if (old === null) return { ...facts, imported: null };
  const { name, owner, ownedByUs, indexes, columnGrants } = old;
  const dependents = (await readDependents(sql, schema, [imports], [])).map(({ dependent }) => dependent);
  return { ...facts, imported: { name, owner, ownedByUs, indexes, columnGrants, grantees, dependents } };
}

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

/**
 * Throws `capability_missing` on a replica and behind a pooler that does not keep session locks, and `permission_denied`
 * on a connection that is set to read-only.
 */
export function requireBuildable(server: Server): void {
  requirePlannable(server);
  if (server.settings.readOnly) throw readOnly(server);
}

const readOnly = ({ settings, facts }: Server): Failure =>
  new Failure({
    code: 'permission_denied',
    message: `The connection ${settings.label} is set to read-only, so Daybreak changes nothing in database ${facts.databaseName}. Copy the plan as a script for somebody who may run it, or take that setting off under Connections.`,
  });

/** A plan as it may be shown there: on a connection that is set to read-only it is a script. */
const asAllowed = (server: Server, plan: Plan): Plan =>
  server.settings.readOnly ? { ...plan, scriptOnly: { message: readOnly(server).message, action: null } } : plan;

/** Throws `capability_missing` where nothing can be built, whoever runs it. */
function requirePlannable(server: Server): void {
  requireCapability(server.facts, 'primary');
  requireCapability(server.facts, 'session_state');
}
