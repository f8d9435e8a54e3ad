import { list, unwrap, walk, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import { aggregateNames } from '../../../sql-text/unify.ts';
import { NotDerivable } from './derivation.ts';
import { call, cast, divided, functionName, integer, kept, nodeKey } from './nodes.ts';

/** Their answer depends on the order in which rows come, unless they are told one. */
const ordered: ReadonlySet<string> = new Set([
  'array_agg', 'string_agg', 'json_agg', 'jsonb_agg', 'json_object_agg', 'jsonb_object_agg', 'xmlagg', 'any_value',
]); // prettier-ignore
/** The value over several groups is the same function of the values of each. */
const selfSame: ReadonlySet<string> = new Set(['min', 'max', 'bool_and', 'bool_or', 'every']);

export function isAggregate(node: Json): boolean {
  const fields = unwrap(node, 'FuncCall');
  return fields !== null && fields['over'] === undefined && aggregateNames.has(functionName(fields) ?? '');
}

/** The aggregates of this level by their key, outermost ones only; what sub-selects aggregate is their own. */
export function aggregatesIn(node: Json | undefined): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  walk(node, (kind, fields) => {
    if (kind === 'SubLink') return false;
    const whole = { [kind]: fields };
    if (!isAggregate(whole)) return true;
    found.set(nodeKey(whole), whole);
    return false;
  });
  return found;
}

/** What the model keeps for an aggregate. */
export interface Stored {
  /** Part of the column's name: '', '_sum', '_count'. */
  readonly suffix: string;
  readonly node: JsonObject;
}

export interface Split {
  readonly stored: readonly Stored[];
  /** The aggregate's value over several rows of the model, from the columns that keep `stored`, in that order. */
  readonly read: (columns: readonly string[]) => JsonObject;
  /** Said to people. */
  readonly change: string | null;
}

/**
 * How an aggregate is put together again from those of smaller groups: exact, or not at all. `type`: of its result.
 * Throws `NotDerivable` where it cannot be.
 */
export function split(node: JsonObject, type: string): Split {
  const fields = unwrap(node, 'FuncCall') ?? {};
  const name = functionName(fields) ?? '';
  const stored: readonly Stored[] = [{ suffix: '', node }];
  const distinct = fields['agg_distinct'] === true && !['min', 'max'].includes(name);
  if (distinct || fields['agg_order'] !== undefined) throw notAgain(node);
  if (selfSame.has(name)) return { stored, read: ([of = '']) => call(name, kept(of)), change: null };
  switch (name) {
    case 'count':
      return {
        stored,
        read: ([of = '']) => cast(coalesced(call('sum', kept(of))), 'bigint'),
        change: 'count is kept for each group and added up when read.',
      };
    case 'sum':
      return {
        stored,
        // A sum of bigint is numeric.
        read: ([of = '']) => (type === 'bigint' ? cast(call('sum', kept(of)), 'bigint') : call('sum', kept(of))),
        change: 'sum is kept for each group and added up when read.',
      };
    case 'avg':
      return {
        stored: [
          { suffix: '_sum', node: renamed(fields, 'sum') },
          { suffix: '_count', node: renamed(fields, 'count') },
        ],
        read: ([sum = '', count = '']) => divided(call('sum', kept(sum)), nullIfZero(call('sum', kept(count)))),
        change: 'avg is kept as sum and count, and divided when read.',
      };
    default:
      throw notAgain(node);
  }
}

/** Refuses, whatever the groups are, what gives another answer when the same rows come in another order. */
export function refuseUnordered(node: JsonObject, type: string): void {
  const fields = unwrap(node, 'FuncCall') ?? {};
  const name = functionName(fields) ?? '';
  if (ordered.has(name) && !sortsByItself(fields)) {
    throw new NotDerivable({
      construct: `${name}()`,
      why: `${name}() gives another answer when the same rows come in another order.`,
      whatToDo: 'Add an ORDER BY of its own argument inside of it.',
    });
  }
  const exact = ['count', 'min', 'max', 'regr_count', 'percentile_disc', 'percentile_cont', 'mode'].includes(name);
  if (!exact && /^(real|double precision)$/.test(type)) {
    throw new NotDerivable({
      construct: `${name}() of floating point`,
      why: 'Sums of floating point depend on the order of rows, so the last digits would differ.',
      whatToDo: 'Cast its argument to numeric.',
    });
  }
  if (['sum', 'avg'].includes(name) && !/^(bigint|numeric)$/.test(type)) {
    throw new NotDerivable({
      construct: `${name}() as ${type}`,
      why: `It is not known that ${name}() of this type can be kept exactly.`,
      whatToDo: 'Cast its argument to numeric.',
    });
  }
}

/** `string_agg(name, ', ' order by name)`: rows that tie are equal. */
function sortsByItself(fields: JsonObject): boolean {
  const [argument] = list(fields['args']);
  const sorted = list(fields['agg_order']).map((sort) => nodeKey(unwrap(sort, 'SortBy')?.['node']));
  return sorted.includes(nodeKey(argument));
}

function notAgain(node: JsonObject): NotDerivable {
  const fields = unwrap(node, 'FuncCall') ?? {};
  const name = functionName(fields) ?? '';
  const construct = fields['agg_distinct'] === true ? `${name}(DISTINCT)` : `${name}()`;
  return new NotDerivable({
    construct,
    why: `${construct} of several groups cannot be put together from those of each, and a filter asks for something else than the chart groups by.`,
    whatToDo:
      'Group by everything that is filtered, or give the values of the parameters and keep the result as it is.',
  });
}

const renamed = (fields: JsonObject, name: string): JsonObject => {
  const schema = list(fields['funcname']).slice(0, -1);
  return { FuncCall: { ...fields, funcname: [...schema, { String: { sval: name } }] } };
};
const coalesced = (node: JsonObject): JsonObject => ({ CoalesceExpr: { args: [node, integer(0)] } });
const nullIfZero = (node: JsonObject): JsonObject => ({
  A_Expr: { kind: 'AEXPR_NULLIF', name: [{ String: { sval: '=' } }], lexpr: node, rexpr: integer(0) },
});
