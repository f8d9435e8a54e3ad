import type { ReactNode } from 'react';
import { formatCell } from '../../shared/format/cell.ts';
import type { Widget, WidgetData } from '../../shared/model/dashboard.ts';
import { columnTitle, formatOf } from './widget-shape.ts';
import styles from './charts.module.css';

/** Long amounts get smaller type rather than an ellipsis: half a number is a wrong number. */
function sizePx(text: string): number {
  if (text.length <= 12) return 30;
  return text.length <= 17 ? 24 : 18;
}

/** One large number, exact to the last digit; the widget's further values below it. */
export function NumberTile({ widget, data }: { readonly widget: Widget; readonly data: WidgetData }): ReactNode {
  const row = data.rows[0];
  const shown = widget.values.flatMap((name) => {
    const index = data.columns.findIndex((column) => column.name === name);
    const column = data.columns[index];
    if (column === undefined) return [];
    return [{ name, text: formatCell(row?.[index] ?? null, formatOf(widget, column), widget.currency) }];
  });
  const [main, ...more] = shown;
  if (main === undefined) {
    return (
      <p className="db-dim">
        The answer has no column {widget.values.join(', ')}: the widget’s SQL and its settings disagree.
      </p>
    );
  }
  return (
    <div className={styles.number}>
      <div className={styles.numberValue} style={{ fontSize: sizePx(main.text) }}>
        {main.text}
      </div>
      {more.length > 0 && (
        <div className={styles.numberMore}>
          {more.map(({ name, text }) => `${columnTitle(name)} ${text}`).join(' · ')}
        </div>
      )}
    </div>
  );
}
