import type { ExportFilter } from '../../../../shared/model/dashboard-export.ts';
import type { ResolvedFilter } from '../filters/resolve-filters.ts';

/** What was chosen, as people read it: 'Region', 'North, South'; a period with its first and its last day. */
export const printedFilters = (filters: readonly ResolvedFilter[]): ExportFilter[] =>
  filters.map((one) => ({
    title: one.filter.label,
    text:
      one.kind === 'choice'
        ? one.values.map((value) => value ?? '(no value)').join(', ')
        : `${one.span.from} to ${one.span.to}`,
  }));
