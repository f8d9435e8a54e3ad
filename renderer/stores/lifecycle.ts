import type { Consumer, MaterializedView, Plan } from '../../shared/model/read-model.ts';
import { client, unwrap } from './client.ts';

export async function planSuspend(serverId: string, name: string): Promise<Plan> {
  return unwrap(await client().readModels.planSuspend({ serverId, name }));
}

/** Against the ERP's schema as it is now. */
export async function planResume(serverId: string, name: string, onBreaking?: 'replace'): Promise<Plan> {
  return unwrap(
    await client().readModels.planResume({ serverId, name, ...(onBreaking === undefined ? {} : { onBreaking }) }),
  );
}

/** The steps that a registry of an older Daybreak lacks, alone. */
export async function planUpdateRegistry(serverId: string): Promise<Plan> {
  return unwrap(await client().readModels.planUpdateRegistry({ serverId }));
}

export async function planUninstall(serverId: string): Promise<Plan> {
  return unwrap(await client().readModels.planUninstall({ serverId }));
}

export interface ImportWish {
  readonly schema: string;
  readonly relation: string;
  readonly name?: string;
  readonly question?: string;
  readonly owner: string;
  readonly keyColumns?: string[];
  readonly consumers: Consumer[];
}

export async function planImport(serverId: string, wish: ImportWish): Promise<Plan> {
  return unwrap(await client().readModels.planImport({ serverId, ...wish }));
}

/** Materialized views that Daybreak does not manage. */
export async function importable(serverId: string): Promise<readonly MaterializedView[]> {
  return unwrap(await client().readModels.importable({ serverId }));
}

/** For psql: what a vendor's upgrade runs first, and what an administrator runs to be rid of the registry. */
export async function psqlScript(serverId: string, what: 'detach' | 'uninstall'): Promise<string> {
  const { readModels } = client();
  const reply = what === 'detach' ? readModels.detachScript({ serverId }) : readModels.uninstallScript({ serverId });
  return unwrap(await reply).sql;
}

/** Refreshes a read model and what it is built on, parents first. */
export async function refreshInOrder(serverId: string, names: string[]): Promise<void> {
  unwrap(await client().readModels.refreshInOrder({ serverId, names }));
}
