/** A parse tree as PostgreSQL's own parser gives it: `{SelectStmt: {...}}`, zeros and empty strings left out. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** The fields of a wrapped node of one kind, or null: `unwrap({ParamRef: {...}}, 'ParamRef')`. */
export function unwrap(node: Json | undefined, kind: string): JsonObject | null {
  const inner = isObject(node) ? node[kind] : undefined;
  return isObject(inner) ? inner : null;
}

/** Calls `visit` for every wrapped node, parents first. False keeps it out of the node's children. */
export function walk(node: Json | undefined, visit: (kind: string, fields: JsonObject) => boolean | void): void {
  if (isList(node)) for (const item of node) walk(item, visit);
  if (!isObject(node)) return;
  for (const [key, child] of Object.entries(node)) {
    if (isObject(child) && /^[A-Z]/.test(key) && visit(key, child) === false) continue;
    walk(child, visit);
  }
}

/** `sval`s of a list of String nodes. */
export const strings = (value: Json | undefined): string[] =>
  (isList(value) ? value : []).flatMap((item) => {
    const node = unwrap(item, 'String');
    return node !== null && typeof node['sval'] === 'string' ? [node['sval']] : [];
  });

export const list = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);
/** Protocol buffers leave zeros and empty texts out. */
export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
export const number = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
