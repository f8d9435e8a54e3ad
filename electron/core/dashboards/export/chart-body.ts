import { axisLabel } from '../../../../shared/charts/axis-label.ts';
import { heatRange } from '../../../../shared/charts/heatmap-option.ts';
import { shapeLegend, type LegendItem } from '../../../../shared/charts/legend-items.ts';
import { patternOf } from '../../../../shared/charts/pattern.ts';
import { widgetOption, type DrawnKind } from '../../../../shared/charts/widget-option.ts';
import type { WidgetShape } from '../../../../shared/charts/widget-shape.ts';
import { chartSvg } from './chart-svg.ts';
import type { Box, Drawing, Drawn } from './drawing.ts';
import { px, svgRect, svgText } from './svg-markup.ts';
import { fitText } from './text-measure.ts';

const legendPx = 12;
const legendRowPx = 20;
const lineSamplePx = 20;
const swatchPx = 12;
const apartPx = 16;

/** A chart above its legend; on a screen the legend is HTML, here it has to be drawn. */
export function chartBody(kind: DrawnKind, shape: WidgetShape, box: Box, drawing: Drawing): Drawn {
  const legend =
    kind === 'heatmap'
      ? heatScale(shape, drawing)
      : drawnLegend(shapeLegend(kind, shape, drawing.palette), box.width, drawing);
  const chartHeight = Math.max(80, box.height - legend.height);
  const chart = chartSvg(widgetOption(kind, shape, drawing.palette), box.width, chartHeight, drawing.measure);
  return {
    svg: `${chart}<g transform="translate(0 ${px(chartHeight)})">${legend.svg}</g>`,
    height: chartHeight + legend.height,
    note: null,
  };
}

function drawnLegend(items: readonly LegendItem[], width: number, drawing: Drawing): Drawn {
  const { palette, measure } = drawing;
  const parts: string[] = [];
  let left = 0;
  let row = 0;
  for (const item of items) {
    const markPx = (item.pattern === null ? lineSamplePx : swatchPx) + 6;
    const name = fitText(measure, item.name, width - markPx, legendPx);
    const itemWidth = markPx + measure.widthOf(name, legendPx);
    if (left > 0 && left + itemWidth > width) {
      left = 0;
      row += 1;
    }
    const top = 8 + row * legendRowPx;
    parts.push(swatch(item, left, top, drawing));
    parts.push(svgText(name, { x: left + markPx, y: top + 10, sizePx: legendPx, color: palette.textDim }));
    left += itemWidth + apartPx;
  }
  return { svg: parts.join(''), height: items.length === 0 ? 0 : 8 + (row + 1) * legendRowPx, note: null };
}

function swatch(item: LegendItem, left: number, top: number, { palette, nextId }: Drawing): string {
  if (item.pattern === null) {
    const dash = item.dash ? ` stroke-dasharray="${item.dash}"` : '';
    return `<line x1="${px(left)}" y1="${px(top + 6)}" x2="${px(left + lineSamplePx)}" y2="${px(top + 6)}" stroke="${item.color}" stroke-width="2"${dash}/>`;
  }
  const box = { x: left, y: top, width: swatchPx, height: swatchPx, radius: 2 };
  const { symbol, rotation, color } = patternOf(item.pattern, palette.scheme);
  const plain = svgRect({ ...box, fill: item.color });
  if (symbol === 'none') return plain;
  const id = nextId();
  const mark = symbol === 'rect' ? '<rect width="4" height="1.4"' : '<circle cx="2" cy="2" r="1"';
  return `<defs><pattern id="${id}" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(${px((rotation * 180) / Math.PI)})">${mark} fill="${color}"/></pattern></defs>${plain}${svgRect({ ...box, fill: `url(#${id})` })}`;
}

const scaleWidthPx = 120;

function heatScale(shape: WidgetShape, { palette, measure, nextId }: Drawing): Drawn {
  const range = heatRange(shape);
  if (range === null) return { svg: '', height: 0, note: null };
  const format = shape.series[0]?.format ?? 'decimal';
  const low = axisLabel(range.low, format, shape.currency);
  const high = axisLabel(range.high, format, shape.currency);
  const from = measure.widthOf(low, legendPx) + 8;
  const id = nextId();
  const text = { y: 18, sizePx: legendPx, color: palette.textDim };
  return {
    svg: [
      `<defs><linearGradient id="${id}"><stop offset="0" stop-color="${palette.heatLow}"/><stop offset="1" stop-color="${palette.heatHigh}"/></linearGradient></defs>`,
      svgText(low, { ...text, x: 0 }),
      svgRect({ x: from, y: 9, width: scaleWidthPx, height: 10, fill: `url(#${id})`, radius: 4 }),
      svgText(high, { ...text, x: from + scaleWidthPx + 8 }),
    ].join(''),
    height: 28,
    note: null,
  };
}
