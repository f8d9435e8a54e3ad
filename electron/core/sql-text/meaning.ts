import { isPlace } from './same-shape.ts';
import { isObject, type Json } from './tree.ts';

/** The tree without places in the text: equal for texts that PostgreSQL reads as the same. */
export const meaning = (node: Json): string => JSON.stringify(sorted(node));

function sorted(node: Json | undefined): Json {
  if (Array.isArray(node)) return node.map(sorted);
  if (!isObject(node)) return node ?? null;
  const entries = Object.entries(node)
    .filter(([key, child]) => !isPlace(key) && child !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sorted(child)]));
}
