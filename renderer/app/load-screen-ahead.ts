import { parseRoute } from './route.ts';
import { screens } from './screens.ts';

/** The code of the screen that the window opens on. Without an address: the one that promises to be there at once. */
export async function loadScreenAhead(): Promise<void> {
  const opensOn = parseRoute(location.hash).path[0] ?? 'dashboards';
  await screens.find(({ id }) => id === opensOn)?.preload();
}
