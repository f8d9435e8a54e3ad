import { isObject, list, strings, text, unwrap, walk, type Json, type JsonObject } from '../../sql-text/tree.ts';
import { integer } from './plain-select.ts';
import { columnsIn, rowValue, type RowValue } from './row-value.ts';

export type Aggregate = 'sum' | 'count' | 'min' | 'max' | 'avg';
export type Operator = '+' | '-' | '*' | '/';

/** What a group of rows has: a key, what it adds up to, or arithmetic with them. */
export type GroupValue =
  /** Something that is the same in all of its rows. */
  | { readonly kind: 'row'; readonly value: RowValue }
  /** `of` null: count(*). */
  | { readonly kind: 'aggregate'; readonly aggregate: Aggregate; readonly of: RowValue | null }
  /** As it is written: '100.0'. */
  | { readonly kind: 'constant'; readonly text: string }
  | {
      readonly kind: 'operator';
      readonly operator: Operator;
      /** Null: a sign. */
      readonly left: GroupValue | null;
      readonly right: GroupValue;
    }
  /** `digits` null: round(x). */
  | { readonly kind: 'round'; readonly of: GroupValue; readonly digits: number | null }
  | { readonly kind: 'cast'; readonly of: GroupValue; readonly to: ExactType; readonly fitting: Fitting | null }
  | { readonly kind: 'nullif'; readonly of: GroupValue; readonly other: GroupValue }
  | { readonly kind: 'coalesce'; readonly of: readonly GroupValue[] };

export const exactTypes = ['smallint', 'integer', 'bigint', 'numeric'] as const;
export type ExactType = (typeof exactTypes)[number];

/** numeric(precision, scale). */
export interface Fitting {
  readonly precision: number;
  readonly scale: number;
}

const aggregates: readonly string[] = ['sum', 'count', 'min', 'max', 'avg'] satisfies Aggregate[];
const isAggregate = (name: string): name is Aggregate => aggregates.includes(name);

const operators: readonly string[] = ['+', '-', '*', '/'] satisfies Operator[];
const isOperator = (name: string): name is Operator => operators.includes(name);

const exactTypeOf: Readonly<Record<string, ExactType>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  numeric: 'numeric',
};

/** Servers differ in where they stop to round. */
const mostDigits = 1_000;

/** What an aggregate may not have: it would add up something else than the rows of its group. */
const beyond = ['agg_distinct', 'agg_filter', 'agg_order', 'agg_within_group', 'over', 'func_variadic'];

/** Null: it is something that only the database can compute. */
export async function groupValue(node: Json | undefined): Promise<GroupValue | null> {
  const found = constantOf(node) ?? (await aggregateOf(node));
  if (found !== null) return found;
  const adds = holdsAggregate(node);
  const made = adds || columnsIn(node).length === 0 ? await arithmeticOf(node) : null;
  if (made !== null || adds) return made;
  const value = await rowValue(node);
  return value === null ? null : { kind: 'row', value };
}

export function holdsAggregate(node: Json | undefined): boolean {
  let holds = false;
  walk(node, (kind, fields) => {
    holds ||= kind === 'FuncCall' && aggregateName(fields) !== null;
    return !holds;
  });
  return holds;
}

const functionName = (call: JsonObject | null): string | null => {
  const names = strings(call?.['funcname']);
  return names.length > 1 && names[0] !== 'pg_catalog' ? null : (names.at(-1) ?? null);
};

function aggregateName(call: JsonObject): Aggregate | null {
  const name = functionName(call) ?? '';
  return isAggregate(name) ? name : null;
}

/** The constant's digits; a text is none. */
function constantOf(node: Json | undefined): GroupValue | null {
  const whole = integer(node);
  if (whole !== null) return { kind: 'constant', text: String(whole) };
  const float = unwrap(node, 'A_Const')?.['fval'];
  return isObject(float) ? { kind: 'constant', text: text(float['fval']) } : null;
}

async function aggregateOf(node: Json | undefined): Promise<GroupValue | null> {
  const call = unwrap(node, 'FuncCall');
  const aggregate = call === null ? null : aggregateName(call);
  if (call === null || aggregate === null || beyond.some((part) => part in call)) return null;
  if (call['agg_star'] === true) return { kind: 'aggregate', aggregate, of: null };
  const args = list(call['args']);
  const of = args.length === 1 ? await rowValue(args[0]) : null;
  return of === null ? null : { kind: 'aggregate', aggregate, of };
}

async function arithmeticOf(node: Json | undefined): Promise<GroupValue | null> {
  const coalesce = unwrap(node, 'CoalesceExpr');
  if (coalesce !== null) {
    const of = await Promise.all(list(coalesce['args']).map(groupValue));
    return of.every((one) => one !== null) ? { kind: 'coalesce', of } : null;
  }
  const expression = unwrap(node, 'A_Expr');
  if (expression !== null) return operationOf(expression);
  const cast = unwrap(node, 'TypeCast');
  if (cast !== null) return castOf(cast);
  return roundingOf(unwrap(node, 'FuncCall'));
}

async function operationOf(expression: JsonObject): Promise<GroupValue | null> {
  const [operator = '', ...more] = strings(expression['name']);
  const kind = text(expression['kind']);
  const left = 'lexpr' in expression ? await groupValue(expression['lexpr']) : null;
  const right = await groupValue(expression['rexpr']);
  if (right === null || more.length > 0 || (left === null && 'lexpr' in expression)) return null;
  if (kind === 'AEXPR_NULLIF' && left !== null) return { kind: 'nullif', of: left, other: right };
  if (kind !== 'AEXPR_OP' || !isOperator(operator)) return null;
  return left !== null || operator === '-' || operator === '+' ? { kind: 'operator', operator, left, right } : null;
}

async function castOf(cast: JsonObject): Promise<GroupValue | null> {
  const type = isObject(cast['typeName']) ? cast['typeName'] : {};
  const names = strings(type['names']);
  const to = names.length > 1 && names[0] !== 'pg_catalog' ? undefined : exactTypeOf[names.at(-1) ?? ''];
  const fitting = fittingOf(list(type['typmods']).map(integer));
  const of = await groupValue(cast['arg']);
  if (of === null || to === undefined || fitting === undefined || 'arrayBounds' in type) return null;
  return { kind: 'cast', of, to, fitting };
}

/** undefined: none that is known here. */
function fittingOf([precision, scale = 0, ...more]: readonly (number | null)[]): Fitting | null | undefined {
  if (precision === undefined) return null;
  if (precision === null || scale === null || more.length > 0 || scale < 0 || scale > precision) return undefined;
  return { precision, scale };
}

async function roundingOf(call: JsonObject | null): Promise<GroupValue | null> {
  if (call === null || functionName(call) !== 'round' || beyond.some((part) => part in call)) return null;
  const args = list(call['args']);
  const digits = args.length === 1 ? null : integer(args[1]);
  if (args.length === 0 || args.length > 2 || (args.length === 2 && digits === null)) return null;
  if (digits !== null && Math.abs(digits) > mostDigits) return null;
  const of = await groupValue(args[0]);
  return of === null ? null : { kind: 'round', of, digits };
}
