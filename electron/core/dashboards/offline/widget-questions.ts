import type { Dashboard } from '../../../../shared/model/dashboard.ts';
import { expressionsOf, rowsQuery } from './rows-query.ts';

/** What the server is asked about each row of a read model. */
export interface RowQuestions {
  /** By which rows are chosen. */
  readonly conditions: readonly string[];
  /** What they are worth. */
  readonly expressions: readonly string[];
}

/** What these queries, each of which can be answered from saved rows, have to know about the rows of the read model. */
export async function questionsOn(readModel: string, queries: readonly string[]): Promise<RowQuestions> {
  const conditions = new Set<string>();
  const expressions = new Set<string>();
  for (const sql of new Set(queries)) {
    const found = await rowsQuery(sql);
    if (!found.ok || found.query.relation !== readModel) continue;
    if (found.query.condition !== null) conditions.add(found.query.condition);
    for (const expression of expressionsOf(found.query)) expressions.add(expression);
  }
  return { conditions: [...conditions], expressions: [...expressions] };
}

/** Of the widgets that show the read model. */
export const queriesOn = (readModel: string, dashboards: readonly Dashboard[]): readonly string[] =>
  dashboards.flatMap(({ widgets }) =>
    widgets.flatMap(({ source }) =>
      source.kind === 'read_model' && source.readModel === readModel ? [source.sql] : [],
    ),
  );
