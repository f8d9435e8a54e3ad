import { compareDecimals, decimalText, parseDecimal, sumDecimals } from '../../../../shared/format/decimal.ts';
import { isDay, isMoment, isNumeric, momentsOf, type PickedColumn } from './answer-from-rows.ts';
import type { Aggregate } from './group-value.ts';
import { compareMoments } from './printed-moment.ts';
import { averageText } from './quotient.ts';
import { Untold } from './untold.ts';

const isExact = (type: string): boolean => /^(smallint|integer|bigint|numeric)/.test(type);

/**
 * What each group adds up to: sums and averages are exact, with the digits that PostgreSQL prints. Floats, whose sum
 * depends on the order of the rows, are said. `of` null: count(*).
 */
export function aggregatedColumn(
  aggregate: Aggregate,
  of: PickedColumn | null,
  groups: readonly (readonly number[])[],
): PickedColumn {
  if (of === null) {
    if (aggregate !== 'count') throw new Untold(`${aggregate}(*) is nothing that can be computed`);
    return { name: 'count', type: 'bigint', cells: groups.map((group) => String(group.length)) };
  }
  const cellsOf = (group: readonly number[]): string[] =>
    group.flatMap((place) => {
      const cell = of.cells[place] ?? null;
      return cell === null ? [] : [cell];
    });
  return {
    name: `${aggregate} of ${of.name}`,
    type: typeOf(aggregate, of.type),
    cells: groups.map((group) => aggregated(aggregate, of, cellsOf(group))),
  };
}

function typeOf(aggregate: Aggregate, type: string): string {
  if (aggregate === 'min' || aggregate === 'max') return type;
  const isShort = /^(smallint|integer)/.test(type);
  return aggregate === 'count' || (aggregate === 'sum' && isShort) ? 'bigint' : 'numeric';
}

function aggregated(aggregate: Aggregate, { name, type }: PickedColumn, cells: readonly string[]): string | null {
  const untold = (): Untold => new Untold(`the ${aggregate} of ${type} (${name}) is known to the database alone`);
  if (aggregate === 'count') return String(cells.length);
  if (aggregate === 'min' || aggregate === 'max') {
    if (!isNumeric(type) && !isDay(type) && !(isMoment(type) && momentsOf(cells) !== null)) throw untold();
    if (isNumeric(type) && cells.some((cell) => parseDecimal(cell) === null)) throw untold();
    const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
    const compare = isNumeric(type) ? compareDecimals : isMoment(type) ? compareMoments : byText;
    const way = aggregate === 'min' ? -1 : 1;
    const most = cells.reduce<string | null>(
      (best, cell) => (best === null || compare(cell, best) * way > 0 ? cell : best),
      null,
    );
    // 1.0 and 1.00 are the same number, and the database shows one of them.
    if (most !== null && cells.some((cell) => cell !== most && compare(cell, most) === 0)) throw untold();
    return most;
  }
  if (!isExact(type) || cells.some((cell) => parseDecimal(cell) === null)) throw untold();
  if (cells.length === 0) return null;
  const sum = sumDecimals(cells);
  if (aggregate === 'avg') return averageText(sum, cells.length);
  const whole = parseDecimal(sum);
  return whole === null ? sum : decimalText(whole);
}
