import type { ExportPaper } from '../../../../shared/model/dashboard-export.ts';
import type { ExportedWidget } from './export-job.ts';

/** A widget with its share of a row's width, 0..1. */
export interface PlacedWidget {
  readonly exported: ExportedWidget;
  readonly share: number;
}

const columnCount = 12;

/**
 * Widgets in the order in which they are read, as many beside each other as their widths on the screen say. A table has
 * a row to itself: it may go on over pages. Upright paper has room for half of what lies beside each other.
 */
export function pdfRows(widgets: readonly ExportedWidget[], { orientation }: ExportPaper): PlacedWidget[][] {
  const narrowest = orientation === 'landscape' ? 3 : 6;
  const ordered = widgets.toSorted(
    (a, b) => a.widget.layout.y - b.widget.layout.y || a.widget.layout.x - b.widget.layout.x,
  );
  const rows: { readonly widgets: { exported: ExportedWidget; columns: number }[]; columns: number }[] = [];
  for (const exported of ordered) {
    const { kind, layout } = exported.widget;
    const columns = kind === 'table' ? columnCount : Math.min(columnCount, Math.max(layout.w, narrowest));
    const last = rows.at(-1);
    if (last === undefined || last.columns + columns > columnCount) {
      rows.push({ widgets: [{ exported, columns }], columns });
    } else {
      last.widgets.push({ exported, columns });
      last.columns += columns;
    }
  }
  return rows.map(({ widgets: inRow, columns }) => {
    // Two that nearly fill a row fill it; one alone stays as wide as on the screen.
    const whole = inRow.length > 1 ? columns : columnCount;
    return inRow.map(({ exported, columns: mine }) => ({ exported, share: mine / whole }));
  });
}
