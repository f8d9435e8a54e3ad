import { compareDecimals, decimalText, parseDecimal, sumDecimals } from '../../../../shared/format/decimal.ts';
import { isDay, isMoment, isNumeric, momentsOf, type PickedColumn } from './answer-from-rows.ts';
import type { Aggregate } from './group-value.ts';
import { arePrintedDays, compareDays } from './printed-day.ts';
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
  // Also without rows: the database has a type of its own for it, or refuses it.
  if (!isAdded(aggregate, of.type)) throw untold(aggregate, of);
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

function isAdded(aggregate: Aggregate, type: string): boolean {
  if (aggregate === 'count') return true;
  return aggregate === 'sum' || aggregate === 'avg' ? isExact(type) : isNumeric(type) || isDay(type) || isMoment(type);
}

const untold = (aggregate: Aggregate, { type, name }: PickedColumn): Untold =>
  new Untold(`the ${aggregate} of ${type} (${name}) is known to the database alone`);

function typeOf(aggregate: Aggregate, type: string): string {
  if (aggregate === 'min' || aggregate === 'max') return type;
  const isShort = /^(smallint|integer)/.test(type);
  return aggregate === 'count' || (aggregate === 'sum' && isShort) ? 'bigint' : 'numeric';
}

function aggregated(aggregate: Aggregate, of: PickedColumn, cells: readonly string[]): string | null {
  const { type } = of;
  if (aggregate === 'count') return String(cells.length);
  if (aggregate === 'min' || aggregate === 'max') {
    if (isMoment(type) && momentsOf(cells) === null) throw untold(aggregate, of);
    if (isDay(type) && !arePrintedDays(cells)) throw untold(aggregate, of);
    if (isNumeric(type) && cells.some((cell) => parseDecimal(cell) === null)) throw untold(aggregate, of);
    const compare = isNumeric(type) ? compareDecimals : isMoment(type) ? compareMoments : compareDays;
    const way = aggregate === 'min' ? -1 : 1;
    const most = cells.reduce<string | null>(
      (best, cell) => (best === null || compare(cell, best) * way > 0 ? cell : best),
      null,
    );
    // 1.0 and 1.00 are the same number, and the database shows one of them.
    if (most !== null && cells.some((cell) => cell !== most && compare(cell, most) === 0)) throw untold(aggregate, of);
    return most;
  }
  if (cells.some((cell) => parseDecimal(cell) === null)) throw untold(aggregate, of);
  if (cells.length === 0) return null;
  const sum = sumDecimals(cells);
  if (aggregate === 'avg') return averageText(sum, cells.length);
  const whole = parseDecimal(sum);
  return whole === null ? sum : decimalText(whole);
}
