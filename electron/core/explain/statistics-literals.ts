import { readColumnStatistics, type ColumnStatistics } from '../postgres/queries/planner-statistics.ts';
import { quoteLiteral } from '../postgres/quote.ts';
import type { Sql } from '../postgres/session.ts';
import type { Comparison } from '../sql-text/comparisons.ts';

/** Which of the values that a column has: what is most common, or what lies early or late among all of them. */
export type StatisticsChoice = 'usual' | 'early' | 'late';

/** A value for each wanted parameter that is compared with a column, where the planner has statistics of it. */
export async function literalsFromStatistics(
  sql: Sql,
  comparisons: readonly Comparison[],
  wanted: ReadonlySet<number>,
  choice: StatisticsChoice = 'usual',
): Promise<ReadonlyMap<number, string>> {
  const usable = comparisons.filter(
    ({ parameter, operator }) => parameter !== null && wanted.has(parameter) && operator !== 'like',
  );
  const asked = usable.flatMap((comparison) => candidates(comparison).map((column) => ({ comparison, column })));
  const found = await readColumnStatistics(
    sql,
    asked.map(({ column }) => column),
  );
  const literals = new Map<number, string>();
  for (const statistics of found.toSorted((a, b) => a.place - b.place)) {
    const comparison = asked[statistics.place - 1]?.comparison;
    if (comparison === undefined || comparison.parameter === null || literals.has(comparison.parameter)) continue;
    const value = valueFor(comparison, statistics, choice);
    if (value === null) continue;
    const element = `${quoteLiteral(value)}::${statistics.type}`;
    literals.set(comparison.parameter, comparison.place === 'array' ? `array[${element}]` : element);
  }
  return literals;
}

/** An unqualified column belongs to the innermost table that has it; the catalog says which. */
const candidates = ({ column: { qualifier, column, scope } }: Comparison) =>
  scope
    .filter(({ alias, name }) => qualifier === null || alias === qualifier || name === qualifier)
    .map(({ schema, name }) => ({ schema, table: name, column }));

/**
 * A range with two ends keeps the middle half, however it is written; the middle at both ends would keep nothing. The
 * same quarters stand for one end alone, which then keeps three quarters.
 */
function valueFor(
  { operator, place }: Comparison,
  statistics: ColumnStatistics,
  choice: StatisticsChoice,
): string | null {
  const { mostCommon, quarter, middle, threeQuarters } = statistics;
  // A column of few values has no histogram, since all of them are common.
  const [, second = mostCommon, third = second] = statistics.common ?? [];
  if (choice === 'early') return (place === 'high' ? middle : quarter) ?? second;
  if (choice === 'late') return (place === 'low' ? middle : threeQuarters) ?? third;
  if (operator === '=' || operator === 'in' || operator === 'assigned') return mostCommon ?? middle;
  return (place === 'low' ? quarter : threeQuarters) ?? middle ?? mostCommon;
}
