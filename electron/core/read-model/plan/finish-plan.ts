import type { Plan } from '../../../../shared/model/read-model.ts';
import type { CatalogFacts, PlanRequest } from './catalog-facts.ts';
import { planHash } from './plan-hash.ts';

type Content = Pick<Plan, 'fromVersion' | 'toVersion' | 'steps' | 'warnings' | 'contractChanges' | 'proposal'> &
  Partial<Pick<Plan, 'confirmWith' | 'scriptOnly' | 'imports' | 'replacesView' | 'droppedVersion'>>;

/** A plan as it is stored and shown: nothing of it has run. */
export function finishPlan(request: PlanRequest, facts: CatalogFacts, content: Content): Plan {
  const { forScript: _, ...stamp } = request;
  const role = facts.stableName?.otherOwner ?? facts.role;
  const plan = { confirmWith: request.readModel, role, ...stamp, ...content };
  return { ...plan, planHash: planHash(plan, facts), state: 'new' };
}
