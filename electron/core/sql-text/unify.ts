import { literalOf } from './literal.ts';
import { fillings, isFilling, skeleton } from './same-shape.ts';
import { isList, isObject, list, strings, unwrap, walk, type Json, type JsonObject } from './tree.ts';

/** Names of PostgreSQL's aggregates that take an expression; inside of one nothing has to be equal to a group. */
export const aggregateNames: ReadonlySet<string> = new Set(
  (
    'count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or ' +
    'every bit_and bit_or bit_xor stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp ' +
    'regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy xmlagg any_value ' +
    'percentile_cont percentile_disc mode range_agg range_intersect_agg'
  ).split(' '),
);

export interface Unified {
  /** Number of a parameter -> the lowest of those that it is equal to; those that stand alone are left out. */
  readonly roots: ReadonlyMap<number, number>;
  /** Values of parameters whose partner still stands in the text as it was sent. */
  readonly literals: ReadonlyMap<number, string>;
}

/**
 * Parameters that stood for the same constant, since the statement would not have been accepted otherwise:
 * `select date_trunc($1, d) ... group by date_trunc($2, d)`, `select distinct ... order by`. pg_stat_statements often
 * replaces the constant in one of the two places only (`group by date_trunc('month', d)`), and then its value is there.
 */
export function unifyParameters(tree: Json): Unified {
  const parent = new Map<number, number>();
  const literals = new Map<number, string>();
  const root = (member: number): number => {
    const above = parent.get(member);
    return above === undefined ? member : root(above);
  };
  const join = (a: JsonObject, b: JsonObject): void => {
    const [one, other] = [numberOf(a), numberOf(b)];
    if (one !== null && other !== null) {
      const [low = 0, high = 0] = [root(one), root(other)].toSorted((x, y) => x - y);
      if (low !== high) parent.set(high, low);
    } else if (one !== null || other !== null) {
      const literal = literalOf(one === null ? a : b);
      if (literal !== null) literals.set(one ?? other ?? 0, literal);
    }
  };
  walk(tree, (kind, select) => {
    if (kind !== 'SelectStmt') return;
    for (const [free, fixed] of pairs(select)) {
      const others = fillings(fixed);
      fillings(free).forEach((filling, index) => join(filling, others[index] ?? filling));
    }
  });
  return { roots: new Map([...parent.keys()].map((member) => [member, root(member)])), literals };
}

const numberOf = (node: JsonObject): number | null => {
  const reference = unwrap(node, 'ParamRef');
  return reference === null ? null : Number(reference['number']);
};

/** Expressions of a SELECT beside those that they have to be equal to. */
function pairs(select: JsonObject): [JsonObject, JsonObject][] {
  const outputs = list(select['targetList']).map((target) => unwrap(target, 'ResTarget')?.['val']);
  const sorted = list(select['sortClause']).map((sort) => unwrap(sort, 'SortBy')?.['node']);
  const found: [JsonObject, JsonObject][] = [];
  const groups = keyed(groupExpressions(list(select['groupClause'])));
  if (groups.size > 0) {
    // Each clause counts for itself which of several equal-looking groups it has reached.
    for (const clause of [outputs, [select['havingClause']], sorted]) match(clause, groups, found);
  }
  const distinct = list(select['distinctClause']).filter((item) => isObject(item) && Object.keys(item).length > 0);
  if (distinct.length > 0) match(sorted, keyed(distinct), found);
  else if (isList(select['distinctClause'])) match(sorted, keyed(outputs), found);
  return found;
}

/** Expressions with parameters or constants by their skeleton. */
function keyed(expressions: readonly (Json | undefined)[]): Map<string, JsonObject[]> {
  const bySkeleton = new Map<string, JsonObject[]>();
  for (const expression of expressions) {
    if (!isObject(expression) || isFilling(expression) || fillings(expression).length === 0) continue;
    const key = skeleton(expression);
    bySkeleton.set(key, [...(bySkeleton.get(key) ?? []), expression]);
  }
  return bySkeleton;
}

function groupExpressions(groups: readonly Json[]): Json[] {
  return groups.flatMap((group) => {
    const set = unwrap(group, 'GroupingSet');
    if (set !== null) return groupExpressions(list(set['content']));
    const row = unwrap(group, 'RowExpr');
    return row === null ? [group] : groupExpressions(list(row['args']));
  });
}

function match(
  clause: readonly (Json | undefined)[],
  wanted: ReadonlyMap<string, readonly JsonObject[]>,
  found: [JsonObject, JsonObject][],
): void {
  const reached = new Map<string, number>();
  const visit = (node: Json | undefined): void => {
    if (isList(node)) return node.forEach(visit);
    if (!isObject(node)) return;
    const call = unwrap(node, 'FuncCall');
    if (call !== null && isAggregate(call)) return;
    if (!isFilling(node) && fillings(node).length > 0) {
      const key = skeleton(node);
      const candidates = (wanted.get(key) ?? []).filter((candidate) => mayBeEqual(node, candidate));
      const at = reached.get(key) ?? 0;
      const partner = candidates[at] ?? candidates[0];
      if (partner !== undefined) {
        reached.set(key, at + 1);
        if (partner !== node) found.push([node, partner]);
        return;
      }
    }
    Object.values(node).forEach(visit);
  };
  clause.forEach(visit);
}

const isAggregate = (call: JsonObject): boolean =>
  call['agg_star'] === true ||
  call['agg_filter'] !== undefined ||
  call['agg_order'] !== undefined ||
  call['agg_distinct'] === true ||
  (call['over'] === undefined && aggregateNames.has(strings(call['funcname']).at(-1) ?? ''));

/** Two constants that both still stand in the text have to be the same. */
function mayBeEqual(node: JsonObject, candidate: JsonObject): boolean {
  const others = fillings(candidate);
  return fillings(node).every((filling, index) => {
    const [one, other] = [literalOf(filling), literalOf(others[index])];
    return one === null || other === null || one === other;
  });
}
