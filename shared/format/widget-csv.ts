import type { ExportFilter } from '../model/dashboard-export.ts';
import type { WidgetData } from '../model/dashboard.ts';
import type { Freshness } from '../model/freshness.ts';
import { csvText } from './csv.ts';
import { holdInFull } from './hold-text.ts';

/** What Excel needs to take a file for UTF-8; everything else reads the file with it or without. */
export const byteOrderMark = '\ufeff';

/**
 * A widget's rows as CSV, cells exactly as the server printed them. Its age and its filters are columns (`as_of` first, as
 * in every read model; `freshness` and `filters` last), not lines around the table: every record has the same fields, as
 * RFC 4180 wants it, and rows that are sorted, cut out or joined with others keep them. An answer without rows is one
 * record that has nothing but its age. See docs/decisions/0028.
 */
export function widgetCsv(
  { columns, rows, freshness }: Pick<WidgetData, 'columns' | 'rows' | 'freshness'>,
  filters: readonly ExportFilter[] = [],
): string {
  const age = [freshnessText(freshness), filtersText(filters)];
  const header = ['as_of', ...columns.map(({ name }) => name), 'freshness', 'filters'];
  const shown = rows.length > 0 ? rows : [columns.map(() => null)];
  return csvText([header, ...shown.map((row) => [freshness.asOf, ...columns.map((_, i) => row[i] ?? null), ...age])]);
}

function freshnessText({ state, reason, holds = [] }: Freshness): string {
  const why = [...(reason === undefined ? [] : [reason]), ...holds.map((hold) => holdInFull(hold, isoMoment))];
  return why.length === 0 ? state : `${state}: ${why.join('; ')}`;
}

const isoMoment = (atMs: number): string => new Date(atMs).toISOString();

const filtersText = (filters: readonly ExportFilter[]): string | null =>
  filters.length === 0 ? null : filters.map(({ title, text }) => `${title}: ${text}`).join('; ');
