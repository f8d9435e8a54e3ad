import type { Dashboard, Widget, WidgetData, WidgetSource } from '../../../shared/model/dashboard.ts';
import { Failure, isFailure, type FailureCode } from '../../../shared/model/failure.ts';
import type { DashboardStore } from '../history/history.ts';
import type { Clock, Logger } from '../ports.ts';
import type { Server } from '../postgres/session.ts';
import { coalesce, type Coalesced } from './coalesce.ts';
import { readWidget } from './read-widget.ts';
import { sourceHash } from './source-hash.ts';
import { cachedFreshness } from './widget-freshness.ts';

export interface DashboardsOptions {
  readonly store: DashboardStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Dashboards {
  /**
   * The last good number of each widget that has one, without asking the database. `offlineReason`: why it cannot be
   * asked, where that is known; the numbers are then labelled offline.
   */
  cached(dashboard: Dashboard, offlineReason?: string | null): Promise<WidgetData[]>;
  /**
   * One widget's number: from its source; out of the cache, labelled offline, when there is no server or it went away.
   * Throws `not_found`, `not_connected` when nothing is cached either, and what `readWidget` throws.
   */
  read(server: Server | null, dashboard: Dashboard, widgetId: string, signal?: AbortSignal): Promise<WidgetData>;
  /** Changes one dashboard (null removes it); calls for one dashboard take turns. Throws `not_found`. */
  change(dashboardId: string, make: (dashboard: Dashboard) => Dashboard | null): Promise<Dashboard | null>;
  /** Moves a widget to another source. */
  setSource(dashboardId: string, widgetId: string, source: WidgetSource): Promise<Widget>;
}

/** Failures after which the last good number is the answer. Anything else is about this query and has to be seen. */
const outOfReach: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'connection_lost',
  'host_unreachable',
  'not_connected',
]);

export function createDashboards({ store, clock, logger }: DashboardsOptions): Dashboards {
  /** By connection: a read that hangs on a lost one must not hold up those on the next. */
  const reads = new WeakMap<Server, Coalesced<WidgetData>>();
  const turns = new Map<string, Promise<unknown>>();

  const fromCache = async (dashboard: Dashboard, widget: Widget, offlineReason: string | null) => {
    const stored = await store.lastResult(dashboard.dashboardId, widget.widgetId, sourceHash(widget.source));
    if (stored === null) return null;
    const freshness = cachedFreshness(widget, stored.freshness, clock.nowMs(), offlineReason);
    return { ...stored, freshness, tookMs: null };
  };

  const offline = async (dashboard: Dashboard, widget: Widget, reason: string, cause?: unknown) => {
    const stored = await fromCache(dashboard, widget, reason);
    if (stored !== null) return stored;
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

  const fromServer = async (server: Server, dashboard: Dashboard, widget: Widget, signal: AbortSignal) => {
    const data = await readWidget(server, widget, clock, signal);
    try {
      await store.saveResult(dashboard.dashboardId, sourceHash(widget.source), data, clock.nowMs());
    } catch (error) {
      if (!isFailure(error)) throw error;
      logger.warn({ error: error.value, widgetId: widget.widgetId }, 'a number could not be kept for offline reading');
    }
    return data;
  };

  const change: Dashboards['change'] = async (dashboardId, make) => {
    const turn = async (): Promise<Dashboard | null> => {
      const dashboard = await store.get(dashboardId);
      if (dashboard === null) {
        throw new Failure({ code: 'not_found', message: `There is no dashboard ${dashboardId}.` });
      }
      const changed = make(dashboard);
      await (changed === null ? store.remove(dashboardId) : store.save(changed));
      return changed;
    };
    const before = turns.get(dashboardId) ?? Promise.resolve();
    const mine = before.then(turn, turn);
    turns.set(dashboardId, mine);
    try {
      return await mine;
    } finally {
      if (turns.get(dashboardId) === mine) turns.delete(dashboardId);
    }
  };

  return {
    async cached(dashboard, offlineReason = null) {
      const found = await Promise.all(dashboard.widgets.map((widget) => fromCache(dashboard, widget, offlineReason)));
      return found.filter((data) => data !== null);
    },

    async read(server, dashboard, widgetId, signal) {
      const widget = widgetOf(dashboard, widgetId);
      if (server === null) return offline(dashboard, widget, 'the database is not connected.');
      const key = JSON.stringify([dashboard.dashboardId, widgetId, sourceHash(widget.source)]);
      try {
        const onServer = reads.get(server) ?? coalesce<WidgetData>();
        reads.set(server, onServer);
        return await onServer.run(key, (stop) => fromServer(server, dashboard, widget, stop), signal);
      } catch (error) {
        if (signal?.aborted) throw cancelled(widget, error);
        if (!isFailure(error) || !outOfReach.has(error.value.code)) throw error;
        return offline(dashboard, widget, error.value.message, error);
      }
    },

    change,

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

function cancelled(widget: Widget, cause: unknown): Failure {
  const message = `Reading "${widget.title}" was cancelled.`;
  return new Failure({ code: 'cancelled', message, detail: { widgetId: widget.widgetId } }, { cause });
}

function widgetOf(dashboard: Dashboard, widgetId: string): Widget {
  const widget = dashboard.widgets.find((candidate) => candidate.widgetId === widgetId);
  if (widget !== undefined) return widget;
  throw new Failure({
    code: 'not_found',
    message: `The dashboard ${dashboard.title} has no widget ${widgetId}.`,
    detail: { dashboardId: dashboard.dashboardId, widgetId },
  });
}
