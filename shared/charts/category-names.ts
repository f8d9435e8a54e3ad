import type { WidgetShape } from './widget-shape.ts';

/** The categories of an axis by their places, named only where ECharts shows a label. */
export const categoryPlaces = (shape: WidgetShape): string[] => shape.categories.map((_, place) => String(place));

/** The label of a place that `categoryPlaces` gave the axis. */
export const categoryName =
  (shape: WidgetShape) =>
  (place: string): string =>
    shape.categories[Number(place)]?.short ?? '';
