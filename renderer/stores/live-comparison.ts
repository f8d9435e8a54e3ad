import { create } from 'zustand';
import type { LiveComparison } from '../../shared/model/live-comparison.ts';
import { client, unwrap } from './client.ts';
import { chosenFilters } from './dashboard-filters.ts';
import { createLoader, notLoaded, type Loadable } from './loadable.ts';

interface WhichWidget {
  readonly serverId: string;
  readonly dashboardId: string;
  readonly widgetId: string;
}

interface ComparisonState {
  readonly comparison: Loadable<LiveComparison>;
}

export const useLiveComparison = create<ComparisonState>(() => ({ comparison: notLoaded }));

const loader = createLoader<LiveComparison>(
  () => useLiveComparison.getState().comparison,
  (comparison) => useLiveComparison.setState({ comparison }),
);

/** Asks read model and base tables with the filters that are chosen now. Never throws. */
export async function compareWithLive({ serverId, dashboardId, widgetId }: WhichWidget): Promise<void> {
  loader.reset();
  const filters = { ...chosenFilters(dashboardId) };
  await loader.load(async () =>
    unwrap(await client().dashboards.compareLive({ serverId, dashboardId, widgetId, filters })),
  );
}

/** Ends it on the server, and forgets it. A comparison that has ended meanwhile is no failure. */
export async function endComparison({ serverId, dashboardId, widgetId }: WhichWidget): Promise<void> {
  const { loading } = useLiveComparison.getState().comparison;
  loader.reset();
  if (loading) await client().dashboards.cancelCompare({ serverId, dashboardId, widgetId });
}
