import { formatCount, formatCounted } from '../../../../shared/format/count.ts';
import type { Widget, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { Box, Drawing, Drawn } from './drawing.ts';
import { svgRect, svgText } from './svg-markup.ts';
import { cellPadding, droppedNote, tableLayout } from './table-layout.ts';
import { fitText } from './text-measure.ts';

export const tableTextPx = 12;
export const tableRowPx = 24;

/** The rows that fit into the box, under their head. */
export function tableBody(widget: Widget, data: WidgetData, box: Box, { palette, measure }: Drawing): Drawn {
  const { columns, dropped } = tableLayout(widget, data, box.width, tableTextPx, measure);
  const fitting = Math.max(1, Math.floor(box.height / tableRowPx) - 1);
  const rows = data.rows.slice(0, fitting);
  const parts: string[] = [];
  const line = (texts: readonly string[], top: number, head: boolean): void => {
    let left = 0;
    columns.forEach(({ numeric, width }, index) => {
      const weight = head ? 'bold' : 'regular';
      const text = texts[index] ?? '';
      parts.push(
        svgText(numeric ? text : fitText(measure, text, width - 2 * cellPadding, tableTextPx, weight), {
          x: numeric ? left + width - cellPadding : left + cellPadding,
          y: top + tableRowPx * 0.68,
          sizePx: tableTextPx,
          color: head ? palette.textDim : palette.text,
          weight,
          anchor: numeric ? 'end' : 'start',
        }),
      );
      left += width;
    });
    parts.push(svgRect({ x: 0, y: top + tableRowPx - 1, width: box.width, height: 1, fill: palette.border }));
  };
  line(
    columns.map(({ title }) => title),
    0,
    true,
  );
  rows.forEach((row, index) =>
    line(
      columns.map(({ textOf }) => textOf(row)),
      tableRowPx * (index + 1),
      false,
    ),
  );
  const notes = [rowsNote(rows.length, data.rows.length), droppedNote(dropped)].filter((note) => note !== null);
  return {
    svg: parts.join(''),
    height: tableRowPx * (rows.length + 1),
    note: notes.length === 0 ? null : notes.join(' '),
  };
}

/** 'The first 40 of 1,000 rows. The CSV has all of them.' */
export function rowsNote(shown: number, all: number): string | null {
  if (shown >= all) return null;
  return `The first ${formatCount(shown)} of ${formatCounted(all, 'row')}. The CSV has all of them.`;
}
