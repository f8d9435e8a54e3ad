import { openAhead } from '../stores/opening.ts';
import { parseRoute } from './route.ts';

/**
 * Asks for what the first screen will ask for, before it does: a window that opens on its dashboards has the number at the
 * top while its own code is still being loaded.
 */
export async function askAhead(): Promise<void> {
  const { path, params } = parseRoute(location.hash);
  const [screen, dashboardId = null] = path;
  const onDashboards = screen === undefined ? 'executive' : screen === 'dashboards' ? 'yes' : 'no';
  // Filters of the address are read by the screen.
  await openAhead(params.size > 0 ? 'no' : onDashboards, dashboardId);
}
