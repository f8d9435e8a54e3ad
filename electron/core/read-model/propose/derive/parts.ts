import { isList, isObject, list, text, unwrap, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import { aggregatesIn } from './aggregates.ts';
import { refused } from './derivation.ts';
import { allOf, columnNames, conditionsOf, nodeKey } from './nodes.ts';
import { figuredName } from './output-names.ts';
import { parametersIn } from './parameters.ts';
import { readersWords } from './readers-words.ts';

export interface Target {
  /** As the result names it. */
  readonly name: string;
  /** Given by AS. */
  readonly alias: string | null;
  readonly value: Json;
}

/** The outermost SELECT, taken apart; names and places in GROUP BY are replaced by what they stand for. */
export interface SelectParts {
  readonly select: JsonObject;
  readonly targets: readonly Target[];
  /** Without the conditions that an inner join has moved to `conditions`. */
  readonly from: readonly Json[];
  /** Conditions of the joins that stay in `from`. */
  readonly joins: readonly Json[];
  /** Conditions that all have to hold for a row of `from`. */
  readonly conditions: readonly Json[];
  readonly groups: readonly Json[];
  readonly having: Json | null;
  readonly sort: readonly Json[];
  readonly distinct: boolean;
  readonly aggregates: ReadonlyMap<string, JsonObject>;
}

/** True where the reader's parameters, clock or session decide. */
export const asks = (node: Json | undefined): boolean => parametersIn(node).length > 0 || readersWords(node).length > 0;

/**
 * `inputNames`: columns of FROM, which win over names of outputs in GROUP BY. Throws `NotDerivable` for what has no
 * single level of groups.
 */
export function readParts(select: JsonObject, inputNames: ReadonlySet<string>): SelectParts {
  if (select['op'] !== 'SETOP_NONE') throw refusedWhole('UNION, INTERSECT or EXCEPT');
  if (isList(select['valuesLists'])) throw refusedWhole('VALUES');
  if (select['groupDistinct'] === true) throw refusedWhole('GROUP BY DISTINCT');
  if (isList(select['windowClause'])) throw refusedWhole('WINDOW');
  const targets = list(select['targetList']).map(targetOf);
  const { from, moved } = splitFrom(list(select['fromClause']));
  const having = select['havingClause'] ?? null;
  const sort = list(select['sortClause']);
  return {
    select,
    targets,
    from,
    joins: from.flatMap(joinConditions),
    conditions: [...conditionsOf(select['whereClause']), ...moved],
    groups: list(select['groupClause']).map((group) => groupOf(group, targets, inputNames)),
    having,
    sort,
    distinct: isList(select['distinctClause']),
    aggregates: aggregatesIn([...targets.map(({ value }) => value), ...(having === null ? [] : [having]), ...sort]),
  };
}

/** True where GROUP BY says a word that may be an output or a column of FROM. */
export function groupsByName(select: JsonObject): boolean {
  const aliases = list(select['targetList']).map((target) => text(unwrap(target, 'ResTarget')?.['name']));
  return list(select['groupClause']).some((group) => aliases.includes(singleName(group) ?? ''));
}

/** Expressions that the reader computes from groups and aggregates: outputs, HAVING, ORDER BY. */
export const readerValues = ({ targets, having, sort }: SelectParts): readonly Json[] => [
  ...targets.map(({ value }) => value),
  ...(having === null ? [] : [having]),
  ...sort.flatMap((item) => {
    const value = sortedValue(item, targets);
    return value === null ? [] : [value];
  }),
];

/** The expression in an ORDER BY item, or null where it names an output or its place. */
export function sortedValue(item: Json, targets: readonly Target[]): Json | null {
  const node = unwrap(item, 'SortBy')?.['node'];
  if (node === undefined || placeOf(node) !== null) return null;
  const name = singleName(node);
  return name !== null && targets.some((target) => target.name === name) ? null : node;
}

/** The name in `region`; null for `r.region` and everything else. */
export function singleName(node: Json | undefined): string | null {
  const reference = unwrap(node, 'ColumnRef');
  const names = reference === null ? null : columnNames(reference);
  return names?.length === 1 ? (names[0] ?? null) : null;
}

/** The place in `order by 2`. */
export function placeOf(node: Json | undefined): number | null {
  const value = unwrap(node, 'A_Const')?.['ival'];
  return isObject(value) ? Number(value['ival'] ?? 0) : null;
}

function targetOf(item: Json): Target {
  const target = unwrap(item, 'ResTarget');
  const value = target?.['val'];
  const reference = unwrap(value, 'ColumnRef');
  if (value === undefined || (reference !== null && columnNames(reference) === null)) throw refusedWhole('*');
  const alias = typeof target?.['name'] === 'string' ? target['name'] : null;
  return { name: alias ?? figuredName(value), alias, value };
}

function groupOf(group: Json, targets: readonly Target[], inputNames: ReadonlySet<string>): Json {
  if (unwrap(group, 'GroupingSet') !== null) throw refusedWhole('GROUPING SETS, ROLLUP or CUBE');
  if (unwrap(group, 'RowExpr') !== null) throw refusedWhole('a row of values in GROUP BY');
  const place = placeOf(group);
  if (place !== null) return targets[place - 1]?.value ?? group;
  const name = singleName(group);
  if (name === null || inputNames.has(name)) return group;
  return targets.find(({ alias }) => alias === name)?.value ?? group;
}

/**
 * What an inner join's ON asks of the reader holds for every row of the result, so it may be said after the join as
 * well. Below an outer join it may not.
 */
function splitFrom(items: readonly Json[]): { from: readonly Json[]; moved: readonly Json[] } {
  const moved: Json[] = [];
  const visit = (item: Json): Json => {
    const join = unwrap(item, 'JoinExpr');
    if (join === null || join['jointype'] !== 'JOIN_INNER' || isObject(join['alias'])) return item;
    const conditions = conditionsOf(join['quals']);
    const asked = conditions.filter(asks);
    moved.push(...asked);
    const left = join['larg'];
    const right = join['rarg'];
    if (left === undefined || right === undefined) throw new Error('a join has two sides');
    const sides = { larg: visit(left), rarg: visit(right) };
    if (asked.length === 0) return { JoinExpr: { ...join, ...sides } };
    return { JoinExpr: { ...join, ...sides, quals: allOf(conditions.filter((one) => !asks(one))) ?? always } };
  };
  return { from: items.map(visit), moved };
}

/** Of joins without an alias, whose columns can be named from outside. */
function joinConditions(item: Json): readonly Json[] {
  const join = unwrap(item, 'JoinExpr');
  if (join === null || isObject(join['alias'])) return [];
  const { larg = null, rarg = null } = join;
  return [...conditionsOf(join['quals']), ...joinConditions(larg), ...joinConditions(rarg)];
}

const always: Json = { A_Const: { boolval: { boolval: true } } };

const refusedWhole = (construct: string) =>
  refused(
    construct,
    `A statement with ${construct} cannot be split into groups that another filter can be laid over.`,
    'Give the values of all parameters: the result is then kept as it is.',
  );

/** The alias, or the name, of the first output that is this expression. */
export const nameFor = (node: Json, targets: readonly Target[]): string => {
  const key = nodeKey(node);
  return targets.find(({ value }) => nodeKey(value) === key)?.name ?? figuredName(node);
};
