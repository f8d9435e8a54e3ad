import { isList, isObject, unwrap, walk, type Json, type JsonObject } from './tree.ts';

/** Where something stands in the text says nothing about what it is. */
export const isPlace = (key: string): boolean =>
  key === 'location' || key === 'list_start' || key === 'list_end' || key.startsWith('rexpr_list_');

/** The node without places and with `?` for every parameter and constant: equal skeletons differ in those alone. */
export const skeleton = (node: Json | undefined): string => JSON.stringify(bare(node));

function bare(node: Json | undefined): Json {
  if (isList(node)) return node.map(bare);
  if (!isObject(node)) return node ?? null;
  if (isFilling(node)) return '?';
  return Object.fromEntries(parts(node).map(([key, child]) => [key, bare(child)]));
}

/** Parameters and constants of a node, in the order in which `skeleton` meets them. */
export function fillings(node: Json | undefined): JsonObject[] {
  if (isList(node)) return node.flatMap(fillings);
  if (!isObject(node)) return [];
  if (isFilling(node)) return [node];
  return parts(node).flatMap(([, child]) => fillings(child));
}

export const isFilling = (node: Json | undefined): boolean =>
  unwrap(node, 'ParamRef') !== null || unwrap(node, 'A_Const') !== null;

const parts = (node: JsonObject): [string, Json | undefined][] =>
  Object.entries(node)
    .filter(([key]) => !isPlace(key))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

export function mentions(node: Json | undefined, wanted: string): boolean {
  let found = false;
  walk(node, (kind) => {
    found ||= kind === wanted;
    return !found;
  });
  return found;
}
