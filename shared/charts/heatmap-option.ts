import { decimalToNumber } from '../format/decimal.ts';
import { defaultLocale, numberFormat } from '../format/number-formats.ts';
import { axisLabel } from './axis-label.ts';
import { axisText, baseOption } from './base-option.ts';
import { readableOn } from './color.ts';
import { categoryName, categoryPlaces } from './category-names.ts';
import type { ChartOption, HeatCell } from './chart-option.ts';
import type { ChartPalette } from './palette.ts';
import { seriesText, type WidgetShape } from './widget-shape.ts';

/** More columns than this are narrower than a number; hovering and the table say it. */
const mostColumnsWithText = 14;

/** More columns than this are a few pixels wide: gaps between them would be all that is seen. */
const mostColumnsWithGaps = 60;

/** Smallest and largest value that a heat map shows; null when it shows none. */
export function heatRange(shape: WidgetShape): { readonly low: number; readonly high: number } | null {
  let range: { low: number; high: number } | null = null;
  for (const { cells } of shape.series) {
    for (const cell of cells) {
      const value = decimalToNumber(cell);
      if (value === null) continue;
      range =
        range === null
          ? { low: value, high: value }
          : { low: Math.min(range.low, value), high: Math.max(range.high, value) };
    }
  }
  return range;
}

/** '93k': two digits, as much as a cell has room for. */
const roughly = (value: number, locale: string = defaultLocale): string =>
  numberFormat(locale, { notation: 'compact', maximumSignificantDigits: 2 }).format(value);

/** Categories from left to right, series from top to bottom, one colour scale. */
export function heatmapOption(shape: WidgetShape, palette: ChartPalette): ChartOption {
  const base = baseOption(palette);
  const range = heatRange(shape) ?? { low: 0, high: 1 };
  const format = shape.series[0]?.format ?? 'decimal';
  const crowded = shape.categories.length > mostColumnsWithGaps;
  const withText = shape.categories.length <= mostColumnsWithText;
  const cells = shape.series.flatMap((series, y) =>
    series.cells.flatMap((cell, x): HeatCell[] => {
      const value = decimalToNumber(cell);
      if (value === null) return [];
      // ECharts makes a model of every item with a style of its own, which a thousand cells without text are not worth.
      if (!withText) return [[x, y, value]];
      const share = (value - range.low) / (range.high - range.low || 1);
      return [
        {
          value: [x, y, value],
          label: { color: readableOn(palette.heatLow, palette.heatHigh, share, [palette.text, palette.surface]) },
        },
      ];
    }),
  );
  const axis = {
    type: 'category' as const,
    axisLabel: axisText(palette),
    axisLine: { show: false },
    axisTick: { show: false },
    splitArea: { show: false },
  };
  return {
    ...base,
    ...(crowded ? { animation: false } : {}),
    aria: { enabled: true, label: { enabled: false }, decal: { show: false } },
    grid: { left: 4, right: 8, top: 6, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    visualMap: {
      type: 'continuous',
      show: false,
      min: range.low,
      max: range.high > range.low ? range.high : range.low + 1,
      inRange: { color: [palette.heatLow, palette.heatHigh] },
    },
    xAxis: {
      ...axis,
      axisLabel: {
        ...axisText(palette),
        formatter: categoryName(shape),
        // Few names all show, on two lines where they must.
        ...(shape.categories.length <= 6 && !shape.calendar
          ? { interval: 0, hideOverlap: false, width: 72, overflow: 'break' as const, lineHeight: 13 }
          : {}),
      },
      data: categoryPlaces(shape),
    },
    yAxis: {
      ...axis,
      axisLabel: { ...axisText(palette), width: 112, overflow: 'truncate' },
      inverse: true,
      data: shape.series.map(({ name }) => name),
    },
    series: [
      {
        id: 'heat',
        type: 'heatmap',
        data: cells,
        itemStyle: crowded ? {} : { borderColor: palette.surface, borderWidth: 2, borderRadius: 3 },
        label: {
          show: withText,
          fontSize: shape.categories.length > 10 ? 9 : 10,
          formatter: (params: unknown) => {
            const [, , value] = cellOf(params);
            return format === 'percent' ? axisLabel(value, format, null, shape.locale) : roughly(value, shape.locale);
          },
        },
        emphasis: { itemStyle: { borderColor: palette.line, borderWidth: 2 } },
      },
    ],
  };
}

/** What hovering over a cell says; null beside the cells and where there is no value. */
export function heatText(shape: WidgetShape, x: number, y: number): string | null {
  const series = shape.series[y];
  const category = shape.categories[x];
  if (series === undefined || category === undefined) return null;
  return `${series.name}\n${category.full}: ${seriesText(shape, series, series.cells[x] ?? null)}`;
}

function cellOf(params: unknown): [number, number, number] {
  if (typeof params === 'object' && params !== null && 'value' in params && Array.isArray(params.value)) {
    const [x, y, value] = params.value.map(Number);
    return [x ?? -1, y ?? -1, value ?? Number.NaN];
  }
  return [-1, -1, Number.NaN];
}
