import { useMemo, type ReactNode } from 'react';
import { axisLabel } from '../../shared/charts/axis-label.ts';
import { heatRange } from '../../shared/charts/heatmap-option.ts';
import { shapeLegend } from '../../shared/charts/legend-items.ts';
import type { ChartPalette } from '../../shared/charts/palette.ts';
import { hoverText, widgetOption, type DrawnKind } from '../../shared/charts/widget-option.ts';
import { isMismatch, shapeOf, shapeSummary, type WidgetShape } from '../../shared/charts/widget-shape.ts';
import type { Widget, WidgetData } from '../../shared/model/dashboard.ts';
import { Chart } from './chart.tsx';
import { Legend } from './legend.tsx';
import { NumberTile } from './number-tile.tsx';
import { usePalette } from './palette.ts';
import { WidgetTable } from './widget-table.tsx';
import styles from './charts.module.css';

interface WidgetViewProps {
  readonly widget: Widget;
  readonly data: WidgetData;
}

/** A widget's numbers in its own kind of picture. Fills its parent. */
export function WidgetChart({ widget, data }: WidgetViewProps): ReactNode {
  if (widget.kind === 'table') return <WidgetTable widget={widget} data={data} />;
  if (widget.kind === 'number') return <NumberTile widget={widget} data={data} />;
  return <DrawnWidget widget={widget} data={data} kind={widget.kind} />;
}

function DrawnWidget({ widget, data, kind }: WidgetViewProps & { readonly kind: DrawnKind }): ReactNode {
  const palette = usePalette();
  const shape = useMemo(() => shapeOf(widget, data), [widget, data]);
  const option = useMemo(() => (isMismatch(shape) ? null : widgetOption(kind, shape, palette)), [kind, shape, palette]);
  if (isMismatch(shape)) return <p className="db-dim">{shape.problem}</p>;
  if (option === null || shape.categories.length === 0) return <p className="db-dim">The question has no rows now.</p>;
  return (
    <div className={styles.drawn}>
      <div className={styles.drawnChart}>
        <Chart
          option={option}
          label={shapeSummary(widget.title, shape)}
          describe={(place) => hoverText(kind, shape, place)}
        />
      </div>
      <ShapeLegend kind={kind} shape={shape} palette={palette} />
    </div>
  );
}

function ShapeLegend({
  kind,
  shape,
  palette,
}: {
  readonly kind: DrawnKind;
  readonly shape: WidgetShape;
  readonly palette: ChartPalette;
}): ReactNode {
  if (kind === 'heatmap') {
    if (shape.options?.legend === false) return null;
    const range = heatRange(shape);
    const format = shape.series[0]?.format ?? 'decimal';
    if (range === null) return null;
    return (
      <div className={styles.legend}>
        <span className={styles.heatScale}>
          {axisLabel(range.low, format, shape.currency, shape.locale)}
          <i aria-hidden />
          {axisLabel(range.high, format, shape.currency, shape.locale)}
        </span>
      </div>
    );
  }
  const items = shapeLegend(kind, shape, palette);
  return items.length === 0 ? null : <Legend items={items} />;
}
