import type { Content, CustomTableLayout, TableCell } from 'pdfmake/interfaces';
import type { Widget, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { Drawing } from './drawing.ts';
import { rowsNote } from './table-body.ts';
import { droppedNote, tableLayout } from './table-layout.ts';

const sizesPt = [8, 7, 6] as const;
/** On each side of a cell, pt; `tableLayout` counts with as much. */
const paddingPt = 4;

const lines = (color: string): CustomTableLayout => ({
  hLineWidth: (row) => (row === 0 ? 0 : 0.5),
  vLineWidth: () => 0,
  hLineColor: () => color,
  paddingLeft: () => paddingPt,
  paddingRight: () => paddingPt,
  paddingTop: () => 2,
  paddingBottom: () => 2,
});

export interface PdfTable {
  readonly content: Content;
  readonly note: string | null;
}

/** Rows as text of the document, their head again on every page. Texts wrap; numbers do not, and are never cut. */
export function pdfTable(
  widget: Widget,
  data: WidgetData,
  widthPt: number,
  mostRows: number,
  drawing: Drawing,
): PdfTable {
  const { palette, measure } = drawing;
  const layouts = sizesPt.map((sizePt) => ({ sizePt, ...tableLayout(widget, data, widthPt, sizePt, measure) }));
  // Smaller type before a column is left out.
  const { sizePt, columns, dropped } = layouts.find((layout) => layout.dropped.length === 0) ?? layouts.at(-1)!;
  const rows = data.rows.slice(0, mostRows);
  const alignment = (numeric: boolean) => (numeric ? ('right' as const) : ('left' as const));
  const head = columns.map(({ title, numeric }): TableCell => ({
    text: title,
    bold: true,
    color: palette.textDim,
    alignment: alignment(numeric),
  }));
  const body = rows.map((row) =>
    columns.map(({ textOf, numeric }): TableCell => ({
      text: textOf(row),
      alignment: alignment(numeric),
      ...(numeric ? { noWrap: true } : {}),
    })),
  );
  const notes = [rowsNote(rows.length, data.rows.length), droppedNote(dropped)].filter((note) => note !== null);
  return {
    content: {
      layout: lines(palette.border),
      fontSize: sizePt,
      table: {
        headerRows: 1,
        dontBreakRows: true,
        keepWithHeaderRows: 1,
        // pdfmake's widths are those of the text between the paddings.
        widths: columns.map(({ width }) => width - 2 * paddingPt),
        body: [head, ...body],
      },
    },
    note: notes.length === 0 ? null : notes.join(' '),
  };
}
