import { decimalToNumber } from '../format/decimal.ts';
import { axisLabel } from './axis-label.ts';
import { axisText, baseOption, gridLines, hoverOption } from './base-option.ts';
import { categoryName, categoryPlaces } from './category-names.ts';
import type { ChartOption, SeriesOption } from './chart-option.ts';
import { lineDash } from './line-dash.ts';
import type { ChartPalette } from './palette.ts';
import { patternOf } from './pattern.ts';
import type { ShapeSeries, WidgetShape } from './widget-shape.ts';

const symbols = ['circle', 'rect', 'triangle', 'diamond'] as const;

/** Bars against the axis on the left, lines against one of their own on the right: two units, one calendar. */
export function combinedOption(shape: WidgetShape, palette: ChartPalette): ChartOption {
  // Beside bars, which begin at zero, a line that does not would look like a collapse.
  const fromZero = shape.options?.fromZero !== false;
  const few = shape.categories.length <= 6 && !shape.calendar;
  return {
    ...baseOption(palette),
    grid: { left: 4, right: 4, top: 10, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: hoverOption(palette, 'shadow'),
    xAxis: {
      type: 'category',
      data: categoryPlaces(shape),
      axisLabel: {
        ...axisText(palette),
        formatter: categoryName(shape),
        ...(few ? { interval: 0, hideOverlap: false, width: 56, overflow: 'break' as const, lineHeight: 13 } : {}),
      },
      axisLine: { lineStyle: { color: palette.grid } },
      axisTick: { show: false },
    },
    yAxis: [
      { ...valueAxis(shape, palette, false), scale: false, splitLine: gridLines(palette) },
      // Two grids would cross each other: the lines are read from the dots and the hover text.
      { ...valueAxis(shape, palette, true), position: 'right', scale: !fromZero, splitLine: { show: false } },
    ],
    series: shape.series.map((series) => drawn(shape, series, palette)),
  };
}

function valueAxis(shape: WidgetShape, palette: ChartPalette, right: boolean) {
  const first = shape.series.find(({ onRight = false }) => onRight === right);
  const format = first?.format ?? 'decimal';
  const currency = first?.currency ?? shape.currency;
  return {
    type: 'value' as const,
    axisLabel: {
      ...axisText(palette),
      formatter: (tick: number) => axisLabel(tick, format, currency, shape.locale),
    },
    splitNumber: 4,
  };
}

function drawn(
  shape: WidgetShape,
  { name, cells, place, onRight = false }: ShapeSeries,
  palette: ChartPalette,
): SeriesOption {
  const color = palette.series[place % palette.series.length] ?? palette.accent;
  const common = { id: name, name, color, data: cells.map(decimalToNumber) };
  if (!onRight) {
    return {
      ...common,
      type: 'bar' as const,
      yAxisIndex: 0,
      data: common.data.map((value) => ({ value: value ?? Number.NaN })),
      itemStyle: { decal: patternOf(place, palette.scheme), borderRadius: 2 },
      barMaxWidth: 48,
      barCategoryGap: '32%',
      emphasis: { focus: 'none' as const },
    };
  }
  return {
    ...common,
    type: 'line' as const,
    yAxisIndex: 1,
    symbol: symbols[place % symbols.length],
    symbolSize: 6,
    showSymbol: shape.categories.length <= 31,
    lineStyle: { width: 2, type: lineDash(place).length === 0 ? ('solid' as const) : [...lineDash(place)] },
    emphasis: { disabled: true },
  };
}
