import type { CheckedProposal, Plan } from '../../../../shared/model/read-model.ts';
import { assertNever } from '../../../../shared/model/failure.ts';
import { planVersion } from './build-plan.ts';
import type { CatalogFacts, PlanRequest, PlanWishes } from './catalog-facts.ts';
import { planDrop, planRollBack } from './change-plans.ts';
import { planDropVersion } from './drop-version.ts';

/** Facts and wishes in, ordered steps with locks and undo out. Pure; see each kind for what it throws. */
export function makePlan(
  request: PlanRequest,
  facts: CatalogFacts,
  proposal: CheckedProposal | null,
  wishes: PlanWishes = { stillRead: {} },
): Plan {
  switch (request.kind) {
    case 'create':
    case 'new_version':
      if (proposal === null) throw new Error(`a plan of kind ${request.kind} needs a proposal`);
      return planVersion(request, facts, proposal, wishes);
    case 'roll_back':
      return planRollBack(request, facts);
    case 'drop':
      return planDrop(request, facts);
    case 'drop_version':
      return planDropVersion(request, facts, wishes);
    default:
      return assertNever(request.kind);
  }
}
