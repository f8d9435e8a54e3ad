import { isPlace } from '../../../sql-text/same-shape.ts';
import { isList, isObject, list, strings, unwrap, type Json, type JsonObject } from '../../../sql-text/tree.ts';

/** Equal for nodes that differ only in where they stand, or in which of two spellings a function was called. */
export const nodeKey = (node: Json | undefined): string => JSON.stringify(comparable(node ?? null));

function comparable(node: Json): Json {
  if (isList(node)) return node.map(comparable);
  if (!isObject(node)) return node;
  const parts = Object.entries(node)
    .filter(([key, child]) => child !== undefined && !isPlace(key) && key !== 'funcformat')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(parts.map(([key, child]) => [key, comparable(child ?? null)]));
}

export const string = (sval: string): JsonObject => ({ String: { sval } });
export const constant = (sval: string): JsonObject => ({ A_Const: { sval: { sval } } });
export const integer = (ival: number): JsonObject => ({ A_Const: { ival: ival === 0 ? {} : { ival } } });
const column = (...names: string[]): JsonObject => ({ ColumnRef: { fields: names.map(string) } });

/** Under which the rewritten query reads the model. */
export const modelAlias = 'm';
/** A column of the model, in the rewritten query. */
export const kept = (name: string): JsonObject => column(modelAlias, name);

/** The stable name in FROM. */
export const modelRange = ({ schema, name }: { readonly schema: string; readonly name: string }): JsonObject => ({
  RangeVar: { schemaname: schema, relname: name, inh: true, relpersistence: 'p', alias: { aliasname: modelAlias } },
});

/** A clause of a SELECT, left out where there is none. */
export const clause = (name: string, node: Json | null): JsonObject => (node === null ? {} : { [name]: node });
export const clauses = (name: string, nodes: readonly Json[]): JsonObject =>
  nodes.length === 0 ? {} : { [name]: [...nodes] };

export const call = (name: string, ...args: Json[]): JsonObject => ({
  FuncCall: { funcname: [string(name)], args, funcformat: 'COERCE_EXPLICIT_CALL' },
});

const typeWords = {
  bigint: ['pg_catalog', 'int8'],
  timestamp: ['pg_catalog', 'timestamp'],
  date: ['date'],
} as const;

export const cast = (arg: Json, type: keyof typeof typeWords): JsonObject => ({
  TypeCast: { arg, typeName: { names: typeWords[type].map(string), typemod: -1 } },
});

export const divided = (lexpr: Json, rexpr: Json): JsonObject => ({
  A_Expr: { kind: 'AEXPR_OP', name: [string('/')], lexpr, rexpr },
});

export const output = (name: string, val: Json): JsonObject => ({ ResTarget: { name, val } });

/** null for no condition at all. */
export function allOf(conditions: readonly Json[]): Json | null {
  const [only, ...others] = conditions;
  if (only === undefined) return null;
  return others.length === 0 ? only : { BoolExpr: { boolop: 'AND_EXPR', args: [...conditions] } };
}

/** The conditions that all have to hold. */
export function conditionsOf(condition: Json | undefined): readonly Json[] {
  if (condition === undefined || condition === null) return [];
  const bool = unwrap(condition, 'BoolExpr');
  if (bool?.['boolop'] === 'AND_EXPR') return list(bool['args']).flatMap(conditionsOf);
  return bool?.['boolop'] === 'OR_EXPR' ? withoutShared(condition, list(bool['args'])) : [condition];
}

/**
 * `(a and b) or (a and c)` is `a and (b or c)`, with NULLs as well: a join that each alternative says again is none of
 * the reader's, and without it the model would pair every row with every other.
 */
function withoutShared(condition: Json, alternatives: readonly Json[]): readonly Json[] {
  const arms = alternatives.map((arm) => conditionsOf(arm).map((node) => ({ key: nodeKey(node), node })));
  const [first = [], ...others] = arms;
  const shared = first.filter(({ key }) => others.every((arm) => arm.some((one) => one.key === key)));
  if (shared.length === 0) return [condition];
  const keys = new Set(shared.map(({ key }) => key));
  const rests = arms.map((arm) => arm.filter(({ key }) => !keys.has(key)).map(({ node }) => node));
  const always = shared.map(({ node }) => node);
  if (rests.some((rest) => rest.length === 0)) return always;
  const either = rests.map((rest) => allOf(rest) ?? condition);
  return [...always, flattened({ BoolExpr: { boolop: 'OR_EXPR', args: either } })];
}

/** AND in AND and OR in OR are one, as the parser reads them. */
export function flattened(node: Json): Json {
  const bool = unwrap(node, 'BoolExpr');
  if (bool === null) return node;
  const { boolop } = bool;
  const args = list(bool['args']).map(flattened);
  if (boolop === 'NOT_EXPR') return { BoolExpr: { ...bool, args } };
  const same = (arg: Json) => unwrap(arg, 'BoolExpr')?.['boolop'] === boolop;
  return {
    BoolExpr: { ...bool, args: args.flatMap((arg) => (same(arg) ? list(unwrap(arg, 'BoolExpr')?.['args']) : [arg])) },
  };
}

/** Last part of the type's name: 'int8', 'date'. */
export const castType = (cast: JsonObject): string => {
  const type = cast['typeName'];
  return isObject(type) ? (strings(type['names']).at(-1) ?? '') : '';
};

/** 'sum' for `pg_catalog.sum(...)`; null where another schema is named. */
export function functionName(call: JsonObject): string | null {
  const [name = '', schema = 'pg_catalog'] = strings(call['funcname']).toReversed();
  return schema === 'pg_catalog' ? name : null;
}

/** Names of a column, or null for a star. */
export function columnNames(reference: JsonObject): readonly string[] | null {
  const names = strings(reference['fields']);
  return names.length === list(reference['fields']).length && names.length > 0 ? names : null;
}

/** The tree with nodes replaced, parents first; `replace` gives undefined to go on inside of a node. */
export function replaceNodes(node: Json, replace: (node: JsonObject) => readonly Json[] | undefined): Json {
  if (isList(node)) {
    return node.flatMap((item) =>
      isObject(item) ? (replace(item) ?? [inside(item, replace)]) : [replaceNodes(item, replace)],
    );
  }
  if (!isObject(node)) return node;
  return replace(node)?.[0] ?? inside(node, replace);
}

const inside = (node: JsonObject, replace: (node: JsonObject) => readonly Json[] | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(node).map(([key, child]) => [key, child === undefined ? child : replaceNodes(child, replace)]),
  );
