import type { ExportFilter } from '../../../../shared/model/dashboard-export.ts';
import type { Drawing } from './drawing.ts';
import type { ExportedWidget } from './export-job.ts';
import { printedAge, printedFilters } from './printed-age.ts';
import { px, svgRect, svgText } from './svg-markup.ts';
import { tableLayout } from './table-layout.ts';
import { tableRowPx, tableTextPx } from './table-body.ts';
import { fitText, wrapText } from './text-measure.ts';
import { messageBody, widgetBody } from './widget-body.ts';

export interface CardSize {
  readonly width: number;
  /** Of the whole card; null: as high as its kind wants to be. */
  readonly height: number | null;
}

export interface CardSetting {
  readonly timeZone: string;
  /** Null where something around the card says them for all. */
  readonly filters: readonly ExportFilter[] | null;
}

export interface Card {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly note: string | null;
}

const paddingPx = 20;
const titlePx = 18;
const questionPx = 12.5;
const footPx = 12;
const footRowPx = 17;
/** A picture of a table goes on as long as somebody would look at it; the rest is what CSV is for. */
const mostRows = 60;
const narrowestTablePx = 560;
const widestTablePx = 3200;

/** A widget as a picture: title, question, numbers, and below them how old they are, where from, and under which filters. */
export function widgetCard(exported: ExportedWidget, setting: CardSetting, size: CardSize, drawing: Drawing): Card {
  const { widget } = exported;
  const { palette, measure } = drawing;
  const width = size.height === null ? ownWidth(exported, size.width, drawing) : size.width;
  const inner = width - 2 * paddingPx;
  const head: string[] = [];
  let top = paddingPx;
  const title = fitText(measure, widget.title, inner, titlePx, 'bold');
  head.push(svgText(title, { x: paddingPx, y: top + 15, sizePx: titlePx, color: palette.text, weight: 'bold' }));
  top += 24;
  const question = wrapText(measure, widget.question, inner, questionPx);
  for (const line of size.height === null ? question : question.slice(0, 1)) {
    head.push(svgText(line, { x: paddingPx, y: top + 12, sizePx: questionPx, color: palette.textDim }));
    top += 17;
  }
  top += 12;

  const feet = footLines(exported, setting);
  const footRows = (note: string | null) =>
    [...feet, ...(note === null ? [] : [{ text: note, color: 'dim' as const }])].flatMap(({ text, color }) =>
      wrapText(measure, text, inner, footPx).map((line) => ({ line, color })),
    );
  // What a table leaves out is known after it is drawn: room for one line of it is kept.
  const noteRows = size.height !== null && widget.kind === 'table' ? 1 : 0;
  const footHeight = (footRows(null).length + noteRows) * footRowPx + 10;
  const bodyHeight = size.height === null ? ownHeight(exported) : size.height - top - footHeight - paddingPx + 6;
  const box = { width: inner, height: Math.max(40, bodyHeight) };
  const body =
    exported.data === null
      ? messageBody(exported.absent ?? 'There is no number of this widget yet.', box, drawing)
      : widgetBody(widget, exported.data, box, drawing);

  const rows = footRows(body.note);
  const height = size.height ?? top + body.height + 14 + rows.length * footRowPx + paddingPx - 6;
  const footTop = height - paddingPx + 6 - rows.length * footRowPx;
  const foot = rows.map(({ line, color }, index) =>
    svgText(line, {
      x: paddingPx,
      y: footTop + footRowPx * (index + 1) - 5,
      sizePx: footPx,
      color: color === 'warning' ? palette.warning : palette.textDim,
      weight: color === 'warning' ? 'bold' : 'regular',
    }),
  );
  // Alone, its ground is the picture's.
  const ground =
    size.height === null
      ? svgRect({ x: 0, y: 0, width, height, fill: palette.surface })
      : svgRect({
          x: 0.5,
          y: 0.5,
          width: width - 1,
          height: height - 1,
          fill: palette.surface,
          stroke: palette.border,
          radius: 8,
        });
  const svg = `${ground}${head.join('')}<g transform="translate(${paddingPx} ${px(top)})">${body.svg}</g>${foot.join('')}`;
  return { svg, width, height, note: body.note };
}

function footLines({ widget, data }: ExportedWidget, { timeZone, filters }: CardSetting) {
  const lines: { text: string; color: 'dim' | 'warning' }[] = [];
  if (data !== null) {
    const age = printedAge(widget, data.freshness, timeZone);
    lines.push({ text: `${age.asOf} · ${age.source}`, color: 'dim' });
    if (age.warning !== null) lines.push({ text: age.warning, color: 'warning' });
  }
  if (filters !== null) lines.push({ text: printedFilters(filters), color: 'dim' });
  return lines;
}

function ownHeight({ widget, data }: ExportedWidget): number {
  const rows = data?.rows.length ?? 0;
  switch (widget.kind) {
    case 'number':
      return 96;
    case 'table':
      return (Math.min(rows, mostRows) + 1) * tableRowPx;
    case 'heatmap': {
      const names = new Set(data?.rows.map((row) => row[seriesIndex(widget.series, data.columns)]));
      return Math.max(360, 34 * names.size + 60);
    }
    default:
      return 420;
  }
}

const seriesIndex = (name: string | null, columns: readonly { readonly name: string }[]): number =>
  columns.findIndex((column) => column.name === name);

/** A table is as wide as its cells: a picture has no page to keep to, and air between columns helps nobody. */
function ownWidth({ widget, data }: ExportedWidget, width: number, { measure }: Drawing): number {
  if (widget.kind !== 'table' || data === null) return width;
  const { columns } = tableLayout(widget, data, Infinity, tableTextPx, measure);
  const wanted = columns.reduce((sum, column) => sum + column.width, 0) + 2 * paddingPx;
  return Math.min(widestTablePx, Math.max(narrowestTablePx, wanted));
}
