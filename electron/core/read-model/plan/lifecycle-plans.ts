import type { Plan } from '../../../../shared/model/read-model.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import { keepRowsSql, switchToKeptSql } from '../sql/detach.ts';
import { uninstallSql } from '../sql/freeze.ts';
import { copyName } from '../sql/names.ts';
import { qualifiedName } from '../sql/quote.ts';
import { markAppliedSql } from '../sql/registry-rows.ts';
import type { CatalogFacts, PlanRequest } from './catalog-facts.ts';
import { finishPlan } from './finish-plan.ts';
import { refuseDependents, requireModel, requireOwnStableName } from './refusals.ts';
import { flipStep, number, preparationStep, type DraftStep } from './steps.ts';
import { withheld } from './withheld.ts';

/**
 * The plan that lets go of the ERP's tables, so that its vendor can alter them: readers keep the last rows. Pure. Throws
 * `not_found`, and `statement_refused` where it is suspended already or something reads its copies.
 */
export function planSuspend(request: PlanRequest, facts: CatalogFacts): Plan {
  const { schema, readModel: name, planId } = request;
  const model = requireModel(facts, name);
  requireOwnStableName(facts, schema, name);
  const scriptOnly = withheld(request, facts);
  if (model.suspended != null) {
    throw new Failure({
      code: 'statement_refused',
      message: `Read model ${name} is suspended already. Resume it when the upgrade is through.`,
    });
  }
  const current = model.versions.find(({ state }) => state === 'current');
  if (current === undefined) throw new Error(`read model ${name} has no version`);
  refuseDependents(
    `The copies of ${name}`,
    current.period === null ? facts.copyDependents.map(({ copy, dependent }) => `${dependent} (reads ${copy})`) : [],
  );
  const copy = copyName(name, current.version, current.liveSlot);
  const view = qualifiedName(schema, name);
  const keep: DraftStep = {
    title: `Copy the rows of ${copy} into a plain table`,
    kind: 'create',
    sql: [keepRowsSql(name)],
    lock: `ACCESS SHARE on ${qualifiedName(schema, copy)}`,
    blocks: 'nothing in use',
    undoSql: [`drop table if exists ${qualifiedName(schema, `${copy}_kept`)} restrict`],
  };
  const others = model.versions.filter(({ state }) => state === 'previous');
  return finishPlan(request, facts, {
    fromVersion: current.version,
    toVersion: current.version,
    steps: number([
      ...facts.preparation.map(preparationStep),
      ...(current.period === null ? [keep] : []),
      {
        ...flipStep(
          {
            title: `Point ${view} at that table, and drop what reads the ERP's tables`,
            schema,
            readModel: name,
            kind: request.kind,
            inUse: true,
          },
          [switchToKeptSql(name), markAppliedSql(planId, request.kind, name)],
          [],
        ),
        ...(current.period === null ? {} : { title: `Stop refreshing ${view}: its copy is a plain table already` }),
        undoNote: 'One transaction: all of it or nothing. Afterwards "resume" builds the read model anew.',
      },
    ]),
    warnings: [
      'Readers see the rows and the as_of of the last refresh until it is resumed. Refresh it just before.',
      ...others.map(({ version }) => `Version ${version} cannot be rolled back to any more.`),
      ...(facts.children ?? []).map((child) => `${child} is built on it and goes on with these rows.`),
    ],
    contractChanges: [],
    proposal: null,
    ...scriptOnly,
  });
}

/**
 * The plan that takes the registry away and leaves the stable views to their readers. Pure. Throws `not_found` without a
 * registry, and `statement_refused` while something else than the stable views reads it.
 */
export function planUninstall(request: PlanRequest, facts: CatalogFacts): Plan {
  const { registry, database } = facts;
  if (facts.rights.writesRegistry === null || registry === undefined) {
    throw new Failure({ code: 'not_found', message: `There is no registry of Daybreak in database ${database}.` });
  }
  const scriptOnly = withheld(request, facts);
  refuseDependents("Daybreak's registry", registry.dependents);
  const views = registry.models
    .filter(({ versions }) => versions.some(({ state }) => state === 'current'))
    .map(({ schema, name }) => qualifiedName(schema, name));
  return finishPlan(request, facts, {
    fromVersion: null,
    toVersion: null,
    confirmWith: database,
    steps: number([
      {
        title: `Write the as-of into ${views.length === 1 ? 'the stable view' : `${views.length} stable views`}, and drop schema daybreak`,
        kind: 'drop',
        sql: [...uninstallSql],
        lock: `ACCESS EXCLUSIVE on ${[...views, 'the tables of schema daybreak'].join(', ')}`,
        blocks: 'readers of the stable views, for a moment; gives up after 150 ms and tries again',
        undoSql: [],
        undoNote: 'One transaction: all of it or nothing. Afterwards nothing tells versions, runs and owners any more.',
      },
    ]),
    warnings: [
      ...views.map((view) => `${view} stays in use, and its as_of stands still: nothing refreshes it any more.`),
      'Versions, consumers, runs and the age of each copy are forgotten. Export the definitions first.',
    ],
    contractChanges: [],
    proposal: null,
    ...scriptOnly,
  });
}
