import { isForRegistry, type CheckedProposal, type Plan } from '../../../shared/model/read-model.ts';
import { readMaterializedView } from '../postgres/queries/catalog-materialized-views.ts';
import { readDependents, readGrantees } from '../postgres/queries/catalog-stable-name.ts';
import type { Sql } from '../postgres/session.ts';
import { gatherCatalog, gatherRegistry } from './gather-catalog.ts';
import type { CatalogFacts } from './plan/catalog-facts.ts';

/** The facts under a plan, as they are now: what `planHash` is compared over before anything runs. */
export async function gatherForPlan(sql: Sql, plan: Plan, current: CheckedProposal | null): Promise<CatalogFacts> {
  if (isForRegistry(plan.kind)) return gatherRegistry(sql);
  if (plan.imports !== undefined && current !== null) return gatherForImport(sql, plan, plan.imports, current);
  return current === null ? gatherForChange(sql, plan) : gatherForProposal(sql, plan, current);
}

export interface Target {
  readonly schema: string;
  readonly readModel: string;
  /** Left out: false. */
  readonly replacesView?: boolean | undefined;
}

export const gatherForProposal = (
  sql: Sql,
  { schema, readModel, replacesView = false }: Target,
  proposal: CheckedProposal,
) =>
  gatherCatalog(sql, {
    schema,
    readModel,
    replacesView,
    definitionColumns: proposal.columns,
    baseTables: proposal.baseTables,
    grantTo: proposal.proposal.grantTo,
  });

/** Throws nothing of its own: an import of what is gone is refused by its plan. */
export async function gatherForImport(
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

export const gatherForChange = (sql: Sql, { schema, readModel, replacesView = false }: Target): Promise<CatalogFacts> =>
  gatherCatalog(sql, { schema, readModel, replacesView, definitionColumns: null, baseTables: [], grantTo: [] });
