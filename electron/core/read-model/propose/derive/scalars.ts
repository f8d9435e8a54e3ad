import { isList, isObject, list, text, unwrap, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import { NotDerivable } from './derivation.ts';
import { functionName, nodeKey } from './nodes.ts';

/** Built-in functions that give the same answer in the same session for the same arguments, and change nothing. */
const functions: ReadonlySet<string> = new Set(
  (
    'lower upper initcap btrim ltrim rtrim substring substr left right length char_length character_length replace ' +
    'split_part lpad rpad concat concat_ws strpos position overlay md5 reverse repeat chr ascii starts_with ' +
    'abs ceil ceiling floor round trunc mod sign power sqrt div ' +
    'date_trunc date_part extract to_char to_date to_number timezone age make_date date_bin ' +
    'now transaction_timestamp statement_timestamp current_setting current_schemas pg_backend_pid'
  ).split(' '),
);

const kinds: ReadonlySet<string> = new Set([
  'ColumnRef', 'A_Const', 'ParamRef', 'TypeCast', 'A_Expr', 'BoolExpr', 'NullTest', 'BooleanTest', 'CoalesceExpr',
  'MinMaxExpr', 'CaseExpr', 'CaseWhen', 'A_ArrayExpr', 'List', 'FuncCall', 'SQLValueFunction',
]); // prettier-ignore

/** Parts of nodes that are no expressions. */
const plainParts: ReadonlySet<string> = new Set(['typeName', 'name', 'funcname', 'fields']);

/**
 * An expression of values of one row, with some of its nodes replaced (parents first). Throws `NotDerivable` for what
 * is no such expression, or not known to give the same answer twice.
 */
export function mapScalar(node: Json, replace: (node: JsonObject) => Json | undefined): Json {
  if (isList(node)) return node.map((item) => mapScalar(item, replace));
  if (!isObject(node)) return node;
  const replaced = replace(node);
  if (replaced !== undefined) return replaced;
  return Object.fromEntries(
    Object.entries(node).map(([kind, fields]) => {
      if (!isObject(fields) || !/^[A-Z]/.test(kind)) throw new Error('an expression is a node with its kind');
      refuseOthers(kind, fields);
      const parts = Object.entries(fields).map(([key, part]): [string, Json | undefined] => [
        key,
        plainParts.has(key) || !(isObject(part) || isList(part)) || kind === 'A_Const'
          ? part
          : mapScalar(part, replace),
      ]);
      return [kind, Object.fromEntries(parts)];
    }),
  );
}

export function isScalar(node: Json): boolean {
  try {
    mapScalar(node, () => undefined);
    return true;
  } catch (error) {
    if (error instanceof NotDerivable) return false;
    throw error;
  }
}

/** The columns of an expression by their key; nothing is told of what is no scalar. */
export function columnsOf(node: Json): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  mapScalar(node, (part) => {
    if (unwrap(part, 'ColumnRef') !== null) found.set(nodeKey(part), part);
    return undefined;
  });
  return found;
}

function refuseOthers(kind: string, fields: JsonObject): void {
  if (kind === 'FuncCall') {
    const name = functionName(fields);
    const modified = ['over', 'agg_filter', 'agg_order', 'agg_distinct', 'agg_star', 'agg_within_group'].some(
      (key) => fields[key] !== undefined,
    );
    if (name !== null && functions.has(name) && !modified && fields['func_variadic'] === undefined) return;
    throw fields['over'] === undefined ? unknownFunction(fields) : refusedKind('a window function');
  }
  if (!kinds.has(kind)) throw refusedKind(kindWords[kind] ?? kind);
}

const kindWords: Readonly<Record<string, string>> = {
  SubLink: 'a sub-select',
  GroupingFunc: 'GROUPING()',
  A_Indirection: 'a subscript or field of a value',
  RowExpr: 'a row of values',
  CollateClause: 'COLLATE',
};

const refusedKind = (construct: string): NotDerivable =>
  new NotDerivable({
    construct,
    why: `Where the reader has to compute it again over the read model, ${construct} cannot be carried over.`,
    whatToDo: 'Write the definition by hand, or give the values of all parameters and keep the result as it is.',
  });

function unknownFunction(fields: JsonObject): NotDerivable {
  const names = list(fields['funcname']).map((name) => text(unwrap(name, 'String')?.['sval']));
  const construct = `${names.join('.')}()`;
  return new NotDerivable({
    construct,
    why: `It is not known whether ${construct} gives the same answer over the read model.`,
    whatToDo: 'Leave it out of the filter and of the groups, or write the definition by hand.',
  });
}
