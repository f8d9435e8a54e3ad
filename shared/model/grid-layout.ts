import type { WidgetKind, WidgetLayout } from './dashboard.ts';

export const gridColumns = 12;

/** Taller than this, a widget is a screen of its own. */
export const mostRows = 40;

interface Placed {
  readonly widgetId: string;
  readonly title: string;
  readonly layout: WidgetLayout;
}

export const overlap = (a: WidgetLayout, b: WidgetLayout): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const isInside = ({ x, y, w, h }: WidgetLayout): boolean =>
  x >= 0 && y >= 0 && w >= 1 && h >= 1 && h <= mostRows && x + w <= gridColumns;

/** What is wrong with a grid, in one sentence that names the widget; null: nothing. */
export function layoutProblem(placed: readonly Placed[]): string | null {
  for (const [index, { title, layout }] of placed.entries()) {
    if (!isInside(layout)) {
      const { x, y, w, h } = layout;
      return `"${title}" does not fit the grid of ${gridColumns} columns: x ${x}, y ${y}, width ${w}, height ${h} (at most ${mostRows}).`;
    }
    const below = placed.slice(0, index).find((other) => overlap(other.layout, layout));
    if (below !== undefined) return `"${title}" would lie on "${below.title}".`;
  }
  return null;
}

/** The first place, row by row, where a widget of this size lies on no other. */
export function freePlace(taken: readonly WidgetLayout[], { w, h }: Pick<WidgetLayout, 'w' | 'h'>): WidgetLayout {
  const end = Math.max(0, ...taken.map((each) => each.y + each.h));
  for (let y = 0; y < end; y += 1) {
    for (let x = 0; x + w <= gridColumns; x += 1) {
      const place = { x, y, w, h };
      if (!taken.some((each) => overlap(each, place))) return place;
    }
  }
  return { x: 0, y: end, w, h };
}

/** How large a widget of a kind begins. */
export function usualSize(kind: WidgetKind): Pick<WidgetLayout, 'w' | 'h'> {
  switch (kind) {
    case 'number':
      return { w: 3, h: 3 };
    case 'table':
    case 'heatmap':
      return { w: 6, h: 5 };
    default:
      return { w: 6, h: 4 };
  }
}
