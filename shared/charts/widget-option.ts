import { formatCell } from '../format/cell.ts';
import { decimalToNumber, sumDecimals } from '../format/decimal.ts';
import type { Widget } from '../model/dashboard.ts';
import { assertNever } from '../model/assert-never.ts';
import { axisLabel } from './axis-label.ts';
import { axisText, baseOption, gridLines, hoverOption } from './base-option.ts';
import { categoryName, categoryPlaces } from './category-names.ts';
import type { ChartOption } from './chart-option.ts';
import type { PlotPlace } from './plot-place.ts';
import { areaSeries } from './area-series.ts';
import { combinedOption } from './combined-option.ts';
import { heatmapOption, heatText } from './heatmap-option.ts';
import type { ChartPalette } from './palette.ts';
import { lineDash } from './line-dash.ts';
import { patternOf } from './pattern.ts';
import { seriesText, type WidgetShape } from './widget-shape.ts';

/** Kinds that are drawn by ECharts; a number and a table are HTML. */
export type DrawnKind = Exclude<Widget['kind'], 'number' | 'table'>;

const symbols = ['circle', 'rect', 'triangle', 'diamond'] as const;

/** From harmless to overdue. Few buckets take the ends of the scale. */
function agingColors(count: number, palette: ChartPalette): string[] {
  const [calm = palette.accent, , , , yellow = palette.warning] = palette.series;
  const scale = [calm, yellow, palette.reporting, palette.lockWait];
  return Array.from({ length: count }, (_, index) => {
    const place = count <= 1 ? 0 : Math.round((index / (count - 1)) * (scale.length - 1));
    return scale[place] ?? palette.lockWait;
  });
}

/** What hovering over a category says: every series with its exact value, and the total of a stack. */
export function categoryText(shape: WidgetShape, index: number, total: boolean): string {
  const lines = [shape.categories[index]?.full ?? ''];
  for (const series of shape.series) {
    const value = seriesText(shape, series, series.cells[index] ?? null);
    lines.push(shape.series.length === 1 ? value : `${series.name}: ${value}`);
  }
  const format = shape.series[0]?.format;
  if (total && format !== undefined && shape.series.length > 1) {
    const sum = sumDecimals(shape.series.map(({ cells }) => cells[index] ?? null));
    lines.push(`total: ${formatCell(sum, format, shape.currency, shape.locale)}`);
  }
  return lines.join('\n');
}

/** Bars with names lie on their side, so that the names can be read; the calendar runs from left to right. */
function isSideways(kind: DrawnKind, shape: WidgetShape): boolean {
  if (kind !== 'bar' && kind !== 'stacked' && kind !== 'aging') return false;
  if (isAreas(kind, shape)) return false;
  const wanted = shape.options?.orientation;
  if (wanted !== undefined) return wanted === 'sideways';
  return kind !== 'aging' && !shape.calendar && shape.categories.some(({ short }) => short.length > 4);
}

const isAreas = (kind: DrawnKind, shape: WidgetShape): boolean =>
  kind === 'stacked' && shape.options?.stackedAs === 'areas';

/** What hovering over a place of the plot says; null beside the bars. */
export function hoverText(kind: DrawnKind, shape: WidgetShape, place: PlotPlace): string | null {
  if (kind === 'heatmap') return heatText(shape, Math.round(place.x), Math.round(place.y));
  const index = Math.round(isSideways(kind, shape) ? place.y : place.x);
  return index in shape.categories ? categoryText(shape, index, kind === 'stacked') : null;
}

/** The picture of a widget. Pixel positions come from numbers, every printed value from exact text. */
export function widgetOption(kind: DrawnKind, shape: WidgetShape, palette: ChartPalette): ChartOption {
  switch (kind) {
    case 'heatmap':
      return heatmapOption(shape, palette);
    case 'combined':
      return combinedOption(shape, palette);
    case 'line':
      return axesOption(shape, palette, false, lineSeries(shape, palette));
    case 'bar':
    case 'aging':
    case 'stacked': {
      if (isAreas(kind, shape)) return axesOption(shape, palette, false, areaSeries(shape, palette), true);
      return axesOption(shape, palette, isSideways(kind, shape), barSeries(kind, shape, palette));
    }
    default:
      return assertNever(kind);
  }
}

function lineSeries(shape: WidgetShape, palette: ChartPalette): ChartOption['series'] {
  return shape.series.map(({ name, cells, place }) => {
    const color = palette.series[place % palette.series.length] ?? palette.accent;
    return {
      id: name,
      name,
      type: 'line' as const,
      data: cells.map(decimalToNumber),
      color,
      symbol: symbols[place % symbols.length],
      symbolSize: 5,
      showSymbol: shape.categories.length <= 16,
      sampling: 'lttb' as const,
      lineStyle: { width: 2, type: lineDash(place).length === 0 ? ('solid' as const) : [...lineDash(place)] },
      ...(shape.series.length === 1 ? { areaStyle: { color, opacity: 0.15, decal: { symbol: 'none' as const } } } : {}),
      emphasis: { disabled: true },
    };
  });
}

/** A card is some four hundred pixels wide: from here on nobody sees a bar's pattern, or one of them grow. */
const crowdedCategories = 100;

function barSeries(
  kind: 'bar' | 'aging' | 'stacked',
  shape: WidgetShape,
  palette: ChartPalette,
): ChartOption['series'] {
  // Bars of a pixel or two: nobody sees a pattern in them, and drawing a thousand takes long.
  const crowded = shape.categories.length > crowdedCategories;
  const aging =
    kind === 'aging' && !crowded && shape.series.length === 1 ? agingColors(shape.categories.length, palette) : null;
  return shape.series.map(({ name, cells, place }) => {
    const color = palette.series[place % palette.series.length] ?? palette.accent;
    return {
      id: name,
      name,
      type: 'bar' as const,
      ...(kind === 'stacked' ? { stack: 'all' } : {}),
      // Numbers alone where no bar has a style of its own: ECharts makes a model of every other item.
      data: cells.map((cell, category) => {
        const value = decimalToNumber(cell) ?? Number.NaN;
        if (aging === null) return value;
        return { value, itemStyle: { color: aging[category] ?? color, decal: patternOf(category, palette.scheme) } };
      }),
      color,
      ...(crowded
        ? { large: true, largeThreshold: crowdedCategories }
        : { itemStyle: { decal: patternOf(place, palette.scheme), borderRadius: kind === 'stacked' ? 0 : 2 } }),
      barMaxWidth: 48,
      barCategoryGap: '32%',
      emphasis: { focus: 'none' as const },
    };
  });
}

/** ECharts leaves no room for what a last label ("31 Dec") has beyond the end of its axis. */
const halfALabelPx = 20;

/** Few names all show, on two lines where they must; many are thinned out by what fits. */
function categoryLabels(shape: WidgetShape, sideways: boolean) {
  if (sideways) return { width: 110, overflow: 'truncate' as const };
  if (shape.calendar || shape.categories.length > 6) return {};
  return { interval: 0, hideOverlap: false, width: 56, overflow: 'break' as const, lineHeight: 13 };
}

function axesOption(
  shape: WidgetShape,
  palette: ChartPalette,
  sideways: boolean,
  series: ChartOption['series'],
  fromZero = shape.options?.fromZero === true,
): ChartOption {
  const base = baseOption(palette);
  const format = shape.series[0]?.format ?? 'decimal';
  const currency = shape.series[0]?.currency ?? shape.currency;
  const line = shape.series.length > 0 && !sideways && Array.isArray(series) && series[0]?.type === 'line';
  const categoryAxis = {
    type: 'category' as const,
    data: categoryPlaces(shape),
    inverse: sideways,
    boundaryGap: !line,
    axisLabel: { ...axisText(palette), ...categoryLabels(shape, sideways), formatter: categoryName(shape) },
    axisLine: { lineStyle: { color: palette.grid } },
    axisTick: { show: false },
  };
  const valueAxis = {
    type: 'value' as const,
    axisLabel: { ...axisText(palette), formatter: (tick: number) => axisLabel(tick, format, currency, shape.locale) },
    splitNumber: 4,
    // Bars must start at zero; a line may show a small change of something large.
    scale: line && !fromZero,
    splitLine: gridLines(palette),
  };
  return {
    ...base,
    ...(shape.categories.length > crowdedCategories ? { animation: false } : {}),
    grid: {
      left: 4,
      right: sideways ? 12 : halfALabelPx,
      top: 10,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: hoverOption(palette, line ? 'line' : 'shadow'),
    xAxis: sideways ? valueAxis : categoryAxis,
    yAxis: sideways ? categoryAxis : valueAxis,
    series,
  };
}
