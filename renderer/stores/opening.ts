import { dashboardShown, serverShown, type OpensOnDashboards } from '../../shared/model/opening.ts';
import { client, useServerSelection } from './client.ts';
import { takeConnections } from './connections.ts';
import { takeDashboards } from './dashboards.ts';

/**
 * Asks in one question for what a window that is being loaded shows first. What fails here is asked for again by who
 * shows it.
 */
export async function openAhead(onDashboards: OpensOnDashboards, dashboardId: string | null): Promise<void> {
  const lastServerId = useServerSelection.getState().serverId;
  const reply = await client().dashboards.opening({ lastServerId, dashboardId, onDashboards });
  if (!reply.ok) return;
  const { servers, dashboards, first } = reply.value;
  takeConnections(servers);
  const server = serverShown(servers, lastServerId);
  if (server === null || dashboards === null) return;
  takeDashboards(server.serverId, { dashboards, shown: dashboardShown(dashboards, dashboardId), first });
}
