import type { CSSProperties, ReactNode } from 'react';
import { columnTitle, currencyOf, formatOf } from '../../shared/charts/widget-shape.ts';
import { formatCell } from '../../shared/format/cell.ts';
import type { Widget, WidgetData } from '../../shared/model/dashboard.ts';
import { NumberComparison } from './number-comparison.tsx';
import styles from './charts.module.css';

/** What the style sheet sets its size by. */
const lettersOf = (text: string): CSSProperties => ({ '--letters': text.length }) as CSSProperties;

/** One large number, exact to the last digit; the widget's further values below it. */
export function NumberTile({ widget, data }: { readonly widget: Widget; readonly data: WidgetData }): ReactNode {
  const row = data.rows[0];
  const shown = widget.values.flatMap((name) => {
    const index = data.columns.findIndex((column) => column.name === name);
    const column = data.columns[index];
    if (column === undefined) return [];
    const [cell, format, currency] = [row?.[index] ?? null, formatOf(widget, column), currencyOf(widget, name)];
    return [{ name, cell, format, currency, text: formatCell(cell, format, currency, widget.locale) }];
  });
  const [main, ...more] = shown;
  if (main === undefined) {
    return (
      <p className="db-dim">
        The answer has no column {widget.values.join(', ')}: the widget’s SQL and its settings disagree.
      </p>
    );
  }
  const { comparison } = widget;
  const base = data.columns.findIndex((column) => column.name === comparison?.column);
  return (
    <div className={styles.number}>
      <div className={styles.numberValue} style={lettersOf(main.text)}>
        {main.text}
      </div>
      {comparison !== undefined && (
        <NumberComparison
          comparison={comparison}
          value={main.cell}
          base={row?.[base] ?? null}
          format={main.format}
          currency={main.currency}
          locale={widget.locale}
        />
      )}
      {more.length > 0 && (
        <div className={styles.numberMore}>
          {more.map(({ name, text }) => `${columnTitle(name)} ${text}`).join(' · ')}
        </div>
      )}
    </div>
  );
}
