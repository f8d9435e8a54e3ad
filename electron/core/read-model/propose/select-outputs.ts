import { isList, isObject, strings, type Json, type JsonObject } from '../../sql-text/tree.ts';
import type { ParsedSelect } from './parse-select.ts';

/** What the outermost SELECT says about its result. */
export interface SelectOutputs {
  /** Outputs that identify a row as far as the text tells (GROUP BY, DISTINCT, UNION); null: cannot be told. */
  readonly key: readonly string[] | null;
  /** True when the key is only a part: a grouped expression is no output, or grouping sets repeat NULLs. */
  readonly keyIncomplete: boolean;
  /** One row at most: aggregates without GROUP BY. */
  readonly singleRow: boolean;
  /** Outputs that a cast narrows, e.g. 'amount: numeric(18,2)'. */
  readonly narrowed: readonly string[];
}

interface Target {
  readonly name: string | null;
  readonly value: Json | undefined;
}

/** Reads GROUP BY, DISTINCT and UNION of the outermost SELECT against its result columns, in order. */
export function selectOutputs({ tree }: ParsedSelect, columns: readonly string[]): SelectOutputs {
  const none: SelectOutputs = { key: null, keyIncomplete: false, singleRow: false, narrowed: [] };
  if (tree['op'] !== 'SETOP_NONE') {
    return tree['all'] === true || tree['op'] === undefined ? none : { ...none, key: columns };
  }
  const targets = (isList(tree['targetList']) ? tree['targetList'] : []).map(targetOf);
  // With a star the places of columns and targets do not agree: nothing is told from places then.
  const placed = targets.length === columns.length && !targets.some(({ value }) => isStar(value));
  const narrowed = placed ? targets.flatMap(({ value }, at) => narrowedBy(value, columns[at] ?? '')) : [];
  const groups = isList(tree['groupClause']) ? tree['groupClause'] : [];
  if (groups.length > 0) {
    if (!placed) return { ...none, keyIncomplete: true };
    const found = groups.map((group) => outputOf(group, targets, columns));
    const key = [...new Set(found.filter((name) => name !== null))];
    return { key: key.length === 0 ? null : key, keyIncomplete: found.includes(null), singleRow: false, narrowed };
  }
  if (isList(tree['distinctClause'])) {
    // Plain DISTINCT is a list with one empty node; DISTINCT ON lists its expressions.
    const on = tree['distinctClause'].filter((item) => isObject(item) && Object.keys(item).length > 0);
    const found = on.map((item) => (placed ? outputOf(item, targets, columns) : null));
    if (on.length === 0) return { ...none, key: columns, narrowed };
    const key = found.filter((name) => name !== null);
    return { key: key.length === 0 ? null : key, keyIncomplete: found.includes(null), singleRow: false, narrowed };
  }
  return { ...none, narrowed };
}

function targetOf(item: Json): Target {
  const node = isObject(item) ? item['ResTarget'] : undefined;
  if (!isObject(node)) return { name: null, value: undefined };
  return { name: typeof node['name'] === 'string' ? node['name'] : null, value: node['val'] };
}

const isStar = (value: Json | undefined): boolean =>
  JSON.stringify(value ?? null).includes('"A_Star"') && isColumnRef(value);
const isColumnRef = (value: Json | undefined): boolean => isObject(value) && 'ColumnRef' in value;

/** The output column that a grouped expression is: by place, by name, or because both are the same expression. */
function outputOf(group: Json, targets: readonly Target[], columns: readonly string[]): string | null {
  if (!isObject(group)) return null;
  const place = isObject(group['A_Const']) ? group['A_Const']['ival'] : undefined;
  if (isObject(place)) return columns[Number(place['ival'] ?? 0) - 1] ?? null;
  const wanted = withoutPlaces(group);
  const same = targets.findIndex(({ value }) => value !== undefined && withoutPlaces(value) === wanted);
  if (same >= 0) return columns[same] ?? null;
  // `group by region` may name the output of `c.region`, or the other way round.
  const name = strings(isObject(group['ColumnRef']) ? group['ColumnRef']['fields'] : undefined).at(-1);
  if (name === undefined) return null;
  const named = targets.findIndex(
    (target, at) => columns[at] === name && (target.name === name || isColumnRef(target.value)),
  );
  return named < 0 ? null : name;
}

const withoutPlaces = (node: Json): string =>
  JSON.stringify(node, (key, value: unknown) => (key === 'location' ? undefined : value));

/** A cast to `numeric(p,s)` rounds and can overflow, one to integer overflows at 2.1 billion. */
function narrowedBy(value: Json | undefined, column: string): string[] {
  const cast = isObject(value) ? value['TypeCast'] : undefined;
  const type: JsonObject | null = isObject(cast) && isObject(cast['typeName']) ? cast['typeName'] : null;
  if (type === null) return [];
  const name = strings(type['names']).at(-1) ?? '';
  if (name === 'numeric' && isList(type['typmods'])) return [`${column} (numeric with a fixed scale)`];
  return name === 'int4' || name === 'int2' ? [`${column} (integer)`] : [];
}
