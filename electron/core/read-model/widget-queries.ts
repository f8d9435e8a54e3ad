import type { Widget } from '../../../shared/model/dashboard.ts';
import type { CheckedProposal } from '../../../shared/model/proposal.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import { readerSqlFor } from './propose/suggest.ts';

export const widgetOriginalId = (widgetId: string): string => `widget:${widgetId}`;

/** Queries for all columns of the read model, as its plans suggested them: whoever asks so has no words of its own. */
export const plainQueries = (plans: readonly Plan[], readModel: string): ReadonlySet<string> =>
  new Set(
    plans.flatMap((plan) =>
      plan.readModel === readModel && plan.proposal !== null ? [plainQuery(plan.schema, plan.proposal)] : [],
    ),
  );

const plainQuery = (schema: string, { proposal, columns }: CheckedProposal): string =>
  readerSqlFor(schema, proposal.name, columns, proposal.keyColumns);

/**
 * How a widget asks once the proposal is built. What the proposal says for it goes first; a widget that reads the model in
 * words of its own, shaped like its chart, keeps them. Pure.
 */
export function queryOfWidget(
  { widgetId, source }: Pick<Widget, 'widgetId' | 'source'>,
  checked: CheckedProposal,
  schema: string,
  plain: ReadonlySet<string>,
): string {
  const said = checked.queries?.[widgetOriginalId(widgetId)];
  if (said !== undefined) return said;
  if (checked.widgetId === widgetId) return checked.readerSql;
  const allColumns = plainQuery(schema, checked);
  // The reader's query of a proposal that began with a widget is that widget's, and one with parameters is a program's.
  const general = checked.widgetId === null && !/\$\d/.test(checked.readerSql) ? checked.readerSql : allColumns;
  if (source.kind !== 'read_model' || source.readModel !== checked.proposal.name) return general;
  const [limit = ''] = /\nlimit \d+$/.exec(source.sql) ?? [];
  if (!plain.has(source.sql.slice(0, source.sql.length - limit.length))) return source.sql;
  return general === allColumns ? `${allColumns}${limit}` : general;
}
