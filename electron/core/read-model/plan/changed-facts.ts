import type { Column } from '../../../../shared/model/read-model.ts';
import { collationText } from '../sql/stable-view.ts';
import { qualifiedName } from '../sql/quote.ts';
import type { CatalogFacts, RegisteredModel, StableNameFacts } from './catalog-facts.ts';

/**
 * What of the facts under a plan is not as it was when the plan began, in words; empty where it may go on. What the plan
 * itself has done by then is left out: it may have prepared the ground, registered its version and built it. Pure.
 */
export function changedFacts(
  { schema, readModel }: { readonly schema: string; readonly readModel: string },
  before: CatalogFacts,
  now: CatalogFacts,
): string[] {
  const view = qualifiedName(schema, readModel);
  const otherwise = (what: string, part: (facts: CatalogFacts) => unknown) =>
    same(part(before), part(now)) ? [] : [what];
  return [
    ...changedView(view, before.stableName, now.stableName),
    ...changedModel(readModel, settled(before), settled(now)),
    ...changedList(before.copyDependents, now.copyDependents, ({ copy, dependent }) => `${dependent} reads ${copy}`),
    ...(same(before.definitionColumns, now.definitionColumns)
      ? []
      : [`the definition gives other columns (${columnsText(now.definitionColumns ?? [])})`]),
    ...otherwise('the definition reads other read models', ({ parents, cycle }) => [parents, cycle]),
    ...before.roles
      .filter(({ name, exists }) => exists && !now.roles.some((role) => role.name === name && role.exists))
      .map(({ name }) => `there is no role ${name} any more`),
    ...otherwise('rights on the served copy were given or taken', ({ liveCopyGrants }) => liveCopyGrants),
    ...otherwise('the served copy has other indexes', ({ liveIndexes }) => liveIndexes),
    ...otherwise(
      `something that hangs on ${view} changed: rights, comments, defaults, triggers, or views that read it`,
      ({ carried }) => carried,
    ),
    ...otherwise(
      'the materialized view changed: its owner, indexes, rights, or what reads it',
      ({ imported }) => imported,
    ),
  ];
}

function changedView(view: string, before: StableNameFacts | null, now: StableNameFacts | null): string[] {
  if (before === null && now === null) return [];
  if (now === null) return [`${view} is gone`];
  if (before === null) return [`${view} exists`];
  if (before.kind !== now.kind) return [`${view} was replaced by something else`];
  return [
    ...(same([before.firstColumn, before.columns], [now.firstColumn, now.columns])
      ? []
      : [`${view} has other columns (${columnsText(now.columns)})`]),
    ...(same(before.options, now.options)
      ? []
      : [`the options of ${view} are (${now.options.join(', ')}), and were (${before.options.join(', ')})`]),
    ...(before.comment === now.comment ? [] : [`the comment on ${view} is another one`]),
    ...(before.otherOwner === now.otherOwner && before.ownedByUs === now.ownedByUs
      ? []
      : [`${view} belongs to another role${now.otherOwner == null ? '' : ` (${now.otherOwner})`}`]),
    ...changedList(before.dependents, now.dependents, (dependent) => `${dependent} reads ${view}`),
  ];
}

function changedModel(name: string, before: RegisteredModel | null, now: RegisteredModel | null): string[] {
  if (same(before, now)) return [];
  const served = (model: RegisteredModel | null) => model?.versions.find(({ state }) => state === 'current');
  const [was, is] = [served(before), served(now)];
  if (was?.version !== is?.version) {
    return [`the registry says that readers of ${name} see ${is === undefined ? 'nothing' : `version ${is.version}`}`];
  }
  if ((before?.suspended ?? null) === null && now?.suspended != null) return [`${name} was suspended`];
  return [`the registry says something else of ${name}: its versions, question, owner, consumers or readers`];
}

/** Without versions that are being built: the plan's own, and what it cleared away. */
function settled({ model }: CatalogFacts): RegisteredModel | null {
  const versions = model?.versions.filter(({ state }) => state !== 'building') ?? [];
  return model === null || versions.length === 0 ? null : { ...model, versions };
}

const changedList = <T>(before: readonly T[], now: readonly T[], text: (one: T) => string): string[] => {
  const [was, is] = [before.map(text), now.map(text)];
  return [
    ...is.filter((one) => !was.includes(one)),
    ...was.filter((one) => !is.includes(one)).map((one) => `it is not so any more that ${one}`),
  ];
};

const columnsText = (columns: readonly Column[]): string =>
  columns
    .map(
      ({ name, type, collation }) =>
        `${name} ${type}${collation == null ? '' : ` collate ${collationText(collation)}`}`,
    )
    .join(', ');

/** Facts are made in one place, so that equal ones print alike. */
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
