import { loadConnectionsAhead, selectedServer } from '../stores/connections.ts';
import { openAhead } from '../stores/dashboards.ts';
import { isExecutive } from '../stores/executive.ts';
import { parseRoute } from './route.ts';

/**
 * Asks for what the first screen will ask for, before it does: a window that opens on its dashboards has their numbers
 * while its own code is still being loaded. What fails here is asked for again by who shows it.
 */
export async function askAhead(): Promise<void> {
  await loadConnectionsAhead();
  const server = selectedServer();
  if (server === null) return;
  const { path, params } = parseRoute(location.hash);
  const onDashboards = path[0] === 'dashboards' || (path[0] === undefined && isExecutive(server));
  // Filters of the address are read by the screen.
  if (onDashboards && params.size === 0) await openAhead(server.serverId, path[1] ?? null);
}
