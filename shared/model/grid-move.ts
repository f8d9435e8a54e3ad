import type { WidgetLayout } from './dashboard.ts';
import { gridColumns, mostRows, overlap } from './grid-layout.ts';

export interface GridPlace {
  readonly widgetId: string;
  readonly layout: WidgetLayout;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Smaller than this, a widget has no room for its title and its age. */
export const leastSize = { w: 2, h: 2 } as const;

const sideBySide = (a: WidgetLayout, b: WidgetLayout): boolean => a.y < b.y + b.h && b.y < a.y + a.h;
const aboveEachOther = (a: WidgetLayout, b: WidgetLayout): boolean => a.x < b.x + b.w && b.x < a.x + a.w;

/** Everything moves up as far as it can, from the top to the bottom; `first` goes before others of its row. */
export function compacted(places: readonly GridPlace[], first: string | null = null): GridPlace[] {
  const order = places.toSorted(
    (a, b) =>
      a.layout.y - b.layout.y || Number(b.widgetId === first) - Number(a.widgetId === first) || a.layout.x - b.layout.x,
  );
  const placed: GridPlace[] = [];
  for (const { widgetId, layout } of order) {
    let y = 0;
    while (placed.some((other) => overlap(other.layout, { ...layout, y }))) y += 1;
    placed.push({ widgetId, layout: { ...layout, y } });
  }
  // The order in which they were given: a place says where something is, not which one it is.
  return places.map(({ widgetId }) => {
    const found = placed.find((each) => each.widgetId === widgetId);
    if (found === undefined) throw new Error('every widget is placed');
    return found;
  });
}

/**
 * One step of a widget: sideways by a column, or past the neighbour that stands there; up and down past the next one.
 * Where it cannot go the grid comes back as it was.
 */
export function movedWidget(
  places: readonly GridPlace[],
  widgetId: string,
  direction: Direction,
): readonly GridPlace[] {
  const mine = places.find((each) => each.widgetId === widgetId)?.layout;
  if (mine === undefined) return places;
  const others = places.filter((each) => each.widgetId !== widgetId);
  const put = (layout: WidgetLayout, swapped?: GridPlace): readonly GridPlace[] =>
    compacted(
      places.map((each) => {
        if (each.widgetId === widgetId) return { widgetId, layout };
        return each.widgetId === swapped?.widgetId ? swapped : each;
      }),
      widgetId,
    );

  if (direction === 'left' || direction === 'right') {
    const step = direction === 'left' ? -1 : 1;
    const stepped = { ...mine, x: mine.x + step };
    const inside = stepped.x >= 0 && stepped.x + mine.w <= gridColumns;
    const beside = others.filter(({ layout }) => sideBySide(layout, mine) && overlap(layout, stepped));
    if (inside && beside.length === 0) return put(stepped);
    const [neighbour] = beside;
    if (neighbour === undefined) return places;
    const theirs = neighbour.layout;
    const left = Math.min(mine.x, theirs.x);
    const [own, other] = direction === 'right' ? [left + theirs.w, left] : [left, left + mine.w];
    return put({ ...mine, x: own }, { ...neighbour, layout: { ...theirs, x: other } });
  }

  const column = others.filter(({ layout }) => aboveEachOther(layout, mine));
  if (direction === 'up') {
    const above = column.filter(({ layout }) => layout.y + layout.h <= mine.y);
    if (above.length === 0) return places;
    const bottom = Math.max(...above.map(({ layout }) => layout.y + layout.h));
    const next = above.filter(({ layout }) => layout.y + layout.h === bottom);
    return put({ ...mine, y: Math.min(...next.map(({ layout }) => layout.y)) });
  }
  const below = column.filter(({ layout }) => layout.y >= mine.y + mine.h);
  if (below.length === 0) return places;
  const top = Math.min(...below.map(({ layout }) => layout.y));
  const next = below.filter(({ layout }) => layout.y === top);
  // Behind them in the order from the top: they then move up into the room that it leaves.
  const end = Math.max(...next.map(({ layout }) => layout.y + layout.h));
  return compacted(
    places.map((each) => (each.widgetId === widgetId ? { widgetId, layout: { ...mine, y: end } } : each)),
  );
}

/** Larger or smaller by one column or row; what is in the way moves down. */
export function resizedWidget(
  places: readonly GridPlace[],
  widgetId: string,
  direction: Direction,
): readonly GridPlace[] {
  const mine = places.find((each) => each.widgetId === widgetId)?.layout;
  if (mine === undefined) return places;
  const w = mine.w + (direction === 'right' ? 1 : direction === 'left' ? -1 : 0);
  const h = mine.h + (direction === 'down' ? 1 : direction === 'up' ? -1 : 0);
  if (w < leastSize.w || h < leastSize.h || mine.x + w > gridColumns || h > mostRows) return places;
  return compacted(
    places.map((each) => (each.widgetId === widgetId ? { widgetId, layout: { ...mine, w, h } } : each)),
    widgetId,
  );
}
