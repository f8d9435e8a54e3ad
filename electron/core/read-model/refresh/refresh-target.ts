import { Failure } from '../../../../shared/model/failure.ts';
import { readCopies } from '../../postgres/queries/catalog-copies.ts';
import { readGrants } from '../../postgres/queries/catalog-grants.ts';
import { lockHolders } from '../../postgres/queries/catalog-lock-holders.ts';
import { readRelation } from '../../postgres/queries/catalog-stable-name.ts';
import { qualifiedName } from '../../postgres/quote.ts';
import type { Sql } from '../../postgres/session.ts';
import { knowsSchedules } from '../registry/leases.ts';
import { installedMigrations } from '../registry/migrations.ts';
import { periodsAndCosts } from '../registry/migrations/0002-periods-and-costs.ts';
import { suspension } from '../registry/migrations/0010-suspension.ts';
import { readRegistry, type RegistryModel, type RegistryVersion } from '../registry/read-registry.ts';
import type { Grant } from '../sql/grants.ts';
import { copyName, otherSlot, type Slot } from '../sql/names.ts';
import type { ViewColumn } from '../sql/stable-view.ts';
import type { RefreshFacts } from './choose-mode.ts';
import { pastRuns } from './run-rows.ts';

/** What a refresh works on, read under the writer lock: nobody changes it until the refresh ends. */
export interface RefreshTarget extends RefreshFacts {
  readonly model: RegistryModel;
  readonly version: RegistryVersion;
  readonly live: {
    readonly slot: Slot;
    readonly copy: string;
    readonly asOfMs: number | null;
    /** What others may do with it. */
    readonly grants: readonly Grant[];
  };
  readonly hidden: { readonly slot: Slot; readonly copy: string; readonly exists: boolean };
  readonly view: {
    readonly oid: string;
    /** Where that is not the role that refreshes. */
    readonly otherOwner: string | null;
    readonly columns: readonly ViewColumn[];
    readonly options: readonly string[];
  };
  /** The registry has columns for why a mode was chosen and what it wrote. */
  readonly keepsCosts: boolean;
  /** ... and for the options of the stable view. */
  readonly keepsOptions: boolean;
  /** The registry knows leases: who commits must have one. */
  readonly keepsLeases: boolean;
}

/** Throws `not_found` where there is no such model, or its view or copy was taken away behind the registry's back. */
export async function readTarget(sql: Sql, name: string): Promise<RefreshTarget> {
  const installed = await installedMigrations(sql);
  const [model] = installed === null ? [] : await readRegistry(sql, name);
  const version = model?.versions.find(({ state }) => state === 'current');
  if (model === undefined || version === undefined) {
    throw new Failure({
      code: 'not_found',
      message: `There is no read model ${name} here. See the list of read models.`,
    });
  }
  if (model.suspended !== null) {
    throw new Failure({
      code: 'statement_refused',
      message: `Read model ${name} is suspended since ${new Date(model.suspended.atMs).toISOString()} (by ${model.suspended.by}), so it is not refreshed. Resume it when the upgrade of the ERP is through.`,
      detail: { suspended: model.suspended },
    });
  }
  const registered = version.copies.find(({ slot }) => slot === version.liveSlot);
  const live = {
    slot: version.liveSlot,
    copy: copyName(name, version.version, version.liveSlot),
    asOfMs: registered?.asOf == null ? null : Date.parse(registered.asOf),
  };
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
    live: { ...live, grants: await readGrants(sql, model.schema, live.copy) },
    hidden: { slot: hiddenSlot, copy: hiddenCopy, exists: hidden !== undefined },
    view: { oid: view.oid, otherOwner: view.otherOwner, columns, options: view.options },
    keepsCosts: installed?.includes(periodsAndCosts.migration) ?? false,
    liveRows: registered?.rows ?? null,
    keepsOptions: installed?.includes(suspension.migration) ?? false,
    keepsLeases: knowsSchedules(installed),
    // A table is always populated by the catalog's account.
    livePopulated: liveCopy.populated && live.asOfMs !== null,
    keyQualifies: hasKey(liveCopy.uniqueKeys),
    cutByPeriod: version.period !== null,
    pastRuns: await pastRuns(sql, name, version.version),
    longestReaderMs: Math.max(
      0,
      ...(await lockHolders(sql, model.schema, name)).map(({ transactionMs }) => transactionMs),
    ),
  };
}

const drifted = (what: string): Failure =>
  new Failure({ code: 'not_found', message: `${what} Build a new version of the read model, which puts it right.` });
