import { compareDecimals, decimalText, parseDecimal, sumDecimals } from '../../../../shared/format/decimal.ts';
import type { Column } from '../../../../shared/model/read-model.ts';
import type { ModelRows } from '../../history/model-rows.ts';
import { averageText } from './average.ts';
import {
  answerFromRows,
  isDay,
  isMoment,
  isNumeric,
  momentsOf,
  no,
  placesPassing,
  type FilteredAnswer,
  type RowFilter,
} from './answer-from-rows.ts';
import { compareMoments } from './printed-moment.ts';
import type { Aggregate, GroupedOutput, GroupedSelect } from './grouped-select.ts';

/** Why something cannot be told from the printed cells, as the end of a sentence. */
class Untold extends Error {}

const isExact = (type: string): boolean => /^(smallint|integer|bigint|numeric)/.test(type);

/**
 * What the database would answer to a widget's grouping query with filters, out of the rows of its read model: sums and
 * averages are exact, with the digits that PostgreSQL prints. Floats, whose sum depends on the order of the rows, and
 * orders that are the server's own are said, not guessed.
 */
export function answerGrouped(select: GroupedSelect, model: ModelRows, filters: readonly RowFilter[]): FilteredAnswer {
  const places = placesPassing(model, select.condition, filters);
  if (typeof places === 'string') return no(places);
  // The moment of the rows is told beside them, and is the same for all.
  const outputs = select.outputs.map((output, at) => ({ ...output, at })).filter(({ column }) => column !== 'as_of');
  const keys = select.keys.filter((key) => key !== 'as_of');
  try {
    const groups = groupedBy(model, keys, places, select.keys.length === 0);
    const made = outputs.map((output) => ({ output, ...columnOf(output, model, groups) }));
    const nameAt = (at: number): string => `output ${at}`;
    const grouped: ModelRows = {
      ...model,
      columns: made.map(({ output, type }) => ({ name: nameAt(output.at), type })),
      rows: groups.map((_, row) => made.map(({ cells }) => cells[row] ?? null)),
      ranks: Object.fromEntries(made.flatMap(({ output, ranks }) => (ranks ? [[nameAt(output.at), ranks]] : []))),
    };
    return answerFromRows(
      {
        kind: 'plain',
        schema: select.schema,
        relation: select.relation,
        condition: null,
        columns: outputs.map(({ at, as }) => ({ column: nameAt(at), as })),
        order: select.order
          .filter(({ output }) => outputs.some(({ at }) => at === output))
          .map(({ output, ...direction }) => ({ column: nameAt(output), ...direction })),
        limit: select.limit,
      },
      grouped,
      [],
    );
  } catch (error) {
    if (error instanceof Untold) return no(error.message);
    throw error;
  }
}

function columnNamed(model: ModelRows, name: string): { readonly column: Column; readonly index: number } {
  const index = model.columns.findIndex((one) => one.name === name);
  const column = model.columns[index];
  if (column === undefined) throw new Untold(`${model.readModel} has no column ${name} in its saved rows`);
  return { column, index };
}

/** Places of the rows of each group, in the order in which the groups come up. */
function groupedBy(
  model: ModelRows,
  keys: readonly string[],
  places: readonly number[],
  allAreOne: boolean,
): readonly (readonly number[])[] {
  if (allAreOne) return [places];
  const found = keys.map((key) => ({ ...columnNamed(model, key), ranks: model.ranks[key] }));
  const groups = new Map<string, number[]>();
  for (const place of places) {
    const key = JSON.stringify(found.map(({ column, index, ranks }) => keyCell(model, column, index, ranks, place)));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [place]);
    else group.push(place);
  }
  return [...groups.values()];
}

/** The same for what the database takes for the same value. */
function keyCell(
  model: ModelRows,
  { name, type }: Column,
  index: number,
  ranks: readonly number[] | undefined,
  place: number,
): string | number | null {
  const cell = model.rows[place]?.[index] ?? null;
  if (cell === null) return null;
  // Texts of one rank are the same to their collation.
  if (ranks !== undefined) return ranks[place] ?? 0;
  if (/^(smallint|integer|bigint|date|timestamp|boolean|uuid)/.test(type)) return cell;
  throw new Untold(`which values of ${type} (${name}) are the same is known to the database alone`);
}

interface Made {
  readonly type: string;
  readonly cells: readonly (string | null)[];
  readonly ranks?: number[];
}

function columnOf(output: GroupedOutput, model: ModelRows, groups: readonly (readonly number[])[]): Made {
  if (output.kind === 'key') {
    const { column, index } = columnNamed(model, output.column);
    const ranks = model.ranks[output.column];
    const first = groups.map(([place = -1]) => place);
    return {
      type: column.type,
      cells: first.map((place) => model.rows[place]?.[index] ?? null),
      ...(ranks === undefined ? {} : { ranks: first.map((place) => ranks[place] ?? 0) }),
    };
  }
  if (output.column === null) {
    if (output.kind !== 'count') throw new Untold(`${output.kind}(*) is nothing that can be computed`);
    return { type: 'bigint', cells: groups.map((group) => String(group.length)) };
  }
  const { column, index } = columnNamed(model, output.column);
  const cellsOf = (group: readonly number[]): string[] =>
    group.flatMap((place) => {
      const cell = model.rows[place]?.[index] ?? null;
      return cell === null ? [] : [cell];
    });
  if (output.kind === 'count') return { type: 'bigint', cells: groups.map((group) => String(cellsOf(group).length)) };
  const type = output.asBigint ? 'bigint' : typeOf(output.kind, column);
  return { type, cells: groups.map((group) => aggregated(output, column, cellsOf(group))) };
}

function typeOf(kind: Exclude<Aggregate, 'count'>, { type }: Column): string {
  if (kind === 'min' || kind === 'max') return type;
  return kind === 'sum' && /^(smallint|integer)/.test(type) ? 'bigint' : 'numeric';
}

function aggregated(
  { kind, asBigint }: { readonly kind: Aggregate; readonly asBigint: boolean },
  { name, type }: Column,
  cells: readonly string[],
): string | null {
  const untold = (): Untold => new Untold(`the ${kind} of ${type} (${name}) is known to the database alone`);
  if (kind === 'min' || kind === 'max') {
    if (!isNumeric(type) && !isDay(type) && !(isMoment(type) && momentsOf(cells) !== null)) throw untold();
    if (isNumeric(type) && cells.some((cell) => parseDecimal(cell) === null)) throw untold();
    const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
    const compare = isNumeric(type) ? compareDecimals : isMoment(type) ? compareMoments : byText;
    const way = kind === 'min' ? -1 : 1;
    return cells.reduce<string | null>(
      (best, cell) => (best === null || compare(cell, best) * way > 0 ? cell : best),
      null,
    );
  }
  if (!isExact(type) || cells.some((cell) => parseDecimal(cell) === null)) throw untold();
  if (cells.length === 0) return null;
  const sum = sumDecimals(cells);
  if (kind === 'avg') return averageText(sum, cells.length);
  const whole = parseDecimal(sum);
  // A cast would round.
  if (asBigint && (whole === null || whole.scale > 0)) throw untold();
  return whole === null ? sum : decimalText(whole);
}
