import type { Dashboard, Widget, WidgetData, WidgetSource } from '../../../shared/model/dashboard.ts';
import { Failure, isFailure } from '../../../shared/model/failure.ts';
import type { DashboardStore } from '../history/history.ts';
import type { Clock, Logger } from '../ports.ts';
import type { Server } from '../postgres/session.ts';
import { coalesce, type Coalesced } from './coalesce.ts';
import { filtersKey, noFilters, type ResolvedFilter } from './filters/resolve-filters.ts';
import { lanes } from './lanes.ts';
import type { AskedOfRows } from './offline/filtered-from-rows.ts';
import { isOutOfReach } from './out-of-reach.ts';
import { readWidget } from './read-widget.ts';
import { recentMs, RecentReads } from './recent-reads.ts';
import { sourceHash } from './source-hash.ts';
import { turns } from './turns.ts';
import { cachedFreshness } from './widget-freshness.ts';
import { withSeriesOrder } from './with-series-order.ts';

export interface DashboardsOptions {
  readonly store: DashboardStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A number was read from its server. */
  readonly onRead?: (server: Server, widget: Widget, data: WidgetData) => void;
  /** A widget under filters out of the saved rows of its read model; null where those cannot tell. */
  readonly fromRows?: (asked: AskedOfRows) => Promise<WidgetData | null>;
}

export interface Dashboards {
  /**
   * The last good number of each widget that has one, without asking the database. `offlineReason`: why it cannot be
   * asked, where that is known; the numbers are then labelled offline. `clockSkewMs`: the server's clock minus this one.
   */
  cached(
    dashboard: Dashboard,
    offlineReason?: string | null,
    how?: { readonly clockSkewMs?: number; readonly filters?: readonly ResolvedFilter[] },
  ): Promise<WidgetData[]>;
  /**
   * One widget's number: from its source; out of the cache, labelled offline, when there is no server or it went away.
   * In the `background` a number that was read for another window a moment ago will do.
   * Throws `not_found`, `not_connected` when nothing is cached either, and what `readWidget` throws.
   */
  read(
    server: Server | null,
    dashboard: Dashboard,
    widgetId: string,
    how?: {
      readonly signal?: AbortSignal | undefined;
      readonly background?: boolean | undefined;
      readonly filters?: readonly ResolvedFilter[];
    },
  ): Promise<WidgetData>;
  /** What was read, or is being read now, is not given to anybody who asks from now on. */
  forgetRecent(): void;
  /** Changes one dashboard (null removes it for good); calls for one dashboard take turns. Throws `not_found`. */
  change(dashboardId: string, make: (dashboard: Dashboard) => Dashboard | null): Promise<Dashboard | null>;
  /** Removes a dashboard so that it can be put back, when the changes before it are done. Throws `not_found`. */
  setAside(dashboardId: string): Promise<void>;
  /** Moves a widget to another source. */
  setSource(dashboardId: string, widgetId: string, source: WidgetSource): Promise<Widget>;
}

/** Widgets that are read at a time from one server, by all windows together: the ERP's own work comes first. */
const mostReads = 4;

interface Reads {
  readonly flights: Coalesced<WidgetData>;
  readonly enter: ReturnType<typeof lanes>;
  readonly recent: RecentReads;
}

export function createDashboards({ store, clock, logger, onRead, fromRows }: DashboardsOptions): Dashboards {
  /** By connection: a read that hangs on a lost one must not hold up those on the next. */
  const reads = new WeakMap<Server, Reads>();
  /** Part of the key of every read: what began before it grew is not shared with who asks afterwards. */
  let generation = 0;
  const onDashboard = turns();

  const fromCache = async (
    { dashboardId }: Dashboard,
    widget: Widget,
    offlineReason: string | null,
    filters: readonly ResolvedFilter[],
    clockSkewMs = 0,
  ): Promise<WidgetData | null> => {
    const stored = await store.lastResult(dashboardId, widget.widgetId, sourceHash(widget.source), filtersKey(filters));
    if (stored === null) return null;
    const freshness = cachedFreshness(widget, stored.freshness, clock.nowMs() + clockSkewMs, offlineReason);
    return { ...stored, freshness, tookMs: null };
  };

  /** Under filters that were never asked with, the number without them, which then says that it is not filtered. */
  const savedUnder = async (
    dashboard: Dashboard,
    widget: Widget,
    reason: string | null,
    filters: readonly ResolvedFilter[],
    clockSkewMs = 0,
  ): Promise<WidgetData | null> => {
    const stored = await fromCache(dashboard, widget, reason, filters, clockSkewMs);
    if (stored !== null && isWhole(stored)) {
      const whole = await fromCache(dashboard, widget, reason, noFilters, clockSkewMs);
      return whole !== null && isNewer(whole, stored) ? { ...whole, filtering: stored.filtering } : stored;
    }
    if (stored !== null || filters.length === 0 || reason === null) return stored;
    const answered =
      (await fromRows?.({ serverId: dashboard.serverId, widget, filters, offlineReason: reason })) ?? null;
    if (answered !== null) return answered;
    const whole = await fromCache(dashboard, widget, reason, noFilters, clockSkewMs);
    return whole === null ? null : { ...whole, filtering: notSaved(filters) };
  };

  const offline = async (
    dashboard: Dashboard,
    widget: Widget,
    reason: string,
    filters: readonly ResolvedFilter[],
    cause?: unknown,
  ) => {
    const stored = await savedUnder(dashboard, widget, reason, filters);
    if (stored !== null) return withSeriesOrder(store, dashboard.dashboardId, widget, stored);
    throw new Failure(
      {
        code: 'not_connected',
        message: `There is no saved number of "${widget.title}" yet, and the database is out of reach: ${reason}`,
        detail: { widgetId: widget.widgetId },
        retryable: true,
      },
      { cause },
    );
  };

  const fromServer = async (
    server: Server,
    dashboard: Dashboard,
    widget: Widget,
    signal: AbortSignal,
    filters: readonly ResolvedFilter[],
  ) => {
    const data = await readWidget(server, widget, clock, signal, { filters });
    try {
      const { dashboardId } = dashboard;
      const hash = sourceHash(widget.source);
      await store.saveResult(dashboardId, hash, data, clock.nowMs(), filtersKey(filters));
      if (isWhole(data)) {
        const { filtering: _, ...whole } = data;
        await store.saveResult(dashboardId, hash, whole, clock.nowMs(), filtersKey(noFilters));
      }
    } catch (error) {
      if (!isFailure(error)) throw error;
      logger.warn({ error: error.value, widgetId: widget.widgetId }, 'a number could not be kept for offline reading');
    }
    onRead?.(server, widget, data);
    return withSeriesOrder(store, dashboard.dashboardId, widget, data);
  };

  const inTurn = <T>(dashboardId: string, work: (dashboard: Dashboard) => Promise<T>): Promise<T> =>
    onDashboard(dashboardId, async () => {
      const dashboard = await store.get(dashboardId);
      if (dashboard === null) {
        throw new Failure({ code: 'not_found', message: `There is no dashboard ${dashboardId}.` });
      }
      return work(dashboard);
    });

  const change: Dashboards['change'] = (dashboardId, make) =>
    inTurn(dashboardId, async (dashboard) => {
      const changed = make(dashboard);
      await (changed === null ? store.remove(dashboardId) : store.save(changed));
      return changed;
    });

  return {
    async cached(dashboard, offlineReason = null, { clockSkewMs = 0, filters = noFilters } = {}) {
      const found = await Promise.all(
        dashboard.widgets.map(async (widget) => {
          const data = await savedUnder(dashboard, widget, offlineReason, filters, clockSkewMs);
          return data === null ? null : withSeriesOrder(store, dashboard.dashboardId, widget, data);
        }),
      );
      return found.filter((data) => data !== null);
    },

    forgetRecent: () => {
      generation += 1;
    },

    async read(server, dashboard, widgetId, { signal, background = false, filters = noFilters } = {}) {
      const widget = widgetOf(dashboard, widgetId);
      if (server === null) return offline(dashboard, widget, 'the database is not connected.', filters);
      const key = JSON.stringify([
        generation,
        dashboard.dashboardId,
        widgetId,
        sourceHash(widget.source),
        filtersKey(filters),
      ]);
      const onServer = reads.get(server) ?? { flights: coalesce(), enter: lanes(mostReads), recent: new RecentReads() };
      reads.set(server, onServer);
      const maxAgeMs = widget.source.kind === 'live' && widget.budget === 'live' ? recentMs.live : recentMs.aged;
      const recent = background ? onServer.recent.get(key, maxAgeMs, clock.nowMs()) : null;
      if (recent !== null) return recent;
      const fresh = async (stop: AbortSignal) => {
        const beganAtMs = clock.nowMs();
        const data = await fromServer(server, dashboard, widget, stop, filters);
        onServer.recent.put(key, data, beganAtMs);
        return data;
      };
      try {
        return await onServer.flights.run(key, (stop) => onServer.enter(() => fresh(stop), stop), signal);
      } catch (error) {
        if (signal?.aborted) throw cancelled(widget, error);
        if (!isFailure(error) || !isOutOfReach(error)) throw error;
        return offline(dashboard, widget, error.value.message, filters, error);
      }
    },

    change,

    setAside: (dashboardId) => inTurn(dashboardId, () => store.setAside(dashboardId, clock.nowMs())),

    async setSource(dashboardId, widgetId, source) {
      let moved: Widget | null = null;
      await change(dashboardId, (dashboard) => {
        moved = { ...widgetOf(dashboard, widgetId), source };
        const kept = moved;
        return { ...dashboard, widgets: dashboard.widgets.map((each) => (each.widgetId === widgetId ? kept : each)) };
      });
      if (moved === null) throw new Error('a change that ended has made its widget');
      return moved;
    },
  };
}

/** The number without filters, since none of those that were chosen reaches it. */
const isWhole = ({ filtering }: WidgetData): boolean => filtering !== undefined && filtering.applied.length === 0;

const isNewer = (one: WidgetData, other: WidgetData): boolean =>
  one.unreadable === undefined && Date.parse(one.freshness.asOf ?? '') > Date.parse(other.freshness.asOf ?? '');

const notSaved = (filters: readonly ResolvedFilter[]): NonNullable<WidgetData['filtering']> => ({
  applied: [],
  notApplied: filters.map(({ filter: { filterId, label } }) => ({
    filterId,
    label,
    reason: 'the database is out of reach, and only the number without filters is saved',
  })),
});

function cancelled(widget: Widget, cause: unknown): Failure {
  const message = `Reading "${widget.title}" was cancelled.`;
  return new Failure({ code: 'cancelled', message, detail: { widgetId: widget.widgetId } }, { cause });
}

/** Throws `not_found`. */
export function widgetOf(dashboard: Dashboard, widgetId: string): Widget {
  const widget = dashboard.widgets.find((candidate) => candidate.widgetId === widgetId);
  if (widget !== undefined) return widget;
  throw new Failure({
    code: 'not_found',
    message: `The dashboard ${dashboard.title} has no widget ${widgetId}.`,
    detail: { dashboardId: dashboard.dashboardId, widgetId },
  });
}
