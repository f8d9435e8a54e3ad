import { Button } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Dashboard } from '../../../../shared/model/dashboard.ts';
import type { FilterValue } from '../../../../shared/model/dashboard-filter.ts';
import { CopyButton } from '../../../app/copy-button.tsx';
import { Notice } from '../../../app/notice.tsx';
import { setParams, useRoute } from '../../../app/router.ts';
import { useCommands } from '../../../commands/use-commands.ts';
import { ChoiceFilter } from './choice-filter.tsx';
import { addressOf, clearedAddress, withoutWrong, type AddressFilters } from './filter-address.ts';
import { FilterEditor } from './filter-editor.tsx';
import { filtersWait } from './filter-words.ts';
import { PeriodFilter } from './period-filter.tsx';
import styles from './filters.module.css';

interface FilterBarProps {
  readonly serverId: string;
  readonly dashboard: Dashboard;
  readonly online: boolean;
  readonly address: AddressFilters;
}

/** What the whole dashboard is narrowed to. It stands in the address, so that a view is a link. */
export function FilterBar({ serverId, dashboard, online, address }: FilterBarProps): ReactNode {
  const { params } = useRoute();
  const filters = dashboard.filters ?? [];
  const wait = filtersWait(dashboard);
  const { values, wrong } = address;
  const isChosen = Object.keys(values).length > 0;
  const clearAll = () => setParams(clearedAddress(params), { replace: false });
  useCommands(
    'filters',
    isChosen ? [{ id: 'clear-filters', title: 'Clear all filters', group: 'Dashboards', run: clearAll }] : [],
  );
  // Without read models and without filters there is nothing to say.
  if (filters.length === 0 && wait !== null && wrong.length === 0) return null;
  const change = (filterId: string) => (value: FilterValue | null) =>
    setParams(addressOf(filterId, value), { replace: false });
  const which = { serverId, dashboardId: dashboard.dashboardId };
  return (
    <section className={styles.bar} aria-label="Filters">
      {filters.map((filter, at) =>
        filter.kind === 'choice' ? (
          <ChoiceFilter
            key={filter.filterId}
            which={which}
            filter={filter}
            value={values[filter.filterId]}
            disabled={wait !== null}
            first={at === 0}
            onChange={change(filter.filterId)}
          />
        ) : (
          <PeriodFilter
            key={filter.filterId}
            filter={filter}
            value={values[filter.filterId]}
            disabled={wait !== null}
            first={at === 0}
            onChange={change(filter.filterId)}
          />
        ),
      )}
      <div className={styles.barTools}>
        {isChosen && (
          <Button
            size="compact-sm"
            leftSection={<IconFilterOff size={14} aria-hidden />}
            aria-label="Clear all filters"
            onClick={clearAll}
          >
            Clear all
          </Button>
        )}
        {isChosen && <CopyButton text={location.href} what="the address of this view" label="Copy link" />}
        {wait === null && <FilterEditor which={which} filters={filters} online={online} />}
      </div>
      {wait !== null && <p className={styles.wait}>{wait}</p>}
      {wrong.length > 0 && (
        <div className={styles.wrong}>
          <Notice
            tone="warning"
            title="This link chooses what the dashboard cannot be filtered by."
            buttons={
              <Button size="compact-sm" onClick={() => setParams(withoutWrong(wrong))}>
                Take it out
              </Button>
            }
          >
            {wrong.join(' · ')} is left out. Its filters may have been changed since the link was made.
          </Notice>
        </div>
      )}
    </section>
  );
}
