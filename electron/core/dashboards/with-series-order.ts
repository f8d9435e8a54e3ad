import { drawnOrder } from '../../../shared/charts/widget-shape.ts';
import type { Widget, WidgetData } from '../../../shared/model/dashboard.ts';
import { isFailure } from '../../../shared/model/failure.ts';
import type { DashboardStore } from '../history/history.ts';
import { sourceHash } from './source-hash.ts';

/**
 * A series keeps its colour under filters, as far as the number without them is saved and can be read. A number is never
 * held back for that.
 */
export async function withSeriesOrder(
  store: Pick<DashboardStore, 'lastResult'>,
  dashboardId: string,
  widget: Widget,
  data: WidgetData,
): Promise<WidgetData> {
  if (widget.series === null || data.filtering === undefined || data.filtering.applied.length === 0) return data;
  const order = drawnOrder(widget, await saved(store, dashboardId, widget));
  return order.length === 0 ? data : { ...data, seriesOrder: order };
}

async function saved(
  store: Pick<DashboardStore, 'lastResult'>,
  dashboardId: string,
  widget: Widget,
): Promise<WidgetData | null> {
  try {
    return await store.lastResult(dashboardId, widget.widgetId, sourceHash(widget.source));
  } catch (error) {
    if (!isFailure(error)) throw error;
    return null;
  }
}
