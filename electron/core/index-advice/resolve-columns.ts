import { readColumnStatistics, type ColumnStatistics } from '../postgres/queries/planner-statistics.ts';
import type { Sql } from '../postgres/session.ts';
import type { ColumnUse } from '../sql-text/comparisons.ts';

/** The columns that a statement names, with what the planner knows of each; those that no table has are left out. */
export async function resolveColumns(
  sql: Sql,
  uses: readonly ColumnUse[],
): Promise<ReadonlyMap<ColumnUse, ColumnStatistics>> {
  const asked = uses.flatMap((use) =>
    use.scope
      .filter(({ alias, name }) => use.qualifier === null || alias === use.qualifier || name === use.qualifier)
      .map(({ schema, name }) => ({ use, column: { schema, table: name, column: use.column } })),
  );
  const found = await readColumnStatistics(
    sql,
    asked.map(({ column }) => column),
  );
  const resolved = new Map<ColumnUse, ColumnStatistics>();
  // Scopes begin with the innermost level, which hides what is around it.
  for (const { place, ...statistics } of found.toSorted((a, b) => a.place - b.place)) {
    const use = asked[place - 1]?.use;
    if (use !== undefined && !resolved.has(use)) resolved.set(use, statistics);
  }
  return resolved;
}

export const tableName = ({ schema, table }: { readonly schema: string; readonly table: string }): string =>
  `${schema}.${table}`;
