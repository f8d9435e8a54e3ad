import type { CheckedProposal, Plan } from '../../../../shared/model/read-model.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import { copyName } from '../sql/names.ts';
import { qualifiedName, quoteIdent } from '../sql/quote.ts';
import {
  deleteReadModelSql,
  insertCopySql,
  insertReadModelSql,
  insertVersionSql,
  makeCurrentSql,
  markAppliedSql,
  restoreStatesSql,
  setPeopleSql,
  unmarkAppliedSql,
} from '../sql/registry-rows.ts';
import { stableViewSql } from '../sql/stable-view.ts';
import { viewComment } from '../sql/view-comment.ts';
import { rememberOptionsSql } from '../sql/view-options.ts';
import { besideIndexSteps } from './beside-indexes.ts';
import type { CatalogFacts, ImportedView, PlanRequest } from './catalog-facts.ts';
import { finishPlan } from './finish-plan.ts';
import { refuseCycle } from './refusals.ts';
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
import { withheld } from './withheld.ts';

/** The old materialized view, once the stable view has its name. */
const setAside = (name: string): string => `${name}_imported`;

/**
 * The plan that makes an existing materialized view a read model: version 1 is built beside it and proved, then the
 * stable view takes its name, with its grants and comment. Pure. Throws `not_found`, `invalid_input`,
 * `permission_denied` and `statement_refused`.
 */
export function planImport(request: PlanRequest, facts: CatalogFacts, checked: CheckedProposal): Plan {
  const { schema, readModel: name, planId } = request;
  const { proposal } = checked;
  const scriptOnly = withheld(request, facts);
  refuseCycle(name, facts.cycle ?? []);
  const old = requireImportable(request, facts);
  const takesName = old.name === name;
  const aside = takesName ? setAside(name) : old.name;
  const oldName = qualifiedName(schema, old.name);
  const view = qualifiedName(schema, name);
  const copy = copyName(name, 1, 'a');
  const columns = facts.definitionColumns;
  if (columns === null) throw new Error('an import is planned from the columns of its definition');
  const people = { question: proposal.question, owner: proposal.owner, consumers: proposal.consumers };
  const readers = [...new Set([...old.grantees, ...proposal.grantTo])].filter((role) => role !== facts.role).toSorted();
  const create = stableViewSql(
    { schema, name, copy, versionColumns: columns, viewColumns: [], options: [] },
    { replace: false },
  );
  const rename = (from: string, to: string) =>
    `alter materialized view ${qualifiedName(schema, from)} rename to ${quoteIdent(to)}`;
  const mayGrantUsage = facts.rights.ownsSchema || facts.rights.createInSchema === null;
  const drafts: DraftStep[] = [
    ...facts.preparation.map(preparationStep),
    registerStep(
      `Register ${name} version 1`,
      [
        insertReadModelSql({ name, schema, question: people.question, owner: people.owner }),
        ...setPeopleSql(name, people.consumers, readers),
        insertVersionSql({
          readModel: name,
          version: 1,
          definitionSql: proposal.definitionSql,
          keyColumns: proposal.keyColumns,
          columns,
          parents: facts.parents,
          period: proposal.period ?? null,
          planId,
        }),
        insertCopySql(copy, name, 1, 'a'),
      ],
      deleteReadModelSql(name),
    ),
    ...buildSteps({
      schema,
      readModel: name,
      version: 1,
      copy,
      checked,
      columns,
      parents: facts.parents,
      previous: null,
      // The stable view reads the copy with its owner's rights.
      grants: [],
    }),
    ...besideIndexSteps(schema, copy, old.name, indexesBeside(old, proposal.keyColumns)),
    flipStep(
      {
        title: takesName ? `Put the stable view ${view} in the place of ${old.name}` : `Create the stable view ${view}`,
        schema,
        readModel: name,
        kind: request.kind,
        inUse: takesName,
      },
      [
        ...makeCurrentSql(name, 1, null),
        rememberOptionsSql(name, []),
        markAppliedSql(planId, request.kind, name),
        ...(takesName ? [rename(old.name, aside)] : []),
        create,
      ],
      [
        ...restoreStatesSql(name, [{ version: 1, state: 'building' }]),
        unmarkAppliedSql(planId),
        `drop view if exists ${view} restrict`,
        ...(takesName ? [rename(aside, old.name)] : []),
      ],
    ),
    commentStep(schema, name, viewComment({ name, ...people }), null),
    // What stands under the name now is the old one; the view begins with no rights.
    ...facts.roles
      .filter((role) => readers.includes(role.name))
      .flatMap((role) => grantStep(schema, name, { ...role, readsStableName: false }, mayGrantUsage) ?? []),
    ...carriedColumnGrants(view, old),
  ];
  if (takesName && old.dependents.length === 0) {
    drafts.push({
      title: `Drop the old materialized view, now ${aside}`,
      kind: 'drop',
      sql: [`drop materialized view ${qualifiedName(schema, aside)} restrict`],
      lock: `ACCESS EXCLUSIVE on ${qualifiedName(schema, aside)}`,
      blocks: 'nothing in use',
      undoSql: [],
      undoNote: 'The last thing that the plan does. Its definition is version 1 of the read model.',
    });
  }
  return finishPlan(request, facts, {
    fromVersion: null,
    toVersion: 1,
    steps: number(drafts),
    warnings: [
      ...checked.warnings,
      ...(takesName
        ? [
            `Who asks ${oldName} by name goes on, and gets one more column in front: as_of. Who writes select * notices.`,
            `A job that says "refresh materialized view ${oldName}" fails from now on: Daybreak refreshes it.`,
          ]
        : [`${oldName} stays as it is, under its own name: point its readers at ${view}, then drop it.`]),
      ...(takesName && old.dependents.length > 0
        ? [
            `${old.dependents.join(', ')} goes on reading the old rows, in ${qualifiedName(schema, aside)}, which nobody refreshes any more. Point it at ${view}, then drop them.`,
          ]
        : []),
    ],
    contractChanges: ['column as_of (timestamp with time zone) is new, and the first one'],
    proposal: checked,
    imports: old.name,
    ...scriptOnly,
  });
}

function requireImportable({ schema, readModel: name }: PlanRequest, facts: CatalogFacts): ImportedView {
  const { imported: old, role } = facts;
  if (old == null) {
    throw new Failure({
      code: 'not_found',
      message: `There is no materialized view of that name in schema ${schema}. \`readModels.importable\` lists those that exist.`,
    });
  }
  const relation = qualifiedName(schema, old.name);
  if (facts.model !== null) {
    throw new Failure({
      code: 'invalid_input',
      message: `There is a read model ${name} already. Import ${relation} under another name.`,
    });
  }
  if (old.name !== name && facts.stableName !== null) {
    throw new Failure({
      code: 'invalid_input',
      message: `${qualifiedName(schema, name)} exists already. Import ${relation} under another name.`,
    });
  }
  if (facts.copyNames.length > 0) {
    throw new Failure({
      code: 'invalid_input',
      message: `${facts.copyNames.join(', ')} in schema ${schema} has the name of a copy, and is in no registry. Drop or rename it first.`,
    });
  }
  if (old.name === name && !old.ownedByUs) {
    throw new Failure({
      code: 'permission_denied',
      message: `${relation} belongs to role ${old.owner}, so ${role} may not rename it. Nothing was created.`,
      action: `grant ${quoteIdent(old.owner)} to ${quoteIdent(role)};`,
    });
  }
  return old;
}

/** Its indexes but the one that the key's index stands for. */
function indexesBeside({ indexes }: ImportedView, keyColumns: readonly string[]): ImportedView['indexes'] {
  const key = keyColumns.toSorted().join('\n');
  return indexes.filter(({ unique, columns }) => !(unique && columns?.toSorted().join('\n') === key));
}

function carriedColumnGrants(view: string, old: ImportedView): DraftStep[] {
  if (old.columnGrants.length === 0) return [];
  const each = (verb: 'grant' | 'revoke', word: 'to' | 'from') =>
    old.columnGrants.map(
      ({ column, role }) =>
        `${verb} select (${quoteIdent(column)}) on ${view} ${word} ${role === 'public' ? 'public' : quoteIdent(role)}`,
    );
  return [
    {
      title: 'Carry the rights on single columns',
      kind: 'grant',
      sql: each('grant', 'to'),
      lock: 'rows of the catalog',
      blocks: 'nothing in use',
      undoSql: each('revoke', 'from'),
    },
  ];
}
