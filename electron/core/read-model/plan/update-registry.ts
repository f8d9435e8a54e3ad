import type { Plan } from '../../../../shared/model/read-model.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import type { CatalogFacts, PlanRequest, PreparationStep } from './catalog-facts.ts';
import { finishPlan } from './finish-plan.ts';
import { number, preparationStep } from './steps.ts';
import { withheld } from './withheld.ts';

/**
 * The plan that brings the registry up to date and touches no read model: the steps that every plan begins with where
 * they are missing, alone. Pure. Throws `not_found` without a registry, and `statement_refused` where it lacks none.
 */
export function planUpdateRegistry(request: PlanRequest, facts: CatalogFacts): Plan {
  const { database, preparation } = facts;
  if (facts.rights.writesRegistry === null || facts.registry === undefined) {
    throw new Failure({
      code: 'not_found',
      message: `There is no registry of Daybreak in database ${database}. The first read model brings it.`,
    });
  }
  if (preparation.length === 0) {
    throw new Failure({
      code: 'statement_refused',
      message: `The registry in database ${database} is up to date: there is nothing to do.`,
    });
  }
  const scriptOnly = withheld(request, facts);
  return finishPlan(request, facts, {
    fromVersion: null,
    toVersion: null,
    confirmWith: database,
    steps: number(preparation.map(preparationStep)),
    warnings: [
      'Read models, their rows and their readers stay as they are.',
      ...(preparation.some(isBreaking)
        ? [
            'A Daybreak that is older than these steps refuses the registry from then on. Update each that works with it.',
          ]
        : []),
    ],
    contractChanges: [],
    proposal: null,
    ...scriptOnly,
  });
}

/** Its row says so: see `migrationScript`. */
const isBreaking = ({ sql }: PreparationStep): boolean =>
  sql.some((statement) => /^insert into daybreak\.migration .*, true\)$/.test(statement));
