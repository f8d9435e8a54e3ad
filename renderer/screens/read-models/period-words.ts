import type { Grain, Period } from '../../../shared/model/period.ts';
import type { Column } from '../../../shared/model/proposal.ts';

/** Which a refresh can be cut by: a moment with a time zone belongs to no day before the zone is named. */
const cuttable: ReadonlySet<string> = new Set(['date', 'timestamp without time zone']);

/** Key columns that a period can begin with. */
export const periodColumns = (columns: readonly Column[], keyColumns: readonly string[]): string[] =>
  columns.filter(({ name, type }) => keyColumns.includes(name) && cuttable.has(type)).map(({ name }) => name);

/** What was advised for the statement; `instant`: it is kept to the moment. */
export interface AdvisedPeriod {
  readonly column: string;
  readonly grain: Grain | 'instant';
}

/** A period to begin with for a column that was just chosen. */
export const firstPeriod = (column: string, advised: AdvisedPeriod | null, timeZone: string): Period => ({
  column,
  grain: advised?.column === column && advised.grain !== 'instant' ? advised.grain : 'month',
  timeZone,
  openPeriods: 2,
});

/** What a refresh does then, and what it does not. */
export function periodMeaning({ grain, openPeriods, column, timeZone }: Period): string {
  const last = openPeriods === 1 ? `this ${grain} alone` : `the last ${openPeriods} ${grain}s, this one included`;
  return `A refresh recomputes ${last}, by ${column}; a ${grain} begins as the clock in ${timeZone} says. What changes in an earlier ${grain} is seen when all periods are verified.`;
}
