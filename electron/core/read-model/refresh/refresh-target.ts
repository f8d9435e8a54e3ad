import { Failure } from '../../../../shared/model/failure.ts';
import { readCopies } from '../../postgres/queries/catalog-copies.ts';
import { readRelation } from '../../postgres/queries/catalog-stable-name.ts';
import { qualifiedName } from '../../postgres/quote.ts';
import type { Sql } from '../../postgres/session.ts';
import { installedMigrations } from '../registry/migrations.ts';
import { readRegistry, type RegistryModel, type RegistryVersion } from '../registry/read-registry.ts';
import { copyName, otherSlot, type Slot } from '../sql/names.ts';
import type { ViewColumn } from '../sql/stable-view.ts';
import type { RefreshFacts } from './choose-mode.ts';

/** What a refresh works on, read under the writer lock: nobody changes it until the refresh ends. */
export interface RefreshTarget extends RefreshFacts {
  readonly model: RegistryModel;
  readonly version: RegistryVersion;
  readonly live: { readonly slot: Slot; readonly copy: string };
  readonly hidden: { readonly slot: Slot; readonly copy: string; readonly exists: boolean; readonly hasKey: boolean };
  readonly view: { readonly columns: readonly ViewColumn[]; readonly options: readonly string[] };
}

/** Throws `not_found` where there is no such model, or its view or copy was taken away behind the registry's back. */
export async function readTarget(sql: Sql, name: string): Promise<RefreshTarget> {
  const [model] = (await installedMigrations(sql)) === null ? [] : await readRegistry(sql, name);
  const version = model?.versions.find(({ state }) => state === 'current');
  if (model === undefined || version === undefined) {
    throw new Failure({
      code: 'not_found',
      message: `There is no read model ${name} here. See the list of read models.`,
    });
  }
  const live = { slot: version.liveSlot, copy: copyName(name, version.version, version.liveSlot) };
  const hiddenSlot = otherSlot(version.liveSlot);
  const hiddenCopy = copyName(name, version.version, hiddenSlot);
  const copies = await readCopies(sql, model.schema, [live.copy, hiddenCopy]);
  const liveCopy = copies.find((copy) => copy.name === live.copy);
  const hidden = copies.find((copy) => copy.name === hiddenCopy);
  const view = await readRelation(sql, model.schema, name);
  const [asOf, ...columns] = view?.columns ?? [];
  const stable = qualifiedName(model.schema, name);
  if (view?.kind !== 'v' || asOf?.name !== 'as_of') {
    throw drifted(`The stable view ${stable} is gone or was replaced.`);
  }
  if (liveCopy === undefined)
    throw drifted(`${qualifiedName(model.schema, live.copy)}, which ${stable} should read, is gone.`);
  const wanted = version.keyColumns.toSorted().join('\n');
  const hasKey = (keys: readonly (readonly string[])[]) => keys.some((key) => key.toSorted().join('\n') === wanted);
  return {
    model,
    version,
    live,
    hidden: {
      slot: hiddenSlot,
      copy: hiddenCopy,
      exists: hidden !== undefined,
      hasKey: hasKey(hidden?.uniqueKeys ?? []),
    },
    view: { columns, options: view.options },
    liveRows: version.copies.find(({ slot }) => slot === live.slot)?.rows ?? null,
    livePopulated: liveCopy.populated,
    keyQualifies: hasKey(liveCopy.uniqueKeys),
  };
}

const drifted = (what: string): Failure =>
  new Failure({ code: 'not_found', message: `${what} Build a new version of the read model, which puts it right.` });
