import type { WidgetFiltering } from '../../../../shared/model/dashboard-filter.ts';
import type { Widget, WidgetData } from '../../../../shared/model/dashboard.ts';
import type { Column } from '../../../../shared/model/read-model.ts';
import type { History } from '../../history/history.ts';
import type { ModelRows } from '../../history/model-rows.ts';
import type { Clock } from '../../ports.ts';
import { asOfColumn } from '../as-of-column.ts';
import { cutPeriods, isPeriodType } from '../filters/condition-sql.ts';
import type { ResolvedFilter } from '../filters/resolve-filters.ts';
import { isDay, isMoment, momentsOf, type RowFilter } from './answer-from-rows.ts';
import { periodBounds } from './day-beginnings.ts';
import { filterOffline } from './filter-offline.ts';
import { isOnCalendar } from './printed-moment.ts';

export interface AskedOfRows {
  readonly serverId: string;
  readonly widget: Widget;
  readonly filters: readonly ResolvedFilter[];
  readonly offlineReason: string;
}

type Applied = WidgetFiltering['applied'][number];
type NotApplied = WidgetFiltering['notApplied'][number];

/**
 * A widget under the dashboard's filters without the database, out of the saved rows of its read model, and what became
 * of each filter; one that reaches none of its columns is not applied, as the database would have it. Null where those cannot
 * tell: nothing is saved, a filter reaches moments in a zone whose days were not saved beside them, or the query does more
 * than can be answered from rows.
 */
export async function filteredFromRows(
  { history, clock }: { readonly history: Pick<History, 'modelRows'>; readonly clock: Clock },
  { serverId, widget, filters, offlineReason }: AskedOfRows,
): Promise<WidgetData | null> {
  if (widget.source.kind !== 'read_model') return null;
  const { readModel } = widget.source;
  const model = await history.modelRows.get(serverId, readModel);
  if (model === null) return null;
  const asked: RowFilter[] = [];
  const applied: Applied[] = [];
  const notApplied: NotApplied[] = [];
  for (const filter of filters) {
    const column = columnOf(filter, model.columns);
    if (column === null) {
      const { filterId, label, columns } = filter.filter;
      // Which is a column of the view, and none of the saved rows.
      if (columns.includes(asOfColumn)) return null;
      notApplied.push({ filterId, label, reason: `${readModel} has no column ${columns.join(' or ')}` });
      continue;
    }
    const onRows = rowFilter(filter, model, column);
    if (onRows === null) return null;
    asked.push(onRows);
    applied.push(appliedTo(filter, model, column));
  }
  const found = await filterOffline({ history, clock }, { serverId, widget, filters: asked, offlineReason });
  return found.ok ? { ...found.data, filtering: { applied, notApplied } } : null;
}

/** The filter's column that the rows have, as the database would choose it. */
function columnOf({ kind, filter }: ResolvedFilter, columns: readonly Column[]): Column | null {
  const named = filter.columns.flatMap((name) => columns.find((column) => column.name === name) ?? []);
  return named.find(({ type }) => kind === 'choice' || isPeriodType(type)) ?? named[0] ?? null;
}

/** null: what the filter means for these rows is not known. */
function rowFilter(one: ResolvedFilter, model: ModelRows, { name, type }: Column): RowFilter | null {
  if (one.kind === 'choice') return { kind: 'values', column: name, values: one.values };
  if (isDay(type)) return { kind: 'range', column: name, from: one.span.from, to: one.span.to };
  if (!isMoment(type)) return null;
  const beginnings = model.periods?.days[zoneOf(one, model)];
  const index = model.columns.findIndex((column) => column.name === name);
  const moments = momentsOf(model.rows.map((row) => row[index] ?? null));
  if (beginnings === undefined || beginnings === null || moments === null) return null;
  const onCalendar = moments.filter((us): us is bigint => us !== null && isOnCalendar(us));
  const bounds = periodBounds(beginnings, { from: one.span.from, before: one.before }, onCalendar);
  return bounds === null ? null : { kind: 'moments', column: name, ...bounds };
}

/** In which the days of the filter begin for this model. */
const zoneOf = ({ filter }: ResolvedFilter & { readonly kind: 'period' }, { periods }: ModelRows): string =>
  periods?.timeZone ?? filter.timeZone;

function appliedTo(one: ResolvedFilter, model: ModelRows, { name, type }: Column): Applied {
  const notes = ['out of the saved rows of the read model'];
  const common = { filterId: one.filter.filterId, columns: [`${model.readModel}.${name}`] };
  if (one.kind === 'choice') return { ...common, period: null, notes };
  const cut = cutPeriods(one, model.periods?.grains[name] ?? null);
  return {
    ...common,
    period: { ...one.span, timeZone: isMoment(type) ? zoneOf(one, model) : null },
    notes: [...notes, ...cut],
  };
}
