import type { ServerSummary } from './connection.ts';
import type { Dashboard, Widget } from './dashboard.ts';

/** What a window shows that nobody has asked for anything yet: the same for the window itself, and for the engine that answers ahead. */

/** Whether a window opens on its dashboards; 'executive': only in executive mode does this one. */
export const opensOnDashboards = ['yes', 'executive', 'no'] as const;
export type OpensOnDashboards = (typeof opensOnDashboards)[number];

/** The one it showed last, else one that is connected, else the first. */
export function serverShown(servers: readonly ServerSummary[], lastServerId: string | null): ServerSummary | null {
  const last = servers.find(({ serverId }) => serverId === lastServerId);
  return last ?? servers.find(({ state }) => state === 'connected') ?? servers[0] ?? null;
}

/** The one of the address, else the first. */
export const dashboardShown = (dashboards: readonly Dashboard[], dashboardId: string | null): Dashboard | null =>
  dashboards.find((one) => one.dashboardId === dashboardId) ?? dashboards[0] ?? null;

/** As they are read. */
export const fromTop = (widgets: readonly Widget[]): Widget[] =>
  widgets.toSorted((a, b) => a.layout.y - b.layout.y || a.layout.x - b.layout.x);
