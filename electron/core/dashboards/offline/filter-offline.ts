import type { Widget, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { History } from '../../history/history.ts';
import type { Clock } from '../../ports.ts';
import { cachedFreshness } from '../widget-freshness.ts';
import { answerFromRows, type RowFilter } from './answer-from-rows.ts';
import { answerGrouped } from './aggregate-rows.ts';
import { rowsQuery } from './rows-query.ts';

interface Asked {
  readonly serverId: string;
  readonly widget: Widget;
  readonly filters: readonly RowFilter[];
  readonly offlineReason: string;
}

export type FilteredOffline =
  | { readonly ok: true; readonly data: WidgetData }
  /** Why the saved rows cannot answer: a sentence for the person. */
  | { readonly ok: false; readonly reason: string };

/**
 * A widget under filters without the database: out of the rows of its read model, where they were small enough to be
 * kept and its query only picks from them, or groups them. A result that was saved under the same filters goes before this.
 */
export async function filterOffline(
  { history, clock }: { readonly history: Pick<History, 'modelRows'>; readonly clock: Clock },
  { serverId, widget, filters, offlineReason }: Asked,
): Promise<FilteredOffline> {
  const { source } = widget;
  const no = (why: string): FilteredOffline => ({
    ok: false,
    reason: `"${widget.title}" cannot be filtered without the database: ${why}.`,
  });
  if (source.kind === 'live') return no('it asks the base tables, of which nothing is saved');
  const found = await rowsQuery(source.sql);
  if (!found.ok) return no(found.reason);
  if (found.query.relation !== source.readModel) return no(`it reads ${found.query.relation}`);
  const model = await history.modelRows.get(serverId, source.readModel);
  if (model === null) return no(`the rows of ${source.readModel} are not saved, or locked`);
  const { query } = found;
  const answer =
    query.kind === 'grouped' ? answerGrouped(query, model, filters) : answerFromRows(query, model, filters);
  if (!answer.ok) return no(answer.reason);
  const stored = { asOf: model.asOf, source: 'cache', state: 'unknown' } as const;
  return {
    ok: true,
    data: {
      widgetId: widget.widgetId,
      ...answer.table,
      freshness: cachedFreshness(widget, stored, clock.nowMs(), offlineReason),
      tookMs: null,
      modelVersion: model.modelVersion,
    },
  };
}
