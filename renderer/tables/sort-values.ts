/** What a column sorts by. Decimal text (money) stays text, so that no cent is lost on the way through a float. */
export type SortValue = string | number | null | undefined;

const decimalPattern = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/;

interface DecimalParts {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

function decimalParts(text: string): DecimalParts | null {
  const match = decimalPattern.exec(text.trim());
  if (match === null) return null;
  const whole = match[2] ?? '';
  const fraction = match[3] ?? '';
  if (whole === '' && fraction === '') return { negative: false, whole: '', fraction: '' };
  return { negative: match[1] === '-', whole, fraction };
}

function compareMagnitudes(a: DecimalParts, b: DecimalParts): number {
  if (a.whole.length !== b.whole.length) return a.whole.length - b.whole.length;
  if (a.whole !== b.whole) return a.whole < b.whole ? -1 : 1;
  if (a.fraction !== b.fraction) return a.fraction < b.fraction ? -1 : 1;
  return 0;
}

/**
 * Orders two decimal texts as PostgreSQL prints `numeric`, exactly and of any length. Text that is no decimal
 * ('NaN', 'Infinity') comes after every number, in its own alphabetical order.
 */
export function compareDecimals(a: string, b: string): number {
  const left = decimalParts(a);
  const right = decimalParts(b);
  if (left === null || right === null) {
    if (left === null && right === null) return a.localeCompare(b);
    return left === null ? 1 : -1;
  }
  if (left.negative !== right.negative) return left.negative ? -1 : 1;
  return left.negative ? compareMagnitudes(right, left) : compareMagnitudes(left, right);
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Numbers by size, text as people read it ("week 9" before "week 10"). Missing values are the table's business. */
export function compareSortValues(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}
