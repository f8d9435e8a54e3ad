import { create } from 'zustand';
import type { Dashboard, Widget, WidgetData } from '../../shared/model/dashboard.ts';
import { fromTop } from '../../shared/model/opening.ts';
import { client, unwrap } from './client.ts';
import { chosenFilters, filtersText } from './dashboard-filters.ts';
import { onEngineEvent } from './engine-events.ts';
import { problemOf } from './failure-error.ts';
import { keepUnchanged } from './keep-unchanged.ts';
import { createLoader, notLoaded, type Loadable } from './loadable.ts';
import { whenIdle } from './when-idle.ts';
import { eachBounded } from './widget-refresh.ts';
import { notAsked, sourceKey, widgetKey, type WidgetState } from './widget-state.ts';

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

/** Of a server, taken before a screen asked for them: the first that does gets these. */
let ahead: string | null = null;

/** For a window that opens on the dashboards: what the engine has told ahead. `first`: the saved number at the top. */
export function takeDashboards(
  serverId: string,
  { dashboards, shown, first }: { dashboards: readonly Dashboard[]; shown: Dashboard | null; first: WidgetData | null },
): void {
  if (useDashboards.getState().dashboards.value !== null) return;
  ahead = serverId;
  const widget = shown?.widgets.find(({ widgetId }) => widgetId === first?.widgetId);
  useDashboards.setState({
    serverId,
    dashboards: { value: dashboards, loading: false, problem: null },
    widgets:
      shown === null || widget === undefined || first === null
        ? {}
        : { [widgetKey(shown.dashboardId, widget.widgetId)]: savedState(widget, first, noFilters) },
  });
}

const noFilters = filtersText({});

/** A number out of the cache. */
const savedState = (widget: Widget, data: WidgetData, chosen: string, before = notAsked): WidgetState => ({
  ...before,
  data,
  saved: true,
  shownFor: sourceKey(widget, chosen),
});

/** The dashboards of a server. What another server showed is forgotten. */
export async function loadDashboards(serverId: string): Promise<void> {
  const isHere = ahead === serverId && useDashboards.getState().serverId === serverId;
  ahead = null;
  if (isHere) return;
  if (useDashboards.getState().serverId !== serverId) {
    lists.reset();
    useDashboards.setState({ serverId, widgets: {} });
  }
  await lists.load(async () => {
    const next = unwrap(await client().dashboards.list({ serverId }));
    // An open dashboard starts again only when it is another one.
    return keepUnchanged(useDashboards.getState().dashboards.value ?? [], next);
  });
}

/** The widget's dashboard once it is in the list, so that going there finds it. Throws FailureError. */
export async function putOnDashboard(serverId: string, readModel: string): Promise<string> {
  const { dashboard } = unwrap(await client().dashboards.addReadModel({ serverId, readModel }));
  await loadDashboards(serverId);
  return dashboard.dashboardId;
}

function putWidget(key: string, change: Partial<WidgetState>): void {
  useDashboards.setState(({ widgets }) => ({
    widgets: { ...widgets, [key]: { ...notAsked, ...widgets[key], ...change } },
  }));
}

/**
 * Saved numbers are asked for so many at a time, from the top: an answer of many megabytes would hold the window up. The
 * first comes alone, since a dashboard is there when its first number is.
 */
const atATime = 4;

/** Being put on the screen, and for which filters. */
const showing = new WeakMap<Dashboard, { readonly chosen: string; readonly done: Promise<void> }>();

/**
 * Puts the last good numbers on the screen, without the database. A cache that fails is no news: `data` follows. Who
 * asks for what is on its way already waits for the same.
 */
export function showCached(serverId: string, dashboard: Dashboard): Promise<void> {
  const chosen = filtersText(chosenFilters(dashboard.dashboardId));
  const running = showing.get(dashboard);
  if (running?.chosen === chosen) return running.done;
  const done = putCached(serverId, dashboard).finally(() => {
    if (showing.get(dashboard)?.done === done) showing.delete(dashboard);
  });
  showing.set(dashboard, { chosen, done });
  return done;
}

async function putCached(serverId: string, { dashboardId, widgets }: Dashboard): Promise<void> {
  const filters = chosenFilters(dashboardId);
  const chosen = filtersText(filters);
  const isMissing = (widget: Widget, { data, shownFor }: WidgetState = notAsked): boolean =>
    data === null || shownFor !== sourceKey(widget, chosen);
  const stateOf = ({ widgetId }: Widget) => useDashboards.getState().widgets[widgetKey(dashboardId, widgetId)];
  const missing = fromTop(widgets).filter((widget) => isMissing(widget, stateOf(widget)));
  const alone = missing.length === widgets.length ? 1 : 0;
  let [from, to] = [0, alone || atATime];
  for (; from < missing.length; from = to, to += atATime) {
    // The first is drawn before the next are read.
    if (from === alone) await whenIdle();
    const asked = missing.slice(from, to);
    const widgetIds = asked.map(({ widgetId }) => widgetId);
    const reply = await client().dashboards.cached({ serverId, dashboardId, widgetIds, filters });
    if (!reply.ok || useDashboards.getState().serverId !== serverId) return;
    if (chosen !== filtersText(chosenFilters(dashboardId))) return;
    useDashboards.setState(({ widgets: before }) => {
      const next = { ...before };
      for (const data of reply.value) {
        const key = widgetKey(dashboardId, data.widgetId);
        const widget = asked.find(({ widgetId }) => widgetId === data.widgetId);
        if (widget === undefined || !isMissing(widget, before[key])) continue;
        next[key] = savedState(widget, data, chosen, before[key]);
      }
      return { widgets: next };
    });
  }
}

/** After the saved numbers were unlocked: those that could not be shown before are put up. */
export async function showSavedAgain(serverId: string, { dashboardId, widgets }: Dashboard): Promise<void> {
  const filters = chosenFilters(dashboardId);
  const chosen = filtersText(filters);
  const reply = await client().dashboards.cached({ serverId, dashboardId, filters });
  if (!reply.ok || useDashboards.getState().serverId !== serverId) return;
  for (const data of reply.value) {
    const key = widgetKey(dashboardId, data.widgetId);
    const widget = widgets.find(({ widgetId }) => widgetId === data.widgetId);
    if (widget === undefined || useDashboards.getState().widgets[key]?.data?.unreadable === undefined) continue;
    putWidget(key, { data, saved: true, shownFor: sourceKey(widget, chosen) });
  }
}

/** A number that is here sooner than this comes without a word: its label would only flicker. */
const blinkMs = 500;

export interface AskOptions {
  /** Asked by a timer, not by a person: what another window read a moment ago will do. */
  readonly background?: boolean;
  /** Aborting stops the query on the server, unless another window waits for it too. */
  readonly signal?: AbortSignal;
}

/** Asks for one widget's number. Never throws: what went wrong stands in the card. */
export async function refreshWidget(
  serverId: string,
  dashboardId: string,
  widget: Widget,
  { background = false, signal }: AskOptions = {},
): Promise<void> {
  const { widgetId } = widget;
  const key = widgetKey(dashboardId, widgetId);
  const filters = chosenFilters(dashboardId);
  const asked = sourceKey(widget, filtersText(filters));
  const before = useDashboards.getState().widgets[key] ?? notAsked;
  if (before.loading && before.askedFor === asked) return;
  putWidget(key, { loading: true, askedAtMs: Date.now(), askedFor: asked });
  const blink = setTimeout(() => putWidget(key, { awaited: true }), blinkMs);
  const ended = { loading: false, awaited: false };
  // Who has chosen other filters meanwhile waits for another answer.
  const overtaken = () =>
    useDashboards.getState().serverId !== serverId || useDashboards.getState().widgets[key]?.askedFor !== asked;
  try {
    const data = unwrap(
      await client().dashboards.data({ serverId, dashboardId, widgetId, background, filters }, signal && { signal }),
    );
    if (!overtaken()) putWidget(key, { ...ended, data, saved: false, problem: null, failures: 0, shownFor: asked });
  } catch (error) {
    if (overtaken()) return;
    if (signal?.aborted === true) putWidget(key, { ...ended, askedAtMs: before.askedAtMs, askedFor: before.askedFor });
    else putWidget(key, { ...ended, problem: problemOf(error), failures: before.failures + 1 });
  } finally {
    clearTimeout(blink);
  }
}

export async function refreshWidgets(
  serverId: string,
  dashboard: Dashboard,
  which = dashboard.widgets,
  options: AskOptions = {},
): Promise<void> {
  await eachBounded(which, lanes, async (widget) => {
    if (options.signal?.aborted !== true) await refreshWidget(serverId, dashboard.dashboardId, widget, options);
  });
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
