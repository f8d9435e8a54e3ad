import type { Dashboard, Widget } from '../../shared/model/dashboard.ts';
import { useConnections } from './connections.ts';
import { chosenFilters, filtersText } from './dashboard-filters.ts';
import { refreshWidgets, showCached, showSavedAgain, useDashboards } from './dashboards.ts';
import { onEngineEvent } from './engine-events.ts';
import { nextLookMs } from './widget-refresh.ts';
import { needsAsking, notAsked, widgetKey } from './widget-state.ts';

/** A plan is made anew at least this often: the machine may have slept, or one of the clocks been set. */
const longestMs = 5 * 60_000;
const shortestMs = 250;
/** What is being asked for is looked at again after this. */
const busyMs = 5_000;

const serverOf = (serverId: string) =>
  useConnections.getState().servers.value?.find((server) => server.serverId === serverId) ?? null;

/**
 * Keeps an open dashboard true: saved numbers at once, then the current ones, then each again when it falls due. One
 * clock for all widgets: a machine that wakes makes one round of what is due then, however long it slept. While the page
 * is hidden nothing is asked, and what was being asked is cancelled. While the server is out of reach nothing is asked
 * by itself, either: the engine knows when it tries again. Returns how to stop.
 */
export function watchDashboard(serverId: string, dashboard: Dashboard, online: boolean): () => void {
  const { dashboardId } = dashboard;
  const randoms = new Map<string, number>();
  /** Widgets whose read model was refreshed while they were being asked for: what comes is older than that. */
  const overtaken = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = new AbortController();

  const stateOf = ({ widgetId }: Widget) => useDashboards.getState().widgets[widgetKey(dashboardId, widgetId)];
  const skewMs = () => serverOf(serverId)?.facts?.clockSkewMs ?? 0;
  const lookMs = (widget: Widget): number => {
    if (stateOf(widget)?.loading === true) return Date.now() + busyMs;
    if (overtaken.has(widget.widgetId)) return 0;
    const { data, askedAtMs, failures } = stateOf(widget) ?? notAsked;
    const random = randoms.get(widget.widgetId) ?? Math.random();
    randoms.set(widget.widgetId, random);
    const freshness = data?.freshness ?? null;
    return nextLookMs({ budget: widget.budget, freshness, askedAtMs, failures }, skewMs(), random);
  };

  const plan = (): void => {
    clearTimeout(timer);
    if (asking.signal.aborted || !online || dashboard.widgets.length === 0) return;
    const waitMs = Math.min(longestMs, ...dashboard.widgets.map((widget) => lookMs(widget) - Date.now()));
    timer = setTimeout(() => void look(), Math.max(shortestMs, waitMs));
  };
  const ask = async (widgets: readonly Widget[]): Promise<void> => {
    const { signal } = asking;
    if (signal.aborted) return;
    for (const { widgetId } of widgets) {
      randoms.delete(widgetId);
      overtaken.delete(widgetId);
    }
    await refreshWidgets(serverId, dashboard, [...widgets], { background: true, signal });
    if (!signal.aborted) plan();
  };
  const look = async (): Promise<void> => {
    const nowMs = Date.now();
    const due = dashboard.widgets.filter((widget) => lookMs(widget) <= nowMs);
    if (due.length === 0) plan();
    else await ask(due);
  };
  const open = async (): Promise<void> => {
    const { signal } = asking;
    await showCached(serverId, dashboard).catch(() => undefined);
    // A lost server answers out of the cache, which is on the screen already.
    if (signal.aborted || serverOf(serverId)?.state === 'lost') return;
    const chosen = filtersText(chosenFilters(dashboardId));
    const needed = dashboard.widgets.filter((widget) => needsAsking(widget, stateOf(widget), Date.now(), chosen));
    // The engine connects when it is asked for something; one question does, and those that have nothing to show.
    await ask(online ? needed : needed.filter((widget, place) => place === 0 || stateOf(widget)?.data == null));
  };
  const pause = (): void => {
    clearTimeout(timer);
    asking.abort();
  };
  const onVisibility = (): void => {
    pause();
    if (document.hidden) return;
    asking = new AbortController();
    void open();
  };

  if (document.hidden) asking.abort();
  else void open();
  document.addEventListener('visibilitychange', onVisibility);
  const forget = onEngineEvent('read_models', (event) => {
    if (!online) return;
    const subject = event?.subject ?? null;
    const fed = dashboard.widgets.filter(
      ({ source }) => source.kind === 'read_model' && (subject === null || source.readModel === subject),
    );
    for (const widget of fed) if (stateOf(widget)?.loading === true) overtaken.add(widget.widgetId);
    void ask(fed.filter(({ widgetId }) => !overtaken.has(widgetId)));
  });
  // The saved numbers were unlocked, perhaps in another window.
  const forgetCache = onEngineEvent('dashboards', (event) => {
    if (event?.serverId == null) void showSavedAgain(serverId, dashboard);
  });
  return () => {
    pause();
    document.removeEventListener('visibilitychange', onVisibility);
    forget();
    forgetCache();
  };
}
