import type { Plan } from '../../../../shared/model/read-model.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import { copyName } from '../sql/names.ts';
import { qualifiedName } from '../sql/quote.ts';
import {
  deleteReadModelSql,
  makeCurrentSql,
  markAppliedSql,
  markSwitchedSql,
  restoreStatesSql,
  unmarkAppliedSql,
} from '../sql/registry-rows.ts';
import { stableViewSql, type StableView } from '../sql/stable-view.ts';
import { rememberOptionsSql, requireOptionsSql } from '../sql/view-options.ts';
import type { CatalogFacts, PlanRequest, RegisteredVersion } from './catalog-facts.ts';
import { createAsItWasSql, replaceViewSql } from '../sql/replace-view.ts';
import { replaceWarnings, requireCarriable } from './breaking-change.ts';
import { contractDiff } from './contract-diff.ts';
import { dropCopiesSql } from './copies-now.ts';
import { finishPlan } from './finish-plan.ts';
import { refuseChildren, refuseDependents, requireModel, requireOwnStableName } from './refusals.ts';
import { flipStep, number } from './steps.ts';
import { withheld } from './withheld.ts';

/**
 * The plan that points the stable name back at the version before. One flip: columns that only the newer version has
 * stay as NULLs. Pure. Throws `not_found` where there is no version to go back to.
 */
export function planRollBack(request: PlanRequest, facts: CatalogFacts): Plan {
  const { schema, readModel: name, planId } = request;
  const model = requireModel(facts, name);
  requireOwnStableName(facts, schema, name);
  const scriptOnly = withheld(request, facts);
  const current = model.versions.find(({ state }) => state === 'current');
  const target = model.versions.findLast(({ state }) => state === 'previous');
  if (current === undefined || target === undefined || !facts.copyNames.includes(liveCopy(name, target))) {
    throw new Failure({
      code: 'not_found',
      message: `Read model ${name} has no earlier version to roll back to.`,
    });
  }
  if (facts.keptTables?.includes(liveCopy(name, target))) {
    throw new Failure({
      code: 'statement_refused',
      message: `Version ${target.version} of ${name} holds the rows from before an upgrade in a plain table, which nothing can refresh: it is not rolled back to. Build a new version with its definition instead.`,
    });
  }
  const diff = contractDiff(facts.stableName?.columns ?? [], target.columns, target.columns);
  if (diff.breaking.length > 0 && facts.carried === null) {
    throw new Failure({
      code: 'statement_refused',
      message: `Going back to version ${target.version} of ${name} would break its readers: ${diff.breaking.join('; ')}. Have the stable view made anew with everything that hangs on it, or build a new version.`,
      detail: { breaking: diff.breaking, mayReplace: true },
    });
  }
  const carried = diff.breaking.length > 0 ? requireCarriable(name, facts) : null;
  const view: Omit<StableView, 'copy' | 'versionColumns'> = {
    schema,
    name,
    viewColumns: facts.stableName?.columns ?? [],
    options: facts.stableName?.options ?? [],
  };
  const pointAt = (version: RegisteredVersion) =>
    stableViewSql(
      { ...view, copy: liveCopy(name, version), versionColumns: version.columns },
      { replace: facts.stableName !== null },
    );
  const step = flipStep(
    {
      title: `Point ${qualifiedName(schema, name)} back at version ${target.version}`,
      schema,
      readModel: name,
      kind: request.kind,
      inUse: facts.stableName !== null,
      ...(carried === null ? {} : { alsoLocks: carried.dependents.map((one) => qualifiedName(one.schema, one.name)) }),
    },
    [
      ...(facts.stableName === null ? [] : [requireOptionsSql(schema, name, view.options)]),
      ...(facts.keepsOptions ? [rememberOptionsSql(name, view.options)] : []),
      ...makeCurrentSql(name, target.version, current.version),
      ...markSwitchedSql(
        schema,
        name,
        target.version,
        model.versions.filter((version) => version !== target).flatMap(({ copies }) => copies),
      ),
      markAppliedSql(planId, request.kind, name),
      ...(carried === null
        ? [pointAt(target)]
        : replaceViewSql(
            carried,
            stableViewSql(
              { ...view, viewColumns: [], copy: liveCopy(name, target), versionColumns: target.columns },
              { replace: false },
            ),
            ['as_of', ...target.columns.map((column) => column.name)],
          )),
    ],
    [
      ...restoreStatesSql(name, model.versions),
      unmarkAppliedSql(planId),
      ...(carried !== null
        ? replaceViewSql(carried, createAsItWasSql(carried.view), carried.view.columns)
        : [
            facts.stableName === null
              ? `drop view if exists ${qualifiedName(schema, name)} restrict`
              : pointAt(current),
          ]),
    ],
  );
  return finishPlan(request, facts, {
    fromVersion: current.version,
    toVersion: target.version,
    steps: number([step]),
    warnings: [
      `Version ${target.version} shows the data of its own last refresh, and says so in as_of. Refresh it afterwards.`,
      ...(carried === null ? [] : replaceWarnings(name, diff.breaking, carried, target.columns)),
    ],
    contractChanges: [...diff.breaking, ...diff.additive],
    proposal: null,
    replacesView: carried !== null,
    ...scriptOnly,
  });
}

/**
 * The plan that drops a read model with all its versions, in one transaction and with RESTRICT only. Pure. Throws
 * `statement_refused` while something else reads it.
 */
export function planDrop(request: PlanRequest, facts: CatalogFacts): Plan {
  const { schema, readModel: name, planId } = request;
  if (facts.model === null) requireModel(facts, name);
  requireOwnStableName(facts, schema, name);
  const scriptOnly = withheld(request, facts);
  const versions = facts.model?.versions ?? [];
  refuseChildren(name, facts.children ?? []);
  refuseDependents(qualifiedName(schema, name), facts.stableName?.dependents ?? []);
  refuseDependents(
    `The copies of ${name}`,
    facts.copyDependents.map(({ copy, dependent }) => `${dependent} (reads ${copy})`),
  );
  const step = flipStep(
    { title: `Drop ${qualifiedName(schema, name)} and its copies`, schema, readModel: name, kind: 'drop', inUse: true },
    [
      ...deleteReadModelSql(name),
      markAppliedSql(planId, request.kind, name),
      `drop view if exists ${qualifiedName(schema, name)} restrict`,
      ...versions.flatMap((version) => dropCopiesSql(facts, schema, version)),
    ],
    [],
  );
  return finishPlan(request, facts, {
    fromVersion: versions.find(({ state }) => state === 'current')?.version ?? null,
    toVersion: null,
    steps: number([
      {
        ...step,
        undoNote:
          'One transaction: all of it or nothing. Afterwards only a new plan with the same definition brings it back.',
      },
    ]),
    warnings: ['Widgets that read it go back to their live query.'],
    contractChanges: [],
    proposal: null,
    ...scriptOnly,
  });
}

const liveCopy = (name: string, { version, liveSlot }: RegisteredVersion): string => copyName(name, version, liveSlot);
