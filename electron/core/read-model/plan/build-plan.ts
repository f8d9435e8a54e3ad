import type { CheckedProposal, Consumer, Plan } from '../../../../shared/model/read-model.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import { qualifiedName } from '../sql/quote.ts';
import { resumedSql, suspendedAgainSql } from '../sql/detach.ts';
import { copyName } from '../sql/names.ts';
import {
  deleteReadModelSql,
  deleteVersionSql,
  insertCopySql,
  insertReadModelSql,
  insertVersionSql,
  makeCurrentSql,
  markAppliedSql,
  markSwitchedSql,
  restoreStatesSql,
  setPeopleSql,
  setQuestionSql,
  unmarkAppliedSql,
} from '../sql/registry-rows.ts';
import { stableViewSql, type StableView, type ViewColumn } from '../sql/stable-view.ts';
import { rememberOptionsSql, requireOptionsSql } from '../sql/view-options.ts';
import { viewComment } from '../sql/view-comment.ts';
import { createAsItWasSql, replaceViewSql } from '../sql/replace-view.ts';
import { besideIndexSteps, carriedOver } from './beside-indexes.ts';
import type { CatalogFacts, PlanRequest, PlanWishes, RegisteredVersion } from './catalog-facts.ts';
import { contractDiff } from './contract-diff.ts';
import { otherName, replaceWarnings, requireCarriable } from './breaking-change.ts';
import { finishPlan } from './finish-plan.ts';
import { refuseCycle, requireOwnStableName } from './refusals.ts';
import { withheld } from './withheld.ts';
import { dropOld, removeLeftover } from './left-versions.ts';
import {
  buildSteps,
  commentStep,
  flipStep,
  grantStep,
  number,
  preparationStep,
  registerStep,
  type DraftStep,
} from './steps.ts';

/**
 * The plan that builds a version and points the stable name at it: 'create' for a new name, 'new_version' for a known
 * one. Pure. Throws `permission_denied`, `invalid_input` and, for a contract that readers would break on,
 * `statement_refused`.
 */
export function planVersion(
  request: PlanRequest,
  facts: CatalogFacts,
  checked: CheckedProposal,
  wishes: PlanWishes,
): Plan {
  const { schema, readModel: name, planId } = request;
  const { proposal } = checked;
  refuseCycle(name, facts.cycle ?? []);
  requireOwnStableName(facts, schema, name);
  const scriptOnly = withheld(request, facts);
  const model = facts.model;
  const suspended = model?.suspended ?? null;
  const current = model?.versions.find(({ state }) => state === 'current') ?? null;
  const leftovers = model?.versions.filter(({ state }) => state === 'building') ?? [];
  const kept = model?.versions.filter(({ state }) => state !== 'building') ?? [];
  const version = Math.max(0, ...kept.map((one) => one.version)) + 1;
  const copy = copyName(name, version, 'a');
  const columns = facts.definitionColumns;
  if (columns === null) throw new Error('a version is planned from the columns of its definition');
  const leftoverCopies = leftovers.flatMap(({ copies }) => copies);
  if (facts.copyNames.includes(copy) && !leftoverCopies.includes(copy)) {
    throw new Failure({
      code: 'invalid_input',
      message: `${qualifiedName(schema, copy)} exists already, and is not in the registry. Drop or rename it, or choose another name.`,
    });
  }
  const exists = facts.stableName !== null;
  const diff = contractDiff(
    facts.stableName?.columns ?? [],
    current?.columns ?? [],
    columns.map((column) => ({ ...column, collation: column.collation ?? null })),
  );
  if (diff.breaking.length > 0 && facts.carried === null) {
    throw new Failure({
      code: 'statement_refused',
      message: `Version ${version} of ${name} would break its readers: ${diff.breaking.join('; ')}. Keep these columns as they are, give the new shape a name of its own, or have the stable view made anew with everything that hangs on it.`,
      detail: {
        breaking: diff.breaking,
        otherName: otherName(name, version),
        readers: model?.readers ?? [],
        mayReplace: exists,
      },
    });
  }
  const carried = diff.breaking.length > 0 ? requireCarriable(name, facts) : null;

  const people = {
    question: proposal.question,
    owner: proposal.owner,
    consumers: mergedConsumers(model?.consumers ?? [], proposal.consumers),
    // The owner reads its own view without a grant.
    readers: [...new Set([...(model?.readers ?? []), ...proposal.grantTo])]
      .filter((role) => role !== facts.role)
      .toSorted(),
  };
  const comment = viewComment({ name, ...people });
  const view: StableView = {
    schema,
    name,
    copy,
    versionColumns: columns,
    viewColumns: facts.stableName?.columns ?? [],
    options: facts.stableName?.options ?? [],
  };

  const newRow = insertVersionSql({
    readModel: name,
    version,
    definitionSql: proposal.definitionSql,
    keyColumns: proposal.keyColumns,
    columns,
    parents: facts.parents,
    period: proposal.period ?? null,
    planId,
  });
  const insertCopy = insertCopySql(copy, name, version, 'a');
  const beside =
    current === null
      ? { carried: [], left: [] }
      : carriedOver(facts.liveIndexes ?? [], current, { version, columns, keyColumns: proposal.keyColumns });
  const drafts: DraftStep[] = [
    ...facts.preparation.map(preparationStep),
    ...leftovers.map((left) => removeLeftover(facts, schema, name, left, current === null)),
    current === null
      ? registerStep(
          `Register ${name} version ${version}`,
          [
            insertReadModelSql({ name, schema, question: people.question, owner: people.owner }),
            ...setPeopleSql(name, people.consumers, people.readers),
            newRow,
            insertCopy,
          ],
          deleteReadModelSql(name),
        )
      : registerStep(`Register ${name} version ${version}`, [newRow, insertCopy], deleteVersionSql(name, version)),
    ...buildSteps({
      schema,
      readModel: name,
      version,
      copy,
      checked,
      columns,
      parents: facts.parents,
      // What the ERP's upgrade did to the tables may keep the old definition from being read.
      previous: suspended === null ? comparable(current, facts) : null,
      grants: facts.liveCopyGrants,
      otherOwner: facts.stableName?.otherOwner,
    }),
    ...(current === null
      ? []
      : besideIndexSteps(schema, copy, copyName(name, current.version, current.liveSlot), beside.carried)),
  ];

  const afterFlip: readonly ViewColumn[] = [
    ...view.viewColumns,
    ...columns
      .filter(({ name: added }) => !view.viewColumns.some((known) => known.name === added))
      .map((column) => ({ ...column, collation: column.collation ?? null })),
  ];
  const back =
    exists && current !== null
      ? stableViewSql(
          {
            ...view,
            copy: copyName(name, current.version, current.liveSlot),
            versionColumns: current.columns,
            viewColumns: afterFlip,
          },
          { replace: true },
        )
      : `drop view if exists ${qualifiedName(schema, name)} restrict`;
  drafts.push(
    flipStep(
      {
        title: exists
          ? `Point ${qualifiedName(schema, name)} at version ${version}`
          : `Create the stable view ${qualifiedName(schema, name)}`,
        schema,
        readModel: name,
        kind: request.kind,
        inUse: exists,
        ...(carried === null
          ? {}
          : { alsoLocks: carried.dependents.map((one) => qualifiedName(one.schema, one.name)) }),
      },
      [
        ...(exists ? [requireOptionsSql(schema, name, view.options)] : []),
        ...(suspended === null ? [] : [resumedSql(name)]),
        rememberOptionsSql(name, view.options),
        ...makeCurrentSql(name, version, current?.version ?? null),
        ...markSwitchedSql(
          schema,
          name,
          version,
          kept.flatMap(({ copies }) => copies),
        ),
        ...(model === null || current === null
          ? []
          : [
              setQuestionSql(name, people.question, people.owner),
              ...setPeopleSql(name, people.consumers, people.readers),
            ]),
        markAppliedSql(planId, request.kind, name),
        ...(carried === null
          ? [stableViewSql(view, { replace: exists })]
          : replaceViewSql(carried, stableViewSql({ ...view, viewColumns: [] }, { replace: false }), [
              'as_of',
              ...columns.map((column) => column.name),
            ])),
      ],
      [
        ...restoreStatesSql(name, [{ version, state: 'building' }, ...kept]),
        ...(model === null || current === null
          ? []
          : [setQuestionSql(name, model.question, model.owner), ...setPeopleSql(name, model.consumers, model.readers)]),
        ...(suspended === null ? [] : [suspendedAgainSql(name, suspended)]),
        unmarkAppliedSql(planId),
        ...(carried === null ? [back] : replaceViewSql(carried, createAsItWasSql(carried.view), carried.view.columns)),
      ],
    ),
  );
  if (facts.stableName?.comment !== comment) {
    drafts.push(commentStep(schema, name, comment, facts.stableName?.comment ?? null));
  }
  const warnings = [...checked.warnings, ...beside.left];
  if (suspended === null && current !== null && facts.servedNow?.problem != null) {
    warnings.push(
      `Version ${version} is proved against its own definition, and not compared with version ${current.version}, whose definition does not fit its tables any more: ${facts.servedNow.problem}.`,
    );
  }
  if (suspended === null && current?.definitionSql === proposal.definitionSql) {
    warnings.push(`The definition is that of version ${current.version}: the rows will be the same.`);
  }
  if (current !== null && current.period !== null && proposal.period === undefined) {
    warnings.push(
      `Version ${current.version} is refreshed by period (${current.period.column}), and version ${version} will not be: every refresh recomputes all of it.`,
    );
  }
  if (carried !== null) warnings.push(...replaceWarnings(name, diff.breaking, carried, columns));
  const mayGrantUsage = facts.rights.ownsSchema || facts.rights.createInSchema === null;
  for (const reader of people.readers) {
    const role = facts.roles.find((one) => one.name === reader);
    if (role?.exists !== true) {
      throw new Failure({
        code: 'invalid_input',
        message: `There is no role ${reader} on this server, so it cannot be granted ${qualifiedName(schema, name)}. Create it, or take it off the list.`,
      });
    }
    const step = grantStep(schema, name, role, mayGrantUsage);
    if (step !== null) drafts.push(step);
    if (!role.usesSchema && !mayGrantUsage) {
      warnings.push(
        `Role ${reader} needs USAGE on schema ${schema}, which belongs to another role: ask its owner to grant it.`,
      );
    }
  }
  // After an upgrade nobody goes back to the rows from before it.
  const outdated = current === null ? [] : kept.filter((one) => suspended !== null || one.version !== current.version);
  for (const old of outdated) {
    const readBy = facts.copyDependents.filter((dependent) => old.copies.includes(dependent.copy));
    const still = wishes.stillRead[old.version];
    if (still?.lastReadAt != null && still.read && readBy.length === 0) {
      warnings.push(`Version ${old.version} stays. ${still.text}`);
    } else if (readBy.length > 0) {
      warnings.push(`Version ${old.version} stays: ${readBy.map(({ dependent }) => dependent).join('; ')} reads it.`);
    } else {
      drafts.push(dropOld(facts, schema, name, old));
    }
  }
  return finishPlan(request, facts, {
    fromVersion: current?.version ?? null,
    toVersion: version,
    steps: number(drafts),
    warnings,
    contractChanges: exists ? [...diff.breaking, ...diff.additive] : [],
    proposal: checked,
    replacesView: carried !== null,
    ...scriptOnly,
  });
}

/** The served version as what a next one can be compared with at one snapshot: its definition, as the tables are now. */
function comparable(current: RegisteredVersion | null, { servedNow }: CatalogFacts): RegisteredVersion | null {
  if (current === null || servedNow === undefined) return current;
  return servedNow.columns === null ? null : { ...current, columns: servedNow.columns };
}

/** The proposal's word wins; consumers that it does not name stay. */
function mergedConsumers(known: readonly Consumer[], proposed: readonly Consumer[]): Consumer[] {
  const merged = new Map([...known, ...proposed].map((consumer) => [consumer.consumer, consumer]));
  return [...merged.values()].toSorted((a, b) => (a.consumer < b.consumer ? -1 : 1));
}
