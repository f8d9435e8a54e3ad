import { columnTitle, currencyOf, formatOf } from '../../../../shared/charts/widget-shape.ts';
import { formatCell } from '../../../../shared/format/cell.ts';
import { changeOf, changePercent } from '../../../../shared/format/change.ts';
import type { Widget, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { Box, Drawing, Drawn } from './drawing.ts';
import { svgText } from './svg-markup.ts';
import { wrapText } from './text-measure.ts';

export interface ShownNumber {
  readonly title: string;
  readonly text: string;
}

/** A number widget's values in its order; the first one is the large one. Columns that the answer lacks are left out. */
export function shownNumbers(widget: Widget, data: WidgetData): ShownNumber[] {
  const row = data.rows[0];
  const shown = widget.values.flatMap((name) => {
    const index = data.columns.findIndex((column) => column.name === name);
    const column = data.columns[index];
    if (column === undefined) return [];
    const text = formatCell(row?.[index] ?? null, formatOf(widget, column), currencyOf(widget, name), widget.locale);
    return [{ title: columnTitle(name), text }];
  });
  const [main, ...more] = shown;
  const compared = comparedNumber(widget, data);
  return main === undefined || compared === null ? shown : [main, compared, ...more];
}

/** What the first value was, or should be, and how far it is from it; null for a number that stands alone. */
function comparedNumber(widget: Widget, data: WidgetData): ShownNumber | null {
  const { comparison, locale } = widget;
  const [name] = widget.values;
  const at = (wanted: string | undefined): number => data.columns.findIndex((column) => column.name === wanted);
  const column = data.columns[at(name)];
  if (comparison === undefined || name === undefined || column === undefined) return null;
  const cell = (index: number): string | null => data.rows[0]?.[index] ?? null;
  const [value, base] = [cell(at(name)), cell(at(comparison.column))];
  const [format, currency] = [formatOf(widget, column), currencyOf(widget, name)];
  const title = comparison.label ?? columnTitle(comparison.column);
  const second = formatCell(base, format, currency, locale);
  const change = changeOf(value, base);
  if (change === null) return { title, text: second };
  const sign = change.direction === 'up' ? '+' : change.direction === 'down' ? '−' : '';
  const difference = `${sign}${formatCell(change.difference.replace(/^-/, ''), format, currency, locale)}`;
  const percent = changePercent(change, locale);
  return { title, text: `${second}: ${difference}${percent === '' ? '' : ` (${percent})`}` };
}

const largestPx = 52;
const smallestPx = 14;
const morePx = 13;

/** As large as it fits and never cut: half a number is a wrong number. */
export function numberBody(numbers: readonly ShownNumber[], box: Box, { palette, measure }: Drawing): Drawn {
  const [main, ...more] = numbers;
  if (main === undefined) return { svg: '', height: 0, note: null };
  const widthAtOne = measure.widthOf(main.text, 1, 'bold');
  const sizePx = Math.max(smallestPx, Math.min(largestPx, (box.width - 4) / widthAtOne, box.height * 0.5));
  const below = more.map(({ title, text }) => `${title} ${text}`).join(' · ');
  const lines = below === '' ? [] : wrapText(measure, below, box.width, morePx);
  const contentPx = sizePx + lines.length * 18 + (lines.length > 0 ? 6 : 0);
  const top = Math.max(0, (box.height - contentPx) / 2);
  const large = svgText(main.text, {
    x: 0,
    y: top + sizePx * 0.85,
    sizePx,
    color: palette.text,
    weight: 'bold',
  });
  const small = lines.map((line, index) =>
    svgText(line, { x: 0, y: top + sizePx + 18 * (index + 1) + 2, sizePx: morePx, color: palette.textDim }),
  );
  return { svg: large + small.join(''), height: Math.max(box.height, top + contentPx), note: null };
}
