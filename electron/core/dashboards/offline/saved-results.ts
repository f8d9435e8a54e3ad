import type { Dashboard, Widget, WidgetData } from '../../../../shared/model/dashboard.ts';
import { Failure } from '../../../../shared/model/failure.ts';
import type { SavedResult } from '../../../../shared/model/offline-cache.ts';
import type { History } from '../../history/history.ts';
import type { ResultPlace } from '../../history/result-body.ts';
import type { Clock } from '../../ports.ts';
import { widgetOf } from '../dashboards.ts';
import { filtersKey, type ResolvedFilter } from '../filters/resolve-filters.ts';
import { sourceHash } from '../source-hash.ts';
import { cachedFreshness } from '../widget-freshness.ts';
import { withSeriesOrder } from '../with-series-order.ts';

interface Options {
  readonly history: History;
  readonly clock: Clock;
}

const placeOf = (dashboard: Dashboard, widget: Widget, filters: readonly ResolvedFilter[]): ResultPlace => ({
  dashboardId: dashboard.dashboardId,
  widgetId: widget.widgetId,
  sourceHash: sourceHash(widget.source),
  filterKey: filtersKey(filters),
});

/** What was saved of one widget under its present definition, newest first. Asks no database. */
export async function savedResults(
  { history }: Pick<Options, 'history'>,
  dashboard: Dashboard,
  widgetId: string,
  filters: readonly ResolvedFilter[],
): Promise<SavedResult[]> {
  return history.results.list(placeOf(dashboard, widgetOf(dashboard, widgetId), filters));
}

/** One earlier result; `unreadable` where it is there and cannot be shown. Throws `not_found` for one that is gone. */
export async function savedResult(
  { history, clock }: Options,
  dashboard: Dashboard,
  {
    widgetId,
    resultId,
    filters,
  }: { readonly widgetId: string; readonly resultId: string; readonly filters: readonly ResolvedFilter[] },
): Promise<WidgetData> {
  const widget = widgetOf(dashboard, widgetId);
  const stored = await history.results.get(placeOf(dashboard, widget, filters), resultId);
  if (stored === null) {
    throw new Failure({
      code: 'not_found',
      message: `The saved result ${resultId} of "${widget.title}" is gone: the oldest are dropped when there are too many. Choose another one.`,
      detail: { widgetId, resultId },
    });
  }
  const freshness = cachedFreshness(widget, stored.freshness, clock.nowMs(), null);
  return withSeriesOrder(history.dashboards, dashboard.dashboardId, widget, { ...stored, freshness, tookMs: null });
}
