import { create } from 'zustand';
import type { Dashboard, Widget } from '../../shared/model/dashboard.ts';
import { client, unwrap } from './client.ts';
import { onEngineEvent } from './engine-events.ts';
import { problemOf } from './failure-error.ts';
import { createLoader, notLoaded, type Loadable } from './loadable.ts';
import { eachBounded, waitForRefreshMs } from './widget-refresh.ts';
import { needsAsking, notAsked, sourceKey, widgetKey, type WidgetState } from './widget-state.ts';

interface DashboardsState {
  readonly serverId: string | null;
  readonly dashboards: Loadable<readonly Dashboard[]>;
  /** By `dashboardId/widgetId`. */
  readonly widgets: Readonly<Record<string, WidgetState>>;
}

export const useDashboards = create<DashboardsState>(() => ({ serverId: null, dashboards: notLoaded, widgets: {} }));

/** Two at a time: opening a dashboard must not be the stampede that Daybreak exists to end. */
const lanes = 2;

const lists = createLoader<readonly Dashboard[]>(
  () => useDashboards.getState().dashboards,
  (dashboards) => useDashboards.setState({ dashboards }),
);

/** The dashboards of a server. What another server showed is forgotten. */
export async function loadDashboards(serverId: string): Promise<void> {
  if (useDashboards.getState().serverId !== serverId) {
    lists.reset();
    useDashboards.setState({ serverId, widgets: {} });
  }
  await lists.load(async () => {
    const next = unwrap(await client().dashboards.list({ serverId }));
    return keepUnchanged(useDashboards.getState().dashboards.value ?? [], next);
  });
}

/** What did not change stays the same object, so that an open dashboard starts again only when it is another one. */
function keepUnchanged(before: readonly Dashboard[], next: readonly Dashboard[]): readonly Dashboard[] {
  const known = new Map(before.map((dashboard) => [JSON.stringify(dashboard), dashboard]));
  const kept = next.map((dashboard) => known.get(JSON.stringify(dashboard)) ?? dashboard);
  return kept.length === before.length && kept.every((one, index) => one === before[index]) ? before : kept;
}

/** The widget's dashboard once it is in the list, so that going there finds it. Throws FailureError. */
export async function putOnDashboard(serverId: string, readModel: string): Promise<string> {
  const { dashboard } = unwrap(await client().dashboards.addReadModel({ serverId, readModel }));
  await loadDashboards(serverId);
  return dashboard.dashboardId;
}

/** Takes a widget off; false when it was the last one and its dashboard went with it. Throws FailureError. */
export async function removeWidget(serverId: string, dashboardId: string, widgetId: string): Promise<boolean> {
  const { dashboard } = unwrap(await client().dashboards.removeWidget({ serverId, dashboardId, widgetId }));
  await loadDashboards(serverId);
  return dashboard !== null;
}

function putWidget(key: string, change: Partial<WidgetState>): void {
  useDashboards.setState(({ widgets }) => ({
    widgets: { ...widgets, [key]: { ...notAsked, ...widgets[key], ...change } },
  }));
}

/** Puts the last good numbers on the screen, without the database. A cache that fails is no news: `data` follows. */
async function showCached(serverId: string, dashboardId: string): Promise<void> {
  const reply = await client().dashboards.cached({ serverId, dashboardId });
  if (!reply.ok || useDashboards.getState().serverId !== serverId) return;
  for (const data of reply.value) {
    const key = widgetKey(dashboardId, data.widgetId);
    if ((useDashboards.getState().widgets[key]?.data ?? null) === null) putWidget(key, { data, saved: true });
  }
}

/** Asks for one widget's number. Never throws: what went wrong stands in the card. */
export async function refreshWidget(serverId: string, dashboardId: string, widget: Widget): Promise<void> {
  const { widgetId } = widget;
  const key = widgetKey(dashboardId, widgetId);
  if (useDashboards.getState().widgets[key]?.loading === true) return;
  putWidget(key, { loading: true, askedAtMs: Date.now(), askedFor: sourceKey(widget) });
  try {
    const data = unwrap(await client().dashboards.data({ serverId, dashboardId, widgetId }));
    if (useDashboards.getState().serverId !== serverId) return;
    putWidget(key, { data, saved: false, loading: false, problem: null });
  } catch (error) {
    putWidget(key, { loading: false, problem: problemOf(error) });
  }
}

export async function refreshWidgets(serverId: string, dashboard: Dashboard, which = dashboard.widgets): Promise<void> {
  await eachBounded(which, lanes, (widget) => refreshWidget(serverId, dashboard.dashboardId, widget));
}

/**
 * Keeps an open dashboard true: saved numbers at once, then the current ones, then each again when it falls due.
 * Nothing is asked for while the page is hidden. Returns how to stop.
 */
export function watchDashboard(serverId: string, dashboard: Dashboard): () => void {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  let stopped = false;
  const { dashboardId } = dashboard;

  const schedule = (widget: Widget): void => {
    clearTimeout(timers.get(widget.widgetId));
    if (stopped) return;
    const shown = useDashboards.getState().widgets[widgetKey(dashboardId, widget.widgetId)]?.data ?? null;
    const waitMs = waitForRefreshMs(widget.budget, shown?.freshness ?? null, Date.now(), Math.random());
    timers.set(
      widget.widgetId,
      setTimeout(() => void renew([widget]), waitMs),
    );
  };
  const renew = async (widgets: readonly Widget[]): Promise<void> => {
    if (document.hidden) return;
    await refreshWidgets(serverId, dashboard, [...widgets]);
    for (const widget of widgets) schedule(widget);
  };
  const open = async (): Promise<void> => {
    await showCached(serverId, dashboardId).catch(() => undefined);
    if (stopped) return;
    const { widgets } = useDashboards.getState();
    const needed = dashboard.widgets.filter((widget) =>
      needsAsking(widget, widgets[widgetKey(dashboardId, widget.widgetId)], Date.now()),
    );
    for (const widget of dashboard.widgets) if (!needed.includes(widget)) schedule(widget);
    await renew(needed);
  };
  const onVisible = (): void => {
    if (!document.hidden) void open();
  };

  void open();
  document.addEventListener('visibilitychange', onVisible);
  const forget = onEngineEvent('read_models', (event) => {
    const subject = event?.subject ?? null;
    const fed = dashboard.widgets.filter(
      ({ source }) => source.kind === 'read_model' && (subject === null || source.readModel === subject),
    );
    void renew(fed);
  });
  return () => {
    stopped = true;
    document.removeEventListener('visibilitychange', onVisible);
    forget();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}

/** Asks for the list again when widgets or their sources change. Returns how to stop. */
export function watchDashboardList(serverId: string): () => void {
  return onEngineEvent('dashboards', (event) => {
    if (event === null || event.serverId === null || event.serverId === serverId) void loadDashboards(serverId);
  });
}

/** Titles of this server's widgets by id, for the statements that they run. Stable between changes of the list. */
export function useWidgetTitles(): ReadonlyMap<string, string> {
  return useDashboards((state) => titlesOf(state.dashboards.value));
}

const titlesMade = new WeakMap<readonly Dashboard[], ReadonlyMap<string, string>>();
const noTitles: ReadonlyMap<string, string> = new Map();

function titlesOf(dashboards: readonly Dashboard[] | null): ReadonlyMap<string, string> {
  if (dashboards === null) return noTitles;
  const made =
    titlesMade.get(dashboards) ??
    new Map(dashboards.flatMap(({ widgets }) => widgets.map(({ widgetId, title }) => [widgetId, title] as const)));
  titlesMade.set(dashboards, made);
  return made;
}
