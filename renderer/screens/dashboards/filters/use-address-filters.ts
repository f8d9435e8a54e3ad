import { useEffect, useMemo } from 'react';
import type { Dashboard } from '../../../../shared/model/dashboard.ts';
import { useRoute } from '../../../app/router.ts';
import { chooseFilters, filtersText } from '../../../stores/dashboard-filters.ts';
import { paramsFor } from '../followed-link.ts';
import { filtersFromAddress, type AddressFilters } from './filter-address.ts';

/** What the address chooses on this dashboard, handed to whoever asks for its numbers; `chosen` changes with it. */
export function useAddressFilters(dashboard: Dashboard): AddressFilters & { readonly chosen: string } {
  const route = useRoute();
  const { dashboardId, filters } = dashboard;
  const found = useMemo(
    () => filtersFromAddress(paramsFor(dashboardId, route), filters ?? []),
    [dashboardId, route, filters],
  );
  const chosen = filtersText(found.values);
  useEffect(() => chooseFilters(dashboardId, found.values), [dashboardId, found]);
  return { ...found, chosen };
}
