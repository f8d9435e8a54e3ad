import type { CheckedProposal, Plan } from '../../../../shared/model/read-model.ts';
import { Failure, isFailure } from '../../../../shared/model/failure.ts';
import type { DdlSession, Server } from '../../postgres/session.ts';
import type { CatalogFacts } from '../plan/catalog-facts.ts';
import { changedFacts } from '../plan/changed-facts.ts';
import { planHash } from '../plan/plan-hash.ts';
import { requireRights } from '../plan/refusals.ts';
import { gatherForPlan } from '../gather-for-plan.ts';
import { recheck } from '../propose/propose.ts';

/** The definition as the server sees it now; what it no longer accepts makes the plan stale. */
export async function recheckOrStale(server: Server, plan: Plan): Promise<CheckedProposal | null> {
  if (plan.proposal === null) return null;
  try {
    return await recheck(server, plan.proposal);
  } catch (error) {
    if (!isFailure(error) || !['statement_refused', 'server_error', 'invalid_input'].includes(error.value.code))
      throw error;
    throw stale(plan, `its definition cannot be read any more: ${error.message}`, error);
  }
}

/** What the plan rests on, as it is now. Throws `permission_denied`, and `plan_stale` where that, or the plan itself, is not as it was shown. */
export async function requireFresh(
  session: DdlSession,
  plan: Plan,
  current: CheckedProposal | null,
): Promise<CatalogFacts> {
  const facts = await session.transaction((sql) => gatherForPlan(sql, plan, current));
  requireRights(facts, plan.schema, plan.readModel);
  if (planHash(plan, facts) !== plan.planHash) throw stale(plan, 'the catalog or the registry changed since');
  return facts;
}

/**
 * Looks at the catalog again just before readers are switched: a fill may take an hour, and a person's word another one.
 * `before` are the facts that the plan began with. Throws `plan_stale` with what changed.
 */
export async function requireUnchanged(
  server: Server,
  session: DdlSession,
  plan: Plan,
  before: CatalogFacts,
): Promise<void> {
  const current = await recheckOrStale(server, plan);
  const now = await session.transaction((sql) => gatherForPlan(sql, plan, current));
  const changes = changedFacts(plan, before, now);
  if (changes.length > 0) throw stale(plan, `while it was built, the catalog changed: ${changes.join('; ')}`);
}

export const stale = (plan: Plan, why: string, cause?: unknown): Failure =>
  new Failure(
    {
      code: 'plan_stale',
      message: `The plan for ${plan.readModel} does not hold any more: ${why}. Plan again and read the new one.`,
    },
    { cause },
  );
