import { qualifiedName } from '../postgres/quote.ts';
import type { Sql } from '../postgres/session.ts';
import { asOfColumn, isoMoment } from './as-of-column.ts';
import type { StableModel } from './filters/read-relations.ts';

/**
 * As-of of the oldest of these read models by any of their rows, without the registry: an answer without rows has none
 * to show it in. null: there are none, or one of them has no row.
 */
export async function modelsAsOf(sql: Sql, models: readonly StableModel[]): Promise<string | null> {
  let oldest: string | null = null;
  for (const { view } of models) {
    const [row] = await sql.query<{ as_of: string | null }>(
      `select ${asOfColumn}::text as as_of from ${qualifiedName(view.schema, view.name)} limit 1`,
    );
    const asOf = row?.as_of == null ? null : isoMoment(row.as_of);
    if (asOf === null) return null;
    if (oldest === null || Date.parse(asOf) < Date.parse(oldest)) oldest = asOf;
  }
  return oldest;
}
