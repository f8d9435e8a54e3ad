import type { IndexFacts } from '../postgres/queries/index-facts.ts';
import type { ColumnStatistics } from '../postgres/queries/planner-statistics.ts';
import type { TableFacts } from '../postgres/queries/table-facts.ts';
import type { ColumnUse, Comparisons } from '../sql-text/comparisons.ts';
import { tableName } from './resolve-columns.ts';

/** Columns that an index could have, and why. */
export interface Candidate {
  readonly table: TableFacts;
  readonly columns: readonly ColumnStatistics[];
  /** How many of the columns, from the first on, are compared for equality. */
  readonly equal: number;
  /** Equality with a constant, not with a column of another table. */
  readonly byConstants: boolean;
  /** All conditions on the table are in it. */
  readonly whole: boolean;
  /** Its last columns are the order that the statement asks for. */
  readonly sorted: boolean;
  readonly reason: string;
}

/** More columns make an index larger for every write, and narrow little. */
const mostColumns = 3;

interface Wanted {
  readonly equal: ColumnStatistics[];
  readonly joined: ColumnStatistics[];
  readonly ranged: ColumnStatistics[];
  readonly sorted: ColumnStatistics[];
  limited: boolean;
}

/**
 * Indexes that the conditions of a statement could use and that no index begins with yet: equality first, the most
 * distinct column leading, then one range or the sort order. Pure.
 */
export function candidatesFor(
  { comparisons, orderings }: Comparisons,
  resolved: ReadonlyMap<ColumnUse, ColumnStatistics>,
  tables: readonly TableFacts[],
  indexes: readonly IndexFacts[],
): Candidate[] {
  const wanted = new Map<string, Wanted>();
  const of = (statistics: ColumnStatistics): Wanted => {
    const name = tableName(statistics);
    const found = wanted.get(name) ?? { equal: [], joined: [], ranged: [], sorted: [], limited: false };
    wanted.set(name, found);
    return found;
  };
  const add = (columns: ColumnStatistics[], statistics: ColumnStatistics) => {
    if (!columns.some(({ column }) => column === statistics.column)) columns.push(statistics);
  };
  for (const { column, operator, joined, required } of comparisons) {
    const statistics = resolved.get(column);
    if (statistics === undefined || !required) continue;
    const other = joined === null ? undefined : resolved.get(joined);
    // A condition between two columns of one table is no condition that an index can begin with.
    if (other !== undefined && tableName(other) === tableName(statistics)) continue;
    if (operator === '=' && joined !== null) add(of(statistics).joined, statistics);
    else if (operator === '=' || operator === 'in' || (operator === 'null' && !statistics.notNull))
      add(of(statistics).equal, statistics);
    else if ((operator === 'range' || operator === 'between') && joined === null)
      add(of(statistics).ranged, statistics);
  }
  for (const { columns, limited } of orderings) {
    const sorted = columns.map(({ column }) => resolved.get(column));
    const [first] = sorted;
    if (first === undefined || sorted.some((one) => one === undefined || tableName(one) !== tableName(first))) continue;
    if (new Set(columns.map(({ descending }) => descending)).size > 1) continue;
    const target = of(first);
    target.limited = limited;
    for (const one of sorted) if (one !== undefined) add(target.sorted, one);
  }
  return [...wanted].flatMap(([name, uses]) => {
    const table = tables.find((one) => tableName(one) === name);
    const own = indexes.filter((index) => tableName(index) === name);
    return table === undefined ? [] : unlike(shapes(table, uses).filter((one) => !isCovered(one, own)));
  });
}

function shapes(table: TableFacts, { equal, joined, ranged, sorted, limited }: Wanted): Candidate[] {
  const distinct = (column: ColumnStatistics) => distinctValues(column, table.rows);
  const byDistinct = (a: ColumnStatistics, b: ColumnStatistics) => distinct(b) - distinct(a);
  const constants = equal.toSorted(byDistinct);
  const joins = joined.filter((one) => !constants.some(({ column }) => column === one.column)).toSorted(byDistinct);
  const shape = (head: readonly ColumnStatistics[], tail: readonly ColumnStatistics[], reason: string): Candidate => {
    const rest = tail.filter((one) => !head.some(({ column }) => column === one.column));
    const columns = [...head, ...rest].slice(0, mostColumns);
    return {
      table,
      columns,
      equal: Math.min(head.length, columns.length),
      byConstants: head.every((one) => constants.includes(one)),
      whole: [...constants, ...ranged].every((one) => columns.includes(one)),
      sorted: tail === sorted && columns.length === head.length + rest.length,
      reason,
    };
  };
  const names = (columns: readonly ColumnStatistics[]) => columns.map(({ column }) => column).join(', ');
  const found: Candidate[] = [];
  if (constants.length > 0) {
    found.push(shape(constants, [], `rows are looked up by ${names(constants)}`));
    const [leading] = constants;
    if (constants.length > 1 && leading !== undefined) {
      found.push(
        shape([leading], [], `rows are looked up by ${names(constants)}, of which ${leading.column} tells the most`),
      );
    }
  }
  for (const range of ranged) {
    const head = constants.length === 0 ? '' : `rows are looked up by ${names(constants)} and `;
    found.push(shape(constants, [range], `${head}a range of ${range.column} is read`));
  }
  if (sorted.length > 0 && (limited || constants.length > 0)) {
    const head = constants.length === 0 ? '' : `rows are looked up by ${names(constants)} and `;
    found.push(shape(constants, sorted, `${head}sorted by ${names(sorted)}${limited ? ', the first few' : ''}`));
  }
  for (const join of joins) found.push(shape([join, ...constants], [], `the table is joined by ${join.column}`));
  return found;
}

/** A number of values: pg_stats tells a share of the rows where the values grow with them. */
export function distinctValues({ distinct }: ColumnStatistics, rows: number): number {
  if (distinct === null || distinct === 0) return 200; // the planner's own guess without statistics
  return Math.max(1, distinct > 0 ? distinct : -distinct * rows);
}

/** The columns lead an index already, or a unique index finds one row by fewer. */
function isCovered({ columns, equal }: Candidate, indexes: readonly IndexFacts[]): boolean {
  const names = columns.map(({ column }) => column);
  const head = new Set(names.slice(0, equal));
  return indexes.some((index) => {
    if (!index.valid || index.partial || index.method !== 'btree') return false;
    if (index.unique && index.columns.every((column) => column !== null && head.has(column))) return true;
    const leading = index.columns.slice(0, names.length);
    if (leading.length < names.length) return false;
    return (
      leading.slice(0, equal).every((column) => column !== null && head.has(column)) &&
      leading.slice(equal).every((column, place) => column === names[equal + place])
    );
  });
}

function unlike(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ columns }) => {
    const key = columns.map(({ column }) => column).join();
    return !seen.has(key) && seen.add(key);
  });
}
