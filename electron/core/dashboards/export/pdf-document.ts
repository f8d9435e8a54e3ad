import type { Content, TDocumentDefinitions } from 'pdfmake/interfaces';
import { exactMoment } from '../../../../shared/format/freshness-label.ts';
import type { ExportPaper } from '../../../../shared/model/dashboard-export.ts';
import { oldest } from '../../../../shared/model/freshness.ts';
import type { Drawing } from './drawing.ts';
import type { ExportedWidget, ExportSetting } from './export-job.ts';
import { pdfRows, type PlacedWidget } from './pdf-rows.ts';
import { pdfTable } from './pdf-table.ts';
import { dashboardAge, printedAge, printedFilters } from './printed-age.ts';
import { exportFontFamily, svgDocument } from './svg-markup.ts';
import { widgetBody } from './widget-body.ts';

export interface PdfDocument {
  readonly definition: TDocumentDefinitions;
  readonly notices: readonly string[];
}

interface PdfInput {
  readonly title: string;
  readonly widgets: readonly ExportedWidget[];
  readonly setting: ExportSetting;
  readonly paper: ExportPaper;
  /** One widget alone has the page to itself. */
  readonly alone: boolean;
}

/** Marks the title of a table that may go on over pages. */
const headlineLevel = 1;
/** Share of the page above which such a title stands: below it there is room for its age and some rows. */
const lowestTableTitle = 0.75;

/** Points, portrait. */
const paperSizes = { A4: [595.28, 841.89], LETTER: [612, 792] } as const;
const marginPt = 36;
const gapPt = 16;
/** CSS pixels a point: charts are drawn as on a screen and printed at three quarters. */
const pxPerPt = 4 / 3;

/** Rows of a table that are printed: a report, not a listing. pdfmake lays out some 1,000 of three columns in a second of a core. */
const mostRowsAlone = 2000;
const mostRowsBeside = 200;

/** The document of one widget or of a dashboard: text that can be searched, charts as vectors, ages and filters on it. */
export function pdfDocument({ title, widgets, setting, paper, alone }: PdfInput, drawing: Drawing): PdfDocument {
  const { palette } = drawing;
  const [short, long] = paperSizes[paper.size];
  const pageWidthPt = (paper.orientation === 'landscape' ? long : short) - 2 * marginPt;
  const notices: string[] = [];
  const draw = (exported: ExportedWidget, widthPt: number): Content =>
    widgetContent(exported, { widthPt, alone, setting, drawing, tell: (note) => notices.push(note) });

  const content: Content[] = [titleContent(title, widgets, setting, alone, drawing)];
  for (const row of pdfRows(widgets, paper)) {
    content.push(
      alone && row[0] !== undefined
        ? draw(row[0].exported, pageWidthPt)
        : rowContent(row, pageWidthPt, (exported, widthPt) => draw(exported, widthPt)),
    );
  }
  const filters = printedFilters(setting.filters);
  const definition: TDocumentDefinitions = {
    pageSize: paper.size,
    pageOrientation: paper.orientation,
    pageMargins: [marginPt, marginPt, marginPt, marginPt + 14],
    language: 'en',
    displayTitle: true,
    version: '1.7',
    info: {
      title,
      subject: `${dashboardAge(oldestOf(widgets), setting)}. ${filters}`,
      creator: 'Daybreak',
      creationDate: new Date(setting.exportedAtMs),
    },
    defaultStyle: { font: exportFontFamily, fontSize: 9, color: palette.text },
    content,
    // A title with its table on the next page says nothing.
    pageBreakBefore: (node) =>
      node.headlineLevel === headlineLevel && node.startPosition.verticalRatio > lowestTableTitle,
    // A page that was torn out still says what it is, and under which filters.
    footer: (page, pageCount) => ({
      margin: [marginPt, 8, marginPt, 0],
      fontSize: 7.5,
      color: palette.textDim,
      columns: [
        { width: '*', text: `${title} · ${setting.serverLabel} · ${filters}` },
        { width: 'auto', text: `page ${page} of ${pageCount}`, alignment: 'right' },
      ],
    }),
  };
  return { definition, notices };
}

const oldestOf = (widgets: readonly ExportedWidget[]) =>
  oldest(widgets.flatMap(({ data }) => (data === null ? [] : [data.freshness])));

function titleContent(
  title: string,
  widgets: readonly ExportedWidget[],
  setting: ExportSetting,
  alone: boolean,
  { palette }: Drawing,
): Content {
  const exported = `exported ${exactMoment(setting.exportedAtMs, setting.timeZone)}`;
  const facts = alone
    ? [setting.serverLabel, exported]
    : [setting.serverLabel, dashboardAge(oldestOf(widgets), setting), exported];
  return {
    margin: [0, 0, 0, 10],
    stack: [
      { text: title, fontSize: 17, bold: true },
      { text: facts.join(' · '), color: palette.textDim, margin: [0, 2, 0, 0] },
      { text: printedFilters(setting.filters), color: palette.textDim },
    ],
  };
}

function rowContent(
  row: readonly PlacedWidget[],
  pageWidthPt: number,
  draw: (exported: ExportedWidget, widthPt: number) => Content,
): Content {
  const [first] = row;
  // A table breaks over pages; whatever is drawn stays in one piece.
  if (row.length === 1 && first?.exported.widget.kind === 'table') {
    return { margin: [0, 0, 0, 14], stack: [draw(first.exported, pageWidthPt)] };
  }
  const widthPt = pageWidthPt - gapPt * (row.length - 1);
  return {
    unbreakable: true,
    margin: [0, 0, 0, 14],
    columnGap: gapPt,
    columns: row.map(({ exported, share }) => ({
      width: widthPt * share,
      stack: [draw(exported, widthPt * share)],
    })),
  };
}

interface WidgetPrint {
  readonly widthPt: number;
  readonly alone: boolean;
  readonly setting: ExportSetting;
  readonly drawing: Drawing;
  readonly tell: (note: string) => void;
}

function widgetContent(exported: ExportedWidget, { widthPt, alone, setting, drawing, tell }: WidgetPrint): Content {
  const { widget, data, absent } = exported;
  const { palette } = drawing;
  const isLong = widget.kind === 'table' && data !== null && data.rows.length > 0;
  const head: Content[] = [
    // Alone, its title is the document's.
    ...(alone ? [] : [{ text: widget.title, fontSize: 11, bold: true, ...(isLong ? { headlineLevel } : {}) }]),
    { text: widget.question, fontSize: 8, color: palette.textDim, margin: [0, 0, 0, 4] },
  ];
  if (data === null) {
    return { stack: [...head, { text: absent ?? 'There is no number of this widget yet.', color: palette.textDim }] };
  }
  const { asOf, source, warning } = printedAge(widget, data.freshness, setting.timeZone);
  const age: Content[] = [
    { text: `${asOf} · ${source}`, fontSize: 8, color: palette.textDim, margin: [0, 3, 0, 0] },
    ...(warning === null ? [] : [{ text: warning, fontSize: 8, bold: true, color: palette.warning }]),
  ];
  if (isLong) {
    const table = pdfTable(widget, data, widthPt, alone ? mostRowsAlone : mostRowsBeside, drawing);
    if (table.note !== null) tell(`${widget.title}: ${table.note}`);
    // Above it: below, they would stand pages away from the first row.
    const note = table.note === null ? [] : [{ text: table.note, fontSize: 8, color: palette.textDim }];
    return { stack: [...head, ...age, ...note, { stack: [table.content], margin: [0, 4, 0, 0] }] };
  }
  const body = widgetBody(widget, data, { width: widthPt * pxPerPt, height: bodyHeightPx(exported, alone) }, drawing);
  if (body.note !== null) tell(`${widget.title}: ${body.note}`);
  const svg = svgDocument(widthPt * pxPerPt, body.height, widget.title, body.svg);
  return { stack: [...head, { svg, width: widthPt }, ...age] };
}

function bodyHeightPx({ widget, data }: ExportedWidget, alone: boolean): number {
  if (widget.kind === 'number') return 80;
  if (data?.rows.length === 0) return 24;
  if (widget.kind === 'heatmap') return alone ? 440 : 280;
  return alone ? 420 : 210;
}
