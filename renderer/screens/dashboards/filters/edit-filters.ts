import type { DashboardFilter, FilterColumn } from '../../../../shared/model/dashboard-filter.ts';
import { columnTitle } from '../../../../shared/charts/widget-shape.ts';

type Column = Pick<FilterColumn, 'column' | 'kind'>;

const has = (filter: DashboardFilter, { column, kind }: Column): boolean =>
  filter.kind === kind && filter.columns.includes(column);

export const isFiltered = (filters: readonly DashboardFilter[], column: Column): boolean =>
  filters.some((filter) => has(filter, column));

/** A filter of its own for each column, but dates share one: nobody chooses two periods. */
export function withColumn(
  filters: readonly DashboardFilter[],
  { column, kind }: Column,
  timeZone: string,
): DashboardFilter[] {
  const period = kind === 'period' ? filters.find((filter) => filter.kind === 'period') : undefined;
  if (period !== undefined) {
    return filters.map((filter) => (filter === period ? { ...filter, columns: [...filter.columns, column] } : filter));
  }
  const filterId = freeId(column, new Set(filters.map((filter) => filter.filterId)));
  if (kind === 'period') {
    return [{ kind, filterId, label: 'Period', columns: [column], timeZone }, ...filters];
  }
  const title = columnTitle(column);
  const label = `${title.slice(0, 1).toUpperCase()}${title.slice(1)}`.slice(0, 60);
  return [...filters, { kind, filterId, label, columns: [column] }];
}

/** A filter without columns goes. */
export const withoutColumn = (filters: readonly DashboardFilter[], column: Column): DashboardFilter[] =>
  filters.flatMap((filter) => {
    if (!has(filter, column)) return [filter];
    const columns = filter.columns.filter((name) => name !== column.column);
    return columns.length === 0 ? [] : [{ ...filter, columns }];
  });

/** null: no filter has one. */
export const timeZoneOf = (filters: readonly DashboardFilter[]): string | null =>
  filters.find((filter) => filter.kind === 'period')?.timeZone ?? null;

export const inTimeZone = (filters: readonly DashboardFilter[], timeZone: string): DashboardFilter[] =>
  filters.map((filter) => (filter.kind === 'period' ? { ...filter, timeZone } : filter));

function freeId(column: string, taken: ReadonlySet<string>): string {
  const slug = column
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 30);
  const id = slug === '' ? 'filter' : slug;
  for (let n = 1; ; n += 1) {
    const next = n === 1 ? id : `${id}_${n}`;
    if (!taken.has(next)) return next;
  }
}
