/** What a column sorts by. Decimal text (money) stays text, so that no cent is lost on the way through a float. */
export type SortValue = string | number | null | undefined;

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Numbers by size, text as people read it ("week 9" before "week 10"). Missing values are the table's business. */
export function compareSortValues(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}
