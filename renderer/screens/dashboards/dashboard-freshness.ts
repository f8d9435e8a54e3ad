import type { Dashboard, Widget } from '../../../shared/model/dashboard.ts';
import { freshnessState, oldest } from '../../../shared/model/ageing.ts';
import type { Budget, Freshness, FreshnessState } from '../../../shared/model/freshness.ts';
import { widgetKey, type WidgetState } from '../../stores/widget-state.ts';

type Shown = Pick<WidgetState, 'data' | 'saved' | 'problem' | 'awaited'>;

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

/** A number out of a read model or the cache is never called live, whatever its budget wants. */
function shownState(widget: Widget, freshness: Freshness, asOfMs: number, nowMs: number): FreshnessState {
  if (freshness.state === 'live' && nowMs - asOfMs <= justNowMs) return 'live';
  const byAge = stateByAge(widget.budget, asOfMs, nowMs);
  return byAge === 'live' && freshness.state !== 'live' ? 'fresh' : byAge;
}

/**
 * How a number's age is shown: the engine's word when it answered, and what became of it since. A saved number that
 * was put up while the database is within reach is not offline: a newer one is on its way, or asking for it failed,
 * and then it is as old as it is and says why. `nowMs` is the server's clock, as the as-of is.
 */
export function shownFreshness(widget: Widget, state: Shown, online: boolean, nowMs: number): Freshness | null {
  const freshness = state.data?.freshness ?? null;
  if (freshness === null || freshness.asOf === null) return freshness;
  if (!online) return freshness.state === 'offline' ? freshness : { ...freshness, state: 'offline', reason: away };
  const asOfMs = Date.parse(freshness.asOf);
  const byAge = { ...freshness, ...why(state), state: shownState(widget, freshness, asOfMs, nowMs) };
  if (state.saved) return state.problem === null ? { ...freshness, state: 'refreshing' } : byAge;
  if (state.awaited) return { ...freshness, state: 'refreshing' };
  switch (freshness.state) {
    case 'live':
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

const why = ({ problem }: Shown): { readonly reason?: string } =>
  problem === null ? {} : { reason: `a newer one could not be read: ${problem.message}` };

interface DashboardInput {
  readonly dashboard: Dashboard;
  readonly widgets: Readonly<Record<string, WidgetState>>;
  readonly online: boolean;
  readonly nowMs: number;
}

function shownOf({ dashboard, widgets, online, nowMs }: DashboardInput): readonly (readonly [Widget, Freshness])[] {
  return dashboard.widgets.flatMap((widget) => {
    const state = widgets[widgetKey(dashboard.dashboardId, widget.widgetId)];
    const freshness = state === undefined ? null : shownFreshness(widget, state, online, nowMs);
    return freshness === null ? [] : [[widget, freshness] as const];
  });
}

/**
 * The dashboard's own label: its oldest widget, which its reason names, with those whose age nobody knows. null while no
 * widget has a number.
 */
export function dashboardFreshness(input: DashboardInput): Freshness | null {
  const shown = shownOf(input);
  const unknown = shown.filter(([, { asOf }]) => asOf === null).map(([{ title }]) => title);
  const freshness = oldest(shown.map(([, each]) => each));
  if (freshness === null) return shown[0]?.[1] ?? null;
  const widget = shown.find(([, each]) => each === freshness)?.[0];
  const reasons = [
    ...(widget === undefined ? [] : [`it is ${widget.title}`]),
    ...(freshness.reason === undefined ? [] : [freshness.reason]),
    ...(unknown.length === 0 ? [] : [`nothing says how old ${unknown.join(', ')} is`]),
  ];
  return { ...freshness, reason: reasons.join(' · ') };
}

/** Saved numbers are on the screen because the database is out of reach. */
export const isOffline = (input: Omit<DashboardInput, 'nowMs'>): boolean =>
  shownOf({ ...input, nowMs: 0 }).some(([, { state }]) => state === 'offline');
