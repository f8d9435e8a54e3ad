import { quoteIdent, quoteLiteral } from '../../postgres/quote.ts';
import { copyKindOf } from '../sql/copies.ts';
import { copyName } from '../sql/names.ts';
import { viewComment } from '../sql/view-comment.ts';
import type { RegistryModel } from './read-registry.ts';

/** What the catalog has where the registry says that a read model is. */
export interface ModelInCatalog {
  readonly view: {
    readonly kind: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly comment: string | null;
    /** Relations it reads, `schema.name`, quoted. */
    readonly reads: readonly string[];
    readonly text: string;
  } | null;
  readonly copies: readonly {
    readonly name: string;
    readonly kind: string;
    readonly populated: boolean;
    readonly uniqueKeys: readonly (readonly string[])[];
    /** Left by a NULL in the key. */
    readonly plainKeys: readonly (readonly string[])[];
  }[];
  /** Roles that were granted SELECT on the stable name. */
  readonly grantees: readonly string[];
  /** What the registered readers may do, by grant or by membership. */
  readonly readers: readonly {
    readonly name: string;
    readonly usesSchema: boolean;
    readonly readsStableName: boolean;
  }[];
}

/** Where catalog and registry differ, in words; empty when they agree. Pure. */
export function driftOf(model: RegistryModel, catalog: ModelInCatalog): string[] {
  return [...viewDrift(model, catalog), ...copyDrift(model, catalog)];
}

function viewDrift(model: RegistryModel, { view, grantees, readers }: ModelInCatalog): string[] {
  const current = model.versions.find(({ state }) => state === 'current');
  if (current === undefined) return [];
  const name = `${quoteIdent(model.schema)}.${quoteIdent(model.name)}`;
  if (view === null) return [`The stable view ${name} is gone.`];
  if (view.kind !== 'v') return [`${name} is no view any more: somebody replaced it.`];
  const drift: string[] = [];
  const copy = copyName(model.name, current.version, current.liveSlot);
  const [asOf, ...columns] = view.columns;
  if (asOf?.name !== 'as_of') drift.push(`The first column of ${name} is not as_of: its age cannot be told.`);
  const expected = [`daybreak.copy`, `${quoteIdent(model.schema)}.${quoteIdent(copy)}`].toSorted();
  if (view.reads.toSorted().join('\n') !== expected.join('\n')) {
    drift.push(`${name} reads ${view.reads.join(', ') || 'nothing'}; the registry says ${copy}.`);
  } else if (!view.text.includes(quoteLiteral(copy))) {
    drift.push(`${name} shows the as_of of another copy than ${copy}, which it reads.`);
  }
  for (const column of current.columns) {
    const found = columns.find((one) => one.name === column.name);
    if (found === undefined) drift.push(`${name} has lost its column ${column.name}.`);
    else if (found.type !== column.type)
      drift.push(`Column ${column.name} of ${name} is ${found.type}, not ${column.type}.`);
  }
  if (view.comment !== viewComment(model)) drift.push(`The comment on ${name} differs from the registry.`);
  for (const role of readers) {
    if (!role.readsStableName) drift.push(`Role ${role.name} may no longer read ${name}.`);
    else if (!role.usesSchema)
      drift.push(`Role ${role.name} may not use schema ${model.schema}, so it cannot read ${name}.`);
  }
  for (const role of grantees.filter((grantee) => !model.readers.includes(grantee))) {
    drift.push(`Role ${role} may read ${name}, which the registry does not know.`);
  }
  return drift;
}

function copyDrift(model: RegistryModel, { copies }: ModelInCatalog): string[] {
  return model.versions.flatMap((version) =>
    version.copies.flatMap(({ copyId, slot }) => {
      const found = copies.find(({ name }) => name === copyId);
      const live = version.state === 'current' && slot === version.liveSlot;
      if (found === undefined) return version.state === 'building' ? [] : [`The copy ${copyId} is gone.`];
      const kind = copyKindOf(version.period);
      if (found.kind !== (kind === 'table' ? 'r' : 'm')) return [`${copyId} is no ${kind} any more.`];
      if (!found.populated) return live ? [`The copy ${copyId} holds no data.`] : [];
      const wanted = version.keyColumns.toSorted().join('\n');
      const keyed = [...found.uniqueKeys, ...found.plainKeys].some((key) => key.toSorted().join('\n') === wanted);
      if (keyed || wanted === '' || version.state === 'building') return [];
      return [`The copy ${copyId} has lost its unique index.`];
    }),
  );
}
