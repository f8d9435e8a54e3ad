import { isObject, list, strings, unwrap, walk, type Json, type JsonObject } from '../../../sql-text/tree.ts';
import type { ColumnTypes, DeriveInput, FrozenParameter } from './derivation.ts';
import { castType, functionName, nodeKey, output } from './nodes.ts';
import { parameterNumber, parametersIn, unknownValue, withLiterals } from './parameters.ts';
import { asks, groupsByName, readerValues, readParts, type SelectParts } from './parts.ts';
import { emptySelect, printSelect } from './print.ts';
import { readersWords } from './readers-words.ts';
import { wordInside } from './readable.ts';
import { columnsOf, isScalar } from './scalars.ts';
import { isTimeType, steadyTime } from './times.ts';
import { ownColumns } from './zones.ts';

/** A statement whose remaining parameters all stay with the reader. */
export interface Settled {
  readonly parts: SelectParts;
  /** Of the columns that conditions, groups and outputs name themselves. */
  readonly types: ColumnTypes;
  readonly frozen: readonly FrozenParameter[];
}

/**
 * Decides which parameters stay free. Those that decide what the model holds (in sub-selects, outer joins, aggregates)
 * and those that shape the chart (in groups) keep their values; of the filters stay free: equality, and ranges of time.
 * Another filter keeps its value where that is known. Throws `NotDerivable` where a value is needed that is not known,
 * and for clock and session words in such places.
 */
export async function settle(
  tree: JsonObject,
  input: Pick<DeriveInput, 'known' | 'freeze' | 'describe'>,
): Promise<Settled> {
  const { known, describe } = input;
  const literals = new Map<number, string>();
  let select = tree;
  const freeze = async (numbers: readonly number[], where: string | null) => {
    for (const number of numbers) {
      const literal = known.get(number);
      if (literal !== undefined) literals.set(number, literal);
      else if (where !== null) throw unknownValue(number, where);
    }
    select = await withLiterals(select, literals);
  };
  const inside = async (node: Json | undefined, where: string) => {
    const [word] = readersWords(node);
    if (word !== undefined) throw wordInside(word);
    await freeze(parametersIn(node), where);
  };

  const none = new Set<string>();
  await freeze([...(input.freeze ?? [])], null);
  const first = readParts(select, none);
  await inside(select['withClause'], 'in a WITH');
  await inside([...first.from], 'in FROM, in a sub-select or the condition of an outer join');
  await inside([...first.aggregates.values()], 'inside an aggregate');
  const opaque = first.conditions.filter((one) => asks(one) && !isScalar(one));
  await inside(opaque, 'in a condition with a sub-select or an unknown function');

  const inputNames = groupsByName(select) ? await namesIn(readParts(select, none), describe) : none;
  await freeze(parametersIn([...readParts(select, inputNames).groups]), null);
  await freeze(shapesIn(readParts(select, inputNames).conditions), null);
  const grouped = readParts(select, inputNames);
  const types = await columnTypes(grouped, describe);
  for (const condition of grouped.conditions) {
    if (readersWords(condition).length > 0) continue;
    for (const filter of filtersOf(condition)) {
      const numbers = parametersIn(filter);
      if (!isKeyFilter(filter, types) && numbers.every((number) => known.has(number))) await freeze(numbers, null);
    }
  }
  return {
    parts: readParts(select, inputNames),
    types,
    frozen: [...literals].toSorted(([a], [b]) => a - b).map(([number, literal]) => ({ name: `$${number}`, literal })),
  };
}

/** FROM of the definition, to be asked about. */
export const selectFrom = (
  { select, from }: Pick<SelectParts, 'select' | 'from'>,
  values: readonly Json[],
): JsonObject => ({
  ...emptySelect,
  ...(isObject(select['withClause']) ? { withClause: select['withClause'] } : {}),
  ...(from.length > 0 ? { fromClause: [...from] } : {}),
  targetList: values.map((value, at) => output(`c${at + 1}`, value)),
});

async function namesIn(parts: SelectParts, describe: DeriveInput['describe']): Promise<ReadonlySet<string>> {
  const star: Json = { ResTarget: { val: { ColumnRef: { fields: [{ A_Star: {} }] } } } };
  const described = await describe(await printSelect({ ...selectFrom(parts, []), targetList: [star] }));
  return new Set(described.map(({ name }) => name));
}

async function columnTypes(parts: SelectParts, describe: DeriveInput['describe']): Promise<ColumnTypes> {
  const columns = new Map<string, JsonObject>();
  for (const node of [...parts.conditions, ...parts.joins, ...parts.groups, ...readerValues(parts)]) {
    for (const [key, found] of ownColumns(node)) columns.set(key, found);
  }
  if (columns.size === 0) return new Map();
  const described = await describe(await printSelect(selectFrom(parts, [...columns.values()])));
  return new Map([...columns.keys()].map((key, at) => [key, described[at]?.type ?? 'unknown']));
}

/**
 * Parameters that shape a filter rather than fill it: the unit of `date_trunc($1, ...)`, how long a window is that moves
 * with the clock, and what the column is computed with in `substr(phone, $1, $2) = $3`. With their values known, the
 * model can be as coarse as the chart.
 */
function shapesIn(conditions: readonly Json[]): readonly number[] {
  return conditions.flatMap((condition) => {
    const found: number[] = [];
    const moves = readersWords(condition).length > 0;
    walk(condition, (kind, fields) => {
      const [first] = list(fields['args']);
      const shaped = kind === 'FuncCall' && shaping.has(functionName(fields) ?? '') ? first : undefined;
      const window = kind === 'TypeCast' && moves && castType(fields) === 'interval' ? fields['arg'] : undefined;
      for (const node of [shaped, window]) {
        const number = isObject(node) ? parameterNumber(node) : null;
        if (number !== null) found.push(number);
      }
      if (kind === 'A_Expr') found.push(...besideColumns(fields));
    });
    return found;
  });
}

/** Parameters on the side of a comparison that has the columns, where the other side has none. */
function besideColumns({ lexpr = null, rexpr = null }: JsonObject): readonly number[] {
  const [left, right] = [ownColumns(lexpr).size > 0, ownColumns(rexpr).size > 0];
  return left === right ? [] : parametersIn(left ? lexpr : rexpr);
}

const shaping: ReadonlySet<string> = new Set(['date_trunc', 'date_part', 'extract', 'timezone']);

/** What AND, OR and NOT put together. */
function filtersOf(node: Json): readonly Json[] {
  const bool = unwrap(node, 'BoolExpr');
  return bool === null ? [node] : list(bool['args']).flatMap(filtersOf);
}

/** Filters that make a key of the model: equality, and a range of time. */
function isKeyFilter(node: Json, types: ColumnTypes): boolean {
  if (parametersIn(node).length === 0) return true;
  if (unwrap(node, 'NullTest') !== null) return true;
  const expression = unwrap(node, 'A_Expr');
  if (expression === null) return false;
  const { kind, lexpr = null, rexpr = null } = expression;
  const sides = [lexpr, rexpr].map((side) => ({
    side,
    columns: sideColumns(side),
    asked: parametersIn(side).length > 0,
  }));
  const kept = sides.find(({ columns, asked }) => columns > 0 && !asked);
  const asked = sides.find((side) => side.columns === 0 && side.asked);
  if (kept === undefined || asked === undefined) return false;
  const operator = strings(expression['name']).at(-1) ?? '';
  if (kind === 'AEXPR_OP' || kind === 'AEXPR_IN' || kind === 'AEXPR_OP_ANY') {
    if (operator === '=') return true;
  }
  const range = (kind === 'AEXPR_OP' && ['<', '<=', '>', '>='].includes(operator)) || kind === 'AEXPR_BETWEEN';
  return range && (isTimeType(types.get(nodeKey(kept.side))) || steadyTime(kept.side, types) !== null);
}

const sideColumns = (side: Json): number =>
  unwrap(side, 'List') === null
    ? columnsOf(side).size
    : list(unwrap(side, 'List')?.['items']).reduce<number>((count, item) => count + columnsOf(item).size, 0);
