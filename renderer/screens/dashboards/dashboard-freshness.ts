import type { Dashboard, Widget } from '../../../shared/model/dashboard.ts';
import { freshnessState, oldest, type Freshness } from '../../../shared/model/freshness.ts';
import { widgetKey, type WidgetState } from '../../stores/widget-state.ts';

type Shown = Pick<WidgetState, 'data' | 'saved' | 'problem'>;

/**
 * How a number's age is shown. A saved one that was put up while the database is within reach is not offline: a newer
 * number is on its way, or asking for it failed, and then the number is as old as it is.
 */
export function shownFreshness(widget: Widget, state: Shown, online: boolean, nowMs: number): Freshness | null {
  const freshness = state.data?.freshness ?? null;
  if (freshness === null || !online || !state.saved) return freshness;
  if (state.problem === null) return { ...freshness, state: 'refreshing' };
  const asOfMs = freshness.asOf === null ? null : Date.parse(freshness.asOf);
  // A live number that cannot be read again is not live any more, whatever its budget says.
  const byAge = freshnessState(asOfMs, widget.budget, nowMs, false);
  return { ...freshness, state: byAge === 'live' ? 'stale' : byAge };
}

interface DashboardInput {
  readonly dashboard: Dashboard;
  readonly widgets: Readonly<Record<string, WidgetState>>;
  readonly online: boolean;
  readonly nowMs: number;
}

function shownOf({ dashboard, widgets, online, nowMs }: DashboardInput): readonly Freshness[] {
  return dashboard.widgets.flatMap((widget) => {
    const state = widgets[widgetKey(dashboard.dashboardId, widget.widgetId)];
    const freshness = state === undefined ? null : shownFreshness(widget, state, online, nowMs);
    return freshness === null ? [] : [freshness];
  });
}

/** The dashboard's own label: its oldest widget. null while no widget has a number. */
export const dashboardFreshness = (input: DashboardInput): Freshness | null => oldest(shownOf(input));

/** Saved numbers are on the screen because the database is out of reach. */
export const isOffline = (input: DashboardInput): boolean => shownOf(input).some(({ state }) => state === 'offline');
