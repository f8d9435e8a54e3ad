import type { Drawing } from './drawing.ts';
import type { ExportedWidget, ExportSetting } from './export-job.ts';
import { svgDocument } from './svg-markup.ts';
import { widgetCard } from './widget-card.ts';

export interface SvgPicture {
  readonly svg: string;
  readonly notices: readonly string[];
}

const widthPx = 960;
const numberWidthPx = 560;

/** One widget as an SVG document. */
export function widgetSvg(exported: ExportedWidget, setting: ExportSetting, drawing: Drawing): SvgPicture {
  const width = exported.widget.kind === 'number' ? numberWidthPx : widthPx;
  const card = widgetCard(exported, setting, { width, height: null }, drawing);
  return {
    svg: svgDocument(card.width, card.height, exported.widget.title, card.svg),
    notices: card.note === null ? [] : [card.note],
  };
}
