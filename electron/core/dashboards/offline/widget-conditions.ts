import type { Dashboard } from '../../../../shared/model/dashboard.ts';
import { rowsQuery } from './rows-query.ts';

/** The conditions by which these queries, each of which can be answered from saved rows, choose rows of the read model. */
export async function conditionsOn(readModel: string, queries: readonly string[]): Promise<readonly string[]> {
  const conditions = new Set<string>();
  for (const sql of new Set(queries)) {
    const found = await rowsQuery(sql);
    if (!found.ok || found.query.relation !== readModel || found.query.condition === null) continue;
    conditions.add(found.query.condition);
  }
  return [...conditions];
}

/** Of the widgets that show the read model. */
export const queriesOn = (readModel: string, dashboards: readonly Dashboard[]): readonly string[] =>
  dashboards.flatMap(({ widgets }) =>
    widgets.flatMap(({ source }) =>
      source.kind === 'read_model' && source.readModel === readModel ? [source.sql] : [],
    ),
  );
