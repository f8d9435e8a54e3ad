import { oldest } from '../../../../shared/model/freshness.ts';
import type { Drawing } from './drawing.ts';
import type { ExportedWidget, ExportSetting } from './export-job.ts';
import { exportGrounds } from './palettes.ts';
import { dashboardAge, printedFilters } from './printed-age.ts';
import { px, svgDocument, svgRect, svgText } from './svg-markup.ts';
import { wrapText } from './text-measure.ts';
import { widgetCard } from './widget-card.ts';
import type { SvgPicture } from './widget-svg.ts';

const widthPx = 1600;
const marginPx = 24;
const gapPx = 12;
const columnCount = 12;
/** Of a row of the grid with its gap. A card of a picture says its age on lines of its own: more than on a screen. */
const rowPx = 86;

/** A dashboard as one SVG document: its widgets where they stand on the screen. */
export function dashboardSvg(
  title: string,
  widgets: readonly ExportedWidget[],
  setting: ExportSetting,
  drawing: Drawing,
): SvgPicture {
  const { palette, measure } = drawing;
  const inner = widthPx - 2 * marginPx;
  const columnPx = (inner + gapPx) / columnCount;
  const parts: string[] = [];
  let top = marginPx;
  parts.push(svgText(title, { x: marginPx, y: top + 20, sizePx: 24, color: palette.text, weight: 'bold' }));
  top += 36;
  const age = dashboardAge(oldest(widgets.flatMap(({ data }) => (data === null ? [] : [data.freshness]))), setting);
  for (const text of [`${setting.serverLabel} · ${age}`, printedFilters(setting.filters)]) {
    for (const line of wrapText(measure, text, inner, 13)) {
      parts.push(svgText(line, { x: marginPx, y: top + 12, sizePx: 13, color: palette.textDim }));
      top += 19;
    }
  }
  top += 10;

  const notices: string[] = [];
  let bottom = top;
  for (const exported of widgets) {
    const { x, y, w, h } = exported.widget.layout;
    const size = { width: w * columnPx - gapPx, height: h * rowPx - gapPx };
    const card = widgetCard(exported, { ...setting, filters: null }, size, drawing);
    const cardTop = top + y * rowPx;
    parts.push(`<g transform="translate(${px(marginPx + x * columnPx)} ${px(cardTop)})">${card.svg}</g>`);
    bottom = Math.max(bottom, cardTop + size.height);
    if (card.note !== null) notices.push(`${exported.widget.title}: ${card.note}`);
  }
  const height = bottom + marginPx;
  const ground = svgRect({ x: 0, y: 0, width: widthPx, height, fill: exportGrounds[palette.scheme] });
  return { svg: svgDocument(widthPx, height, title, ground + parts.join('')), notices };
}
