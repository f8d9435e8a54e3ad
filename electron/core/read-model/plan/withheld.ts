import { isFailure } from '../../../../shared/model/failure.ts';
import type { Plan } from '../../../../shared/model/read-model.ts';
import type { CatalogFacts, PlanRequest } from './catalog-facts.ts';
import { requireRights } from './refusals.ts';

/**
 * Nothing where the role may build, or why the plan is a script for somebody who may. Throws `permission_denied` unless
 * a script was asked for.
 */
export function withheld({ forScript, schema, readModel }: PlanRequest, facts: CatalogFacts): Pick<Plan, 'scriptOnly'> {
  try {
    requireRights(facts, schema, readModel);
    return {};
  } catch (error) {
    if (!forScript || !isFailure(error)) throw error;
    return { scriptOnly: { message: error.value.message, action: error.value.action ?? null } };
  }
}
