/** More series than this cannot be told apart; the smallest are summed as "other". */
export const mostSeries = 8;

/**
 * Which colour and pattern each series has: that of its place in `order`, so that it keeps them when a filter leaves few.
 * Who is not in it takes a place that nobody has there, as long as there is one. A key is a value of the series column;
 * undefined where a series is not one of them.
 */
export function seriesPlaces(
  keys: readonly (string | null | undefined)[],
  order: readonly (string | null)[] = [],
): number[] {
  const known = keys.map((key) => (key === undefined ? -1 : order.indexOf(key)));
  const free = Array.from({ length: mostSeries }, (_, index) => (order.length + index) % mostSeries).filter(
    (place) => !known.includes(place),
  );
  return known.map((place, index) => (place >= 0 ? place : (free.shift() ?? index)));
}
