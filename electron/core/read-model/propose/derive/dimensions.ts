import { isObject, list, strings, text, unwrap, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import { refused, type ColumnTypes, type Grain } from './derivation.ts';
import { columnNames, nodeKey } from './nodes.ts';
import { parametersIn } from './parameters.ts';
import { asks, nameFor, readerValues, type SelectParts } from './parts.ts';
import { columnsOf, mapScalar } from './scalars.ts';
import { isSteady } from './steady.ts';
import { atGrain, comparedByUnit, cutColumn, finer, grainOf, shownGrain, steadyTime } from './times.ts';

/** One key column of the model: an expression of the culprit's that the reader finds there computed. */
export interface KeyPart {
  readonly key: string;
  readonly node: JsonObject;
  /** What the definition groups by. */
  readonly kept: JsonObject;
  readonly wantedName: string;
  /** What is kept of a time; null for everything else. */
  readonly grain: Grain | null;
  readonly parameters: readonly number[];
  /** A filter of the reader's stands on it. */
  readonly filtered: boolean;
}

interface Found {
  readonly node: JsonObject;
  readonly whole: boolean;
  grain: Grain;
  filtered: boolean;
  readonly parameters: Set<number>;
}

export interface Keys {
  readonly parts: readonly KeyPart[];
  /** Columns of outputs that the groups determine without naming them (a primary key's others). */
  readonly determined: ReadonlySet<string>;
}

/**
 * The key of the model: what the chart groups by, and what the reader's filters look at, each as coarse as all that is
 * asked of it allows. `groups`: the culprit's, none of them constant. Throws `NotDerivable` for what cannot be a key.
 */
export function findKeys(parts: SelectParts, groups: readonly Json[], held: readonly Json[], types: ColumnTypes): Keys {
  const found = new Map<string, Found>();
  const need = (node: JsonObject, grain: Grain, whole: boolean, filter: Json | null) => {
    const reference = unwrap(node, 'ColumnRef');
    if (reference !== null && columnNames(reference) === null)
      throw refused('*', 'A whole row cannot be a key.', 'Name the columns.');
    const entry = found.get(nodeKey(node)) ?? { node, whole, grain, filtered: false, parameters: new Set<number>() };
    found.set(nodeKey(node), entry);
    entry.grain = finer(entry.grain, grain);
    entry.filtered ||= filter !== null;
    for (const number of parametersIn(filter ?? undefined)) entry.parameters.add(number);
  };
  const tests: { readonly node: JsonObject; readonly filter: Json }[] = [];
  const observe = (node: Json, filter: Json | null): void => {
    mapScalar(node, (part) => {
      if (filter !== null && isFixedTest(part, types)) {
        tests.push({ node: part, filter });
        return part;
      }
      const compared = comparedByUnit(part, types);
      if (compared !== null) {
        need(compared.column, compared.unit, false, filter);
        observe(compared.bound, filter);
        return part;
      }
      const cut = cutColumn(part, types);
      if (cut !== null) {
        need(cut.column, cut.unit, false, filter);
        return part;
      }
      if (unwrap(part, 'ColumnRef') !== null) {
        need(part, 'instant', false, filter);
        return part;
      }
      if (!isWorthKeeping(part, types)) return undefined;
      need(part, 'instant', true, filter);
      return part;
    });
  };

  for (const condition of held) observe(condition, condition);
  for (const { node, filter } of tests) {
    const isNew = [...columnsOf(node).keys()].some((column) => found.get(column)?.grain !== 'instant');
    if (isNew) need(node, 'instant', true, filter);
  }
  const filtered = new Set(found.keys());
  for (const group of groups) {
    if (found.get(nodeKey(group))?.whole === true) continue;
    const columns = [...columnsOf(group).keys()];
    const isColumn = unwrap(group, 'ColumnRef') !== null;
    const knownAlready = columns.every((column) => filtered.has(column));
    if (isColumn || asks(group) || knownAlready || !isSteady(group, types)) observe(group, null);
    else need(group as JsonObject, 'instant', true, null);
  }
  const grouped = new Set(groups.map(nodeKey));
  const determined = new Set<string>();
  for (const value of readerValues(parts)) {
    mapScalar(value, (part) => {
      const key = nodeKey(part);
      if (grouped.has(key) || parts.aggregates.has(key) || found.get(key)?.whole === true) return part;
      if (unwrap(part, 'ColumnRef') === null) return undefined;
      determined.add(key);
      need(part, 'instant', false, null);
      return part;
    });
  }
  return {
    parts: [...found].map(([key, { node, whole, grain, filtered: isFiltered, parameters }]) => ({
      key,
      node,
      kept: whole ? node : atGrain(node, grain, types.get(key) ?? 'unknown'),
      wantedName: isFixedTest(node, types) ? 'matches' : nameFor(node, parts.targets),
      grain: whole ? grainOf(node, types) : shownGrain(grain, types.get(key)),
      parameters: [...parameters],
      filtered: isFiltered,
    })),
    determined,
  };
}

const testKinds: ReadonlySet<string> = new Set([
  'AEXPR_IN', 'AEXPR_LIKE', 'AEXPR_ILIKE', 'AEXPR_SIMILAR', 'AEXPR_BETWEEN', 'AEXPR_NOT_BETWEEN', 'AEXPR_DISTINCT',
  'AEXPR_NOT_DISTINCT', 'AEXPR_OP_ANY', 'AEXPR_OP_ALL',
]); // prettier-ignore
const comparisons: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/**
 * A part of a filter that asks nothing of the reader: `(fixed and region = $1) or ...`. Its answer is true, false or
 * NULL, where the columns that it looks at may have as many values as there are rows.
 */
function isFixedTest(node: JsonObject, types: ColumnTypes): boolean {
  const expression = unwrap(node, 'A_Expr');
  const kind = text(expression?.['kind']);
  const operator = strings(expression?.['name']).at(-1) ?? '';
  const tests =
    ['BoolExpr', 'NullTest', 'BooleanTest'].some((one) => unwrap(node, one) !== null) ||
    testKinds.has(kind) ||
    (kind === 'AEXPR_OP' && comparisons.has(operator));
  return tests && !asks(node) && isSteady(node, types) && columnsOf(node).size > 0;
}

/** A filter with its parts that ask nothing put together, so that the model keeps one answer for all of them. */
export function withFixedTogether(filter: Json, types: ColumnTypes): Json {
  const bool = unwrap(filter, 'BoolExpr');
  if (bool === null || !asks(filter)) return filter;
  const args = list(bool['args']).map((part) => withFixedTogether(part, types));
  const fixed = args.filter((part) => isObject(part) && isFixedTest(part, types));
  if (bool['boolop'] === 'NOT_EXPR' || fixed.length < 2) return { BoolExpr: { ...bool, args } };
  const together: Json = { BoolExpr: { ...bool, args: fixed } };
  return { BoolExpr: { ...bool, args: [together, ...args.filter((part) => !fixed.includes(part))] } };
}

/** A computed value that is smaller to keep than the columns that it is made of. */
function isWorthKeeping(node: JsonObject, types: ColumnTypes): boolean {
  const typeCast = unwrap(node, 'TypeCast');
  const computes =
    ['FuncCall', 'CaseExpr', 'CoalesceExpr'].some((kind) => unwrap(node, kind) !== null) ||
    (typeCast !== null && unwrap(typeCast['arg'], 'ColumnRef') === null && steadyTime(node, types) !== null);
  return computes && isSteady(node, types) && columnsOf(node).size > 0;
}
