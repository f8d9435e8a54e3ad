/** How PostgreSQL prints a date, or a timestamp without a zone, under DateStyle ISO: '0044-03-15 BC', '12026-01-01 08:30:00'. */
const printed = /^(\d{4,7})(-\d\d-\d\d)( [\d:.]+)?( BC)?$/;

interface PrintedDay {
  readonly year: number;
  /** In the order of its text. */
  readonly rest: string;
}

function parts(cell: string): PrintedDay | null {
  if (cell === 'infinity') return { year: Number.POSITIVE_INFINITY, rest: '' };
  if (cell === '-infinity') return { year: Number.NEGATIVE_INFINITY, rest: '' };
  const found = printed.exec(cell);
  if (found === null) return null;
  const [, year, day = '', time = '', era] = found;
  return { year: era === undefined ? Number(year) : 1 - Number(year), rest: day + time };
}

export const arePrintedDays = (cells: readonly (string | null)[]): boolean =>
  cells.every((cell) => cell === null || parts(cell) !== null);

/** Days, or times of days, in their order; both have to be printed ones. */
export function compareDays(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  if (left === null || right === null) throw new Error(`${left === null ? a : b} is no day`);
  if (left.year !== right.year) return left.year < right.year ? -1 : 1;
  return left.rest < right.rest ? -1 : left.rest > right.rest ? 1 : 0;
}

/** The day that a time of it lies on. */
export const dayOf = (cell: string): string => cell.replace(/ [\d:.]+/, '');
