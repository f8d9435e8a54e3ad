import type { DifferingRow } from '../../../../shared/model/proof.ts';
import type { Sql } from '../../postgres/session.ts';
import { definitionAs } from '../sql/copies.ts';

export interface ComparedRows {
  readonly originalRows: number;
  readonly rewrittenRows: number;
  /** Over the original's rows, in whatever order. */
  readonly digest: string;
  /** The original's row where it is the only one, as the server prints it. */
  readonly onlyRow: string | null;
  /** The first ones; empty: equal as multisets. */
  readonly differing: readonly DifferingRow[];
}

interface FoundRow {
  readonly original_rows: string;
  readonly rewritten_rows: string;
  readonly digest: string;
  readonly only_row: string | null;
  readonly printed: string | null;
  readonly surplus: string | null;
}

/**
 * Compares two SELECTs in one statement, so at one snapshot; every value counts by what the server prints of it. `aged`:
 * their first column is the model's age, which is no part of the digest.
 */
export async function compareRows(
  sql: Sql,
  originalSql: string,
  rewrittenSql: string,
  { shownRows, aged = false }: { readonly shownRows: number; readonly aged?: boolean },
): Promise<ComparedRows> {
  const rows = await sql.query<FoundRow>(
    `with daybreak_counted as (
  select printed, sum(weight) as surplus,
    count(*) filter (where weight > 0) as original_rows, count(*) filter (where weight < 0) as rewritten_rows
  from (
    select daybreak_original::text as printed, 1 as weight from ${definitionAs(originalSql, 'daybreak_original')}
    union all
    select daybreak_rewritten::text, -1 from ${definitionAs(rewrittenSql, 'daybreak_rewritten')}
  ) as both_sides
  group by printed
), daybreak_total as (
  select coalesce(sum(original_rows), 0) as original_rows, coalesce(sum(rewritten_rows), 0) as rewritten_rows,
    coalesce(sum(original_rows * hashtextextended(
      case when $2 then substr(printed, strpos(printed, ',')) else printed end, 0)::numeric), 0)::text as digest,
    case when sum(original_rows) = 1 then max(printed) filter (where original_rows = 1) end as only_row
  from daybreak_counted
)
select t.original_rows, t.rewritten_rows, t.digest, t.only_row, d.printed, d.surplus
from daybreak_total as t
left join lateral (
  select printed, surplus from daybreak_counted where surplus <> 0 order by abs(surplus) desc, printed limit $1
) as d on true`,
    [shownRows, aged],
  );
  const [first] = rows;
  return {
    originalRows: Number(first?.original_rows ?? 0),
    rewrittenRows: Number(first?.rewritten_rows ?? 0),
    digest: `${first?.original_rows ?? 0}:${first?.digest ?? 0}`,
    onlyRow: first?.only_row ?? null,
    differing: rows.flatMap(({ printed, surplus }) =>
      printed === null || surplus === null
        ? []
        : [
            {
              side: Number(surplus) > 0 ? ('original' as const) : ('rewritten' as const),
              row: printed,
              times: Math.abs(Number(surplus)),
            },
          ],
    ),
  };
}
