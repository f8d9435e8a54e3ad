import type { ChartPalette } from './palette.ts';
import { lineDash } from './line-dash.ts';
import type { DrawnKind } from './widget-option.ts';
import type { WidgetShape } from './widget-shape.ts';

export interface LegendItem {
  readonly name: string;
  readonly color: string;
  /** The series' place, which decides its pattern; null for a line. */
  readonly pattern: number | null;
  /** SVG dash array of a line; left out: solid. */
  readonly dash?: string;
  /** Of a shading, 0..1; left out: as solid as the series. */
  readonly opacity?: number;
}

/** What a widget's legend says. One series needs none, and a heat map has a scale. */
export function shapeLegend(kind: DrawnKind, shape: WidgetShape, palette: ChartPalette): LegendItem[] {
  if (kind === 'heatmap' || !(shape.options?.legend ?? shape.series.length > 1)) return [];
  return shape.series.map(({ name, place, onRight = false }) => {
    const line = kind === 'line' || onRight;
    return {
      name: onRight ? `${name} (right)` : name,
      color: palette.series[place % palette.series.length] ?? palette.accent,
      pattern: line ? null : place,
      ...(line ? { dash: lineDash(place).join(' ') } : {}),
    };
  });
}
