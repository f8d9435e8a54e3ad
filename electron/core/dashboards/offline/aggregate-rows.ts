import { decimalText, parseDecimal } from '../../../../shared/format/decimal.ts';
import type { ModelRows } from '../../history/model-rows.ts';
import { asOfColumn } from '../as-of-column.ts';
import {
  isAsOf,
  no,
  placesPassing,
  tableOf,
  type FilteredAnswer,
  type PickedColumn,
  type RowFilter,
} from './answer-from-rows.ts';
import { groupColumn, pickedOf } from './group-columns.ts';
import type { GroupValue } from './group-value.ts';
import type { GroupKey, GroupedSelect } from './grouped-select.ts';
import type { RowValue } from './row-value.ts';
import { Untold } from './untold.ts';

/**
 * What the database would answer to a widget's grouping query with filters, out of the rows of its read model, cell by cell
 * as PostgreSQL prints it. What it alone knows is said, not guessed.
 */
export function answerGrouped(select: GroupedSelect, model: ModelRows, filters: readonly RowFilter[]): FilteredAnswer {
  const places = placesPassing(model, select.condition, filters);
  if (typeof places === 'string') return no(places);
  const keys = select.keys.map((key) => keyIn(model, key));
  try {
    const groups = groupedBy(model, keys, places);
    const columnOf = (value: GroupValue): PickedColumn => groupColumn(value, { model, keys, groups });
    return tableOf(
      {
        // The moment of the rows is told beside them, and is no column of a widget.
        outputs: select.outputs
          .filter(({ as }) => as !== asOfColumn)
          .map(({ value, as }) => ({ as, column: columnOf(value) })),
        order: select.order
          .filter(({ value }) => !isMomentOfRows(value))
          .map(({ value, ...direction }) => ({ column: columnOf(value), ...direction })),
        limit: select.limit,
      },
      groups.map((_, group) => group),
    );
  } catch (error) {
    if (error instanceof Untold) return no(error.message);
    throw error;
  }
}

/** A column of the relation goes before a name in the answer. */
function keyIn(model: ModelRows, key: GroupKey): RowValue {
  if (key.kind === 'value') return key.value;
  const isColumn = key.name === asOfColumn || model.columns.some(({ name }) => name === key.name);
  return isColumn ? { kind: 'column', column: key.name } : key.output;
}

/** The same for all groups. */
const isMomentOfRows = (value: GroupValue): boolean =>
  (value.kind === 'row' && isAsOf(value.value)) ||
  (value.kind === 'aggregate' && ['min', 'max'].includes(value.aggregate) && value.of !== null && isAsOf(value.of));

/** Places of the rows of each group, in the order in which the groups come up; without keys all rows are one. */
function groupedBy(
  model: ModelRows,
  keys: readonly RowValue[],
  places: readonly number[],
): readonly (readonly number[])[] {
  if (keys.length === 0) return [places];
  const found = keys.filter((key) => !isAsOf(key)).map((key) => pickedOf(model, key));
  const groups = new Map<string, number[]>();
  for (const place of places) {
    const key = JSON.stringify(found.map((column) => keyCell(column, place)));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [place]);
    else group.push(place);
  }
  return [...groups.values()];
}

/** The same for what the database takes for the same value. */
function keyCell({ name, type, cells, ranks }: PickedColumn, place: number): string | number | null {
  const cell = cells[place] ?? null;
  if (cell === null) return null;
  // Texts of one rank are the same to their collation.
  if (ranks !== undefined) return ranks[place] ?? 0;
  if (/^(smallint|integer|bigint|date|timestamp|boolean|uuid)/.test(type)) return cell;
  if (type === 'numeric') return valueOf(cell);
  throw new Untold(`which values of ${type} (${name}) are the same is known to the database alone`);
}

/** One text for 1.0 and 1.00; NaN is the same as itself. */
function valueOf(cell: string): string {
  const number = parseDecimal(cell);
  const text = number === null ? cell : decimalText(number);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
