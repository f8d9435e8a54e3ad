import type { RemovedDashboard } from '../../shared/model/dashboard.ts';
import { createAsked } from './asked.ts';
import { client, unwrap } from './client.ts';
import { dismissTold, tellRemoved, tellSaved } from './dashboard-editing.ts';
import { loadDashboards } from './dashboards.ts';

/** Dashboards of a server that can be put back, the last one first. */
export const removedDashboards = createAsked(
  async ({ serverId }: { readonly serverId: string }, signal): Promise<readonly RemovedDashboard[]> =>
    unwrap(await client().dashboards.removed({ serverId }, { signal })),
);

/** `confirm`: its title. The page that is open then offers to put it back. Throws FailureError. */
export async function removeDashboard(
  serverId: string,
  { dashboardId, title }: { readonly dashboardId: string; readonly title: string },
  confirm: string,
): Promise<void> {
  const { note } = unwrap(await client().dashboards.remove({ serverId, dashboardId, confirm }));
  await loadDashboards(serverId);
  tellRemoved({ serverId, dashboardId: null, removed: { kind: 'dashboard', id: dashboardId }, note }, title);
}

/** Throws FailureError. */
export async function restoreDashboard(serverId: string, dashboardId: string): Promise<void> {
  const { note } = unwrap(await client().dashboards.restore({ serverId, dashboardId }));
  await loadDashboards(serverId);
  dismissTold();
  tellSaved(serverId, dashboardId, note, 'It is back.');
}

/** For good. `confirm`: its title. Throws FailureError. */
export async function forgetDashboard(serverId: string, dashboardId: string, confirm: string): Promise<void> {
  unwrap(await client().dashboards.forget({ serverId, dashboardId, confirm }));
  dismissTold();
  await removedDashboards.load({ serverId });
}
