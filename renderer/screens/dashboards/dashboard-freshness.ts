import type { Dashboard, Widget } from '../../../shared/model/dashboard.ts';
import {
  freshnessState,
  oldest,
  type Budget,
  type Freshness,
  type FreshnessState,
} from '../../../shared/model/freshness.ts';
import { widgetKey, type WidgetState } from '../../stores/widget-state.ts';

type Shown = Pick<WidgetState, 'data' | 'saved' | 'problem'>;

/** "Live" means just now: a number that nobody asked for again since then has an age like any other. */
const justNowMs = 90_000;
const staleLiveMs = 5 * 60_000;

/** The number was read while the database was there; nothing can be said to be live or fresh without it. */
const away = 'the database is out of reach now';

function stateByAge(budget: Budget, asOfMs: number, nowMs: number): FreshnessState {
  const ageMs = nowMs - asOfMs;
  if (budget !== 'live') return freshnessState(asOfMs, budget, nowMs, false);
  if (ageMs <= justNowMs) return 'live';
  return ageMs <= staleLiveMs ? 'due' : 'stale';
}

/**
 * How a number's age is shown: the engine's word when it answered, and what became of it since. A saved number that
 * was put up while the database is within reach is not offline: a newer one is on its way, or asking for it failed,
 * and then it is as old as it is. `nowMs` is the server's clock, as the as-of is.
 */
export function shownFreshness(widget: Widget, state: Shown, online: boolean, nowMs: number): Freshness | null {
  const freshness = state.data?.freshness ?? null;
  if (freshness === null || freshness.asOf === null) return freshness;
  if (!online) return freshness.state === 'offline' ? freshness : { ...freshness, state: 'offline', reason: away };
  const asOfMs = Date.parse(freshness.asOf);
  const byAge = { ...freshness, state: stateByAge(widget.budget, asOfMs, nowMs) };
  if (state.saved) return state.problem === null ? { ...freshness, state: 'refreshing' } : byAge;
  switch (freshness.state) {
    case 'live':
      return nowMs - asOfMs <= justNowMs ? freshness : byAge;
    case 'fresh':
    case 'due':
    case 'stale':
      return byAge;
    case 'refreshing':
    case 'offline':
    case 'unknown':
      return freshness;
  }
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
