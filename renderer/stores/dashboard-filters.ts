import { create } from 'zustand';
import type { Dashboard } from '../../shared/model/dashboard.ts';
import type {
  DashboardFilter,
  FilterChoices,
  FilterColumn,
  FilterValues,
} from '../../shared/model/dashboard-filter.ts';
import { client, unwrap } from './client.ts';

interface ChosenState {
  /** What the address chooses, by dashboard. */
  readonly chosen: Readonly<Record<string, FilterValues>>;
}

const useChosen = create<ChosenState>(() => ({ chosen: {} }));
const nothing: FilterValues = {};

/** What readers of the dashboard ask with from now on. */
export function chooseFilters(dashboardId: string, values: FilterValues): void {
  const { chosen } = useChosen.getState();
  if (filtersText(chosen[dashboardId] ?? nothing) === filtersText(values)) return;
  useChosen.setState({ chosen: { ...chosen, [dashboardId]: values } });
}

export const chosenFilters = (dashboardId: string): FilterValues => useChosen.getState().chosen[dashboardId] ?? nothing;

/** The same text for the same choice; '' for none. */
export const filtersText = (values: FilterValues): string =>
  Object.keys(values).length === 0
    ? ''
    : JSON.stringify(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)));

interface WhichDashboard {
  readonly serverId: string;
  readonly dashboardId: string;
}

/** Values of a choice filter. Throws FailureError. */
export async function askChoices(
  { serverId, dashboardId }: WhichDashboard,
  filterId: string,
  search: string,
  signal: AbortSignal,
): Promise<FilterChoices> {
  const wanted = search.trim() === '' ? {} : { search: search.trim() };
  return unwrap(await client().dashboards.filterChoices({ serverId, dashboardId, filterId, ...wanted }, { signal }));
}

/** Columns that a filter could be made of. Throws FailureError. */
export async function askFilterColumns({ serverId, dashboardId }: WhichDashboard): Promise<readonly FilterColumn[]> {
  return unwrap(await client().dashboards.filterColumns({ serverId, dashboardId })).columns;
}

/** The list of dashboards is told by an event. Throws FailureError. */
export async function setFilters(
  { serverId, dashboardId }: WhichDashboard,
  filters: readonly DashboardFilter[],
): Promise<Dashboard> {
  return unwrap(await client().dashboards.setFilters({ serverId, dashboardId, filters: [...filters] }));
}
