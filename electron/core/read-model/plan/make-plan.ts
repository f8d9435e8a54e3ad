import type { CheckedProposal, Plan } from '../../../../shared/model/read-model.ts';
import { assertNever } from '../../../../shared/model/failure.ts';
import { planVersion } from './build-plan.ts';
import type { CatalogFacts, PlanRequest, PlanWishes } from './catalog-facts.ts';
import { planDrop, planRollBack } from './change-plans.ts';
import { planDropVersion } from './drop-version.ts';
import { planImport } from './import-plan.ts';
import { planSuspend, planUninstall } from './lifecycle-plans.ts';
import { planUpdateRegistry } from './update-registry.ts';

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
    case 'resume':
      if (proposal === null) throw new Error(`a plan of kind ${request.kind} needs a proposal`);
      return planVersion(request, facts, proposal, wishes);
    case 'roll_back':
      return planRollBack(request, facts);
    case 'drop':
      return planDrop(request, facts);
    case 'drop_version':
      return planDropVersion(request, facts, wishes);
    case 'suspend':
      return planSuspend(request, facts);
    case 'uninstall':
      return planUninstall(request, facts);
    case 'update_registry':
      return planUpdateRegistry(request, facts);
    case 'import':
      if (proposal === null) throw new Error('an import needs a proposal');
      return planImport(request, facts, proposal);
    default:
      return assertNever(request.kind);
  }
}
