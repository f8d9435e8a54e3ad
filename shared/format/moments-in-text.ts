/** Moments as the decisions write them into their texts: ISO 8601 in UTC, which says the same everywhere. */
const moments = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z/g;

/** The text with its moments as their reader knows them. */
export const withMoments = (text: string, format: (atMs: number) => string): string =>
  text.replace(moments, (moment) => format(Date.parse(moment)));
