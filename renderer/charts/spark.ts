/** Points `[x, y]` of a small line, px, y downwards. */
export type SparkPoints = readonly (readonly [number, number])[];

/**
 * [atMs, value] pairs fitted into a box, from zero up: a spark that started at its own minimum would make noise look
 * like a mountain. Fewer than two points make no line.
 */
export function sparkPoints(spark: SparkPoints, widthPx: number, heightPx: number): SparkPoints {
  const first = spark[0];
  const last = spark.at(-1);
  if (first === undefined || last === undefined || spark.length < 2) return [];
  const spanMs = last[0] - first[0] || 1;
  const highest = Math.max(...spark.map(([, value]) => value)) || 1;
  const round = (px: number) => Math.round(px * 10) / 10;
  return spark.map(([atMs, value]) => [
    round(((atMs - first[0]) / spanMs) * widthPx),
    round(heightPx - (Math.max(0, value) / highest) * heightPx),
  ]);
}
