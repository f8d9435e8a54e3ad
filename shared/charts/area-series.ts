import { decimalToNumber } from '../format/decimal.ts';
import type { ChartOption } from './chart-option.ts';
import type { ChartPalette } from './palette.ts';
import { patternOf } from './pattern.ts';
import type { WidgetShape } from './widget-shape.ts';

/** Areas that lie on each other: how a whole and its parts move. A hole counts as nothing, or those above would fall. */
export function areaSeries(shape: WidgetShape, palette: ChartPalette): ChartOption['series'] {
  return shape.series.map(({ name, cells, place }) => {
    const color = palette.series[place % palette.series.length] ?? palette.accent;
    return {
      id: name,
      name,
      type: 'line' as const,
      stack: 'all',
      data: cells.map((cell) => decimalToNumber(cell) ?? 0),
      color,
      showSymbol: false,
      lineStyle: { width: 1, color },
      areaStyle: { color, opacity: 0.85, decal: patternOf(place, palette.scheme) },
      emphasis: { disabled: true },
    };
  });
}
