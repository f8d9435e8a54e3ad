import type { Dashboard } from '../../../shared/model/dashboard.ts';
import { oldest, type Freshness } from '../../../shared/model/freshness.ts';
import { widgetKey, type WidgetState } from '../../stores/widget-state.ts';

/**
 * How a number's age is shown: what came out of the cache while the database is within reach is not offline, a newer
 * number is on its way.
 */
export function shownFreshness(state: Pick<WidgetState, 'data' | 'loading'>, online: boolean): Freshness | null {
  const freshness = state.data?.freshness ?? null;
  if (freshness === null) return null;
  if (online && state.loading && freshness.source === 'cache') return { ...freshness, state: 'refreshing' };
  return freshness;
}

/** The dashboard's own label: its oldest widget. null while no widget has a number. */
export function dashboardFreshness(
  dashboard: Dashboard,
  widgets: Readonly<Record<string, WidgetState>>,
  online: boolean,
): Freshness | null {
  const shown = dashboard.widgets.flatMap(({ widgetId }) => {
    const state = widgets[widgetKey(dashboard.dashboardId, widgetId)];
    const freshness = state === undefined ? null : shownFreshness(state, online);
    return freshness === null ? [] : [freshness];
  });
  return oldest(shown);
}

/** Saved numbers are on the screen because the database is out of reach. */
export const isOffline = (dashboard: Dashboard, widgets: Readonly<Record<string, WidgetState>>): boolean =>
  dashboard.widgets.some(
    ({ widgetId }) => widgets[widgetKey(dashboard.dashboardId, widgetId)]?.data?.freshness.state === 'offline',
  );
