import { isNumericFormat } from '../../../shared/format/cell.ts';
import type { Widget, WidgetData } from '../../../shared/model/dashboard.ts';
import { formatOf } from '../../charts/widget-shape.ts';

/** Text that a spreadsheet would run as a formula. Numbers are not meant: '-1.00' stays what it is. */
const looksLikeFormula = /^[=+\-@\t\r]/;

function csvCell(cell: string | null, numeric: boolean): string {
  if (cell === null) return '';
  const text = !numeric && looksLikeFormula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A widget's rows as CSV (RFC 4180), cells exactly as the server printed them. The first column is `as_of`, as in every
 * read model: a number that leaves the screen takes its age along.
 */
export function widgetCsv(widget: Widget, data: WidgetData): string {
  const numeric = data.columns.map((column) => isNumericFormat(formatOf(widget, column)));
  const lines = [['as_of', ...data.columns.map(({ name }) => csvCell(name, false))].join(',')];
  for (const row of data.rows) {
    const cells = data.columns.map((_, index) => csvCell(row[index] ?? null, numeric[index] === true));
    lines.push([csvCell(data.freshness.asOf, false), ...cells].join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}
