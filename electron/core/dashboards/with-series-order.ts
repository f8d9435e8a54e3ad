import { drawnOrder } from '../../../shared/charts/widget-shape.ts';
import type { Widget, WidgetData } from '../../../shared/model/dashboard.ts';

/** A series keeps its colour under filters, as far as the number without them (`whole`) is saved. */
export async function withSeriesOrder(
  widget: Widget,
  data: WidgetData,
  whole: () => Promise<WidgetData | null>,
): Promise<WidgetData> {
  if (widget.series === null || data.filtering === undefined || data.filtering.applied.length === 0) return data;
  const saved = await whole();
  const order = saved === null || saved.unreadable !== undefined ? [] : drawnOrder(widget, saved);
  return order.length === 0 ? data : { ...data, seriesOrder: order };
}
