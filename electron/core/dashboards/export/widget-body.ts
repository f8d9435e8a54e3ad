import { isMismatch, shapeOf } from '../../../../shared/charts/widget-shape.ts';
import type { Widget, WidgetData } from '../../../../shared/model/dashboard.ts';
import { chartBody } from './chart-body.ts';
import type { Box, Drawing, Drawn } from './drawing.ts';
import { numberBody, shownNumbers } from './number-body.ts';
import { svgText } from './svg-markup.ts';
import { tableBody } from './table-body.ts';
import { wrapText } from './text-measure.ts';

/** A widget's numbers in its own kind of picture, without title and age: what stands in its card on the screen. */
export function widgetBody(widget: Widget, data: WidgetData, box: Box, drawing: Drawing): Drawn {
  if (widget.kind === 'table') {
    return data.rows.length === 0
      ? messageBody('The question has no rows now.', box, drawing)
      : tableBody(widget, data, box, drawing);
  }
  if (widget.kind === 'number') {
    const numbers = shownNumbers(widget, data);
    return numbers.length === 0
      ? messageBody(
          `The answer has no column ${widget.values.join(', ')}: the widget’s SQL and its settings disagree.`,
          box,
          drawing,
        )
      : numberBody(numbers, box, drawing);
  }
  const shape = shapeOf(widget, data);
  if (isMismatch(shape)) return messageBody(shape.problem, box, drawing);
  if (shape.categories.length === 0) return messageBody('The question has no rows now.', box, drawing);
  return chartBody(widget.kind, shape, box, drawing);
}

/** A sentence in place of a picture. */
export function messageBody(text: string, box: Box, { palette, measure }: Drawing): Drawn {
  const lines = wrapText(measure, text, box.width, 13);
  const svg = lines.map((line, index) =>
    svgText(line, { x: 0, y: 18 * (index + 1), sizePx: 13, color: palette.textDim }),
  );
  return { svg: svg.join(''), height: 18 * lines.length + 6, note: null };
}
