import { isPlace } from '../../sql-text/same-shape.ts';
import { deparseNode } from '../../sql-text/statement.ts';
import { parse } from '../../sql-text/parser.ts';
import {
  isList,
  isObject,
  list,
  strings,
  text,
  unwrap,
  walk,
  type Json,
  type JsonObject,
} from '../../sql-text/tree.ts';

/** What an expression may be made of: nothing that reads other rows, and nothing that is another value at every call. */
const kinds: ReadonlySet<string> = new Set([
  'A_ArrayExpr',
  'A_Const',
  'BoolExpr',
  'BooleanTest',
  'CaseExpr',
  'CaseWhen',
  'CoalesceExpr',
  'ColumnRef',
  'List',
  'MinMaxExpr',
  'NullTest',
  'String',
  'TypeCast',
]);

/** PostgreSQL's own that are stable or immutable. */
const functions: ReadonlySet<string> = new Set([
  'abs',
  'age',
  'ceil',
  'ceiling',
  'date_bin',
  'date_part',
  'date_trunc',
  'extract',
  'floor',
  'lower',
  'make_date',
  'make_interval',
  'make_timestamp',
  'make_timestamptz',
  'now',
  'round',
  'statement_timestamp',
  'timezone',
  'to_date',
  'to_timestamp',
  'transaction_timestamp',
  'upper',
]);

const operators: ReadonlySet<string> = new Set(
  ['= <> < <= > >=', '+ - * / % ||', '~~ !~~ ~~* !~~*', 'BETWEEN'].flatMap((few) => few.split(' ')),
);

/** current_date and its like; current_user is something else for everybody. */
const isClock = (op: string): boolean =>
  /^SVFOP_(CURRENT_(DATE|TIME|TIMESTAMP)|LOCALTIME|LOCALTIMESTAMP)(_N)?$/.test(op);

/**
 * The text of an expression over the bare names of one relation's columns, a condition or anything else, where it is worth
 * something for each row by itself, at one moment. Null: it does more, a subquery, an aggregate, or a function that is not
 * known to be stable.
 */
export async function rowExpression(node: JsonObject): Promise<string | null> {
  if (!isOfOneRow(node)) return null;
  const bare = withoutQualifiers(node) as JsonObject;
  const written = await deparseNode(bare);
  // Nobody would see parentheses that the deparser has forgotten.
  return written !== null && withoutPlaces(await whereOf(written)) === withoutPlaces(bare) ? written : null;
}

function isOfOneRow(node: JsonObject): boolean {
  let is = true;
  walk(node, (kind, fields) => {
    is &&= kinds.has(kind) || isKnown(kind, fields);
    return is;
  });
  return is;
}

function isKnown(kind: string, fields: JsonObject): boolean {
  if (kind === 'SQLValueFunction') return isClock(text(fields['op']));
  if (kind === 'A_Expr') {
    const [operator = '', ...more] = strings(fields['name']);
    return more.length === 0 && operators.has(operator);
  }
  if (kind !== 'FuncCall') return false;
  const names = strings(fields['funcname']);
  return functions.has(names.at(-1) ?? '') && (names.length === 1 || names[0] === 'pg_catalog');
}

function withoutQualifiers(node: Json): Json {
  if (isList(node)) return node.map(withoutQualifiers);
  if (!isObject(node)) return node;
  const column = unwrap(node, 'ColumnRef');
  if (column !== null) return { ColumnRef: { ...column, fields: list(column['fields']).slice(-1) } };
  return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, withoutQualifiers(child ?? null)]));
}

async function whereOf(expression: string): Promise<Json> {
  const parsed = await parse(`select where ${expression}`);
  if (!parsed.ok || parsed.statements.length !== 1) return null;
  return unwrap(parsed.statements[0]?.stmt, 'SelectStmt')?.['whereClause'] ?? null;
}

const withoutPlaces = (node: Json): string =>
  JSON.stringify(node, (key, value: unknown) => (isPlace(key) ? undefined : value));
