import type { ServerSummary } from '../../../shared/model/connection.ts';
import type { Dashboard, WidgetData } from '../../../shared/model/dashboard.ts';
import { dashboardShown, fromTop, serverShown, type OpensOnDashboards } from '../../../shared/model/opening.ts';
import type { KnownServers } from '../connections/known-servers.ts';
import type { DashboardService } from './dashboard-service.ts';

export interface OpeningQuestion {
  /** The server that the window showed last. */
  readonly lastServerId: string | null;
  /** Of the window's address. */
  readonly dashboardId: string | null;
  readonly onDashboards: OpensOnDashboards;
}

export interface Opening {
  readonly servers: ServerSummary[];
  /** Null: the window opens on another screen, or they cannot be told. */
  readonly dashboards: Dashboard[] | null;
  /** The saved number of the widget at the top. */
  readonly first: WidgetData | null;
}

type SavedDashboards = Pick<DashboardService, 'list' | 'cached'>;

/**
 * What a window needs for its first picture, in one answer, out of the store: each question of a window that is being
 * loaded waits for its turn between two pieces of code.
 */
export async function opening(
  { servers, dashboards }: { readonly servers: Pick<KnownServers, 'list'>; readonly dashboards: SavedDashboards },
  { lastServerId, dashboardId, onDashboards }: OpeningQuestion,
): Promise<Opening> {
  const known = await servers.list();
  const nothing: Opening = { servers: known, dashboards: null, first: null };
  const server = serverShown(known, lastServerId);
  if (server === null || onDashboards === 'no') return nothing;
  if (onDashboards === 'executive' && server.settings.executive !== true) return nothing;
  try {
    const all = await dashboards.list(server.serverId);
    const shown = dashboardShown(all, dashboardId);
    const [top] = fromTop(shown?.widgets ?? []);
    if (shown === null || top === undefined) return { ...nothing, dashboards: all };
    const saved = await dashboards.cached(server.serverId, shown.dashboardId, { widgetIds: [top.widgetId] });
    return { ...nothing, dashboards: all, first: saved[0] ?? null };
  } catch {
    // What is in their way is said to who shows them, and asks again.
    return nothing;
  }
}
