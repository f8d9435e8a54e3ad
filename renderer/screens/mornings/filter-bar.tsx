import { Button, MultiSelect, Tooltip } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import type { OriginFilter } from '../../../shared/model/diagnosis.ts';
import { useMornings } from '../../stores/mornings.ts';
import { noFilter } from './address.ts';
import { isFiltering } from './origin-filter.ts';
import styles from './mornings.module.css';

type Filter = Required<OriginFilter>;

interface FilterBarProps {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}

/** Whose sessions are counted and whose statements are listed. The blame is never narrowed: everybody shares it. */
export function FilterBar({ filter, onChange }: FilterBarProps): ReactNode {
  const origins = useMornings((state) => state.timeline.value?.timeline.origins ?? noFilter);
  const choice = (label: string, name: keyof Filter, search: boolean) => (
    <OriginChoice
      label={label}
      seen={origins[name]}
      chosen={filter[name]}
      first={search}
      onChange={(chosen) => onChange({ ...filter, [name]: chosen })}
    />
  );
  return (
    <div className={styles.filterBar} role="group" aria-label="Filter">
      {choice('application', 'applicationNames', true)}
      {choice('role', 'roleNames', false)}
      {choice('database', 'databaseNames', false)}
      {isFiltering(filter) && (
        <Tooltip label="Sessions and lists are narrowed. Latency, damage and blame stay those of everybody.">
          <Button size="compact-sm" aria-label="Clear the filter" onClick={() => onChange(noFilter)}>
            Clear
          </Button>
        </Tooltip>
      )}
    </div>
  );
}

interface OriginChoiceProps {
  readonly label: string;
  readonly seen: readonly string[];
  readonly chosen: readonly string[];
  /** Gets the focus on `/`. */
  readonly first: boolean;
  readonly onChange: (chosen: string[]) => void;
}

/** An application may have no name at all; a choice needs one to be shown. */
const shownName = (name: string): string => (name === '' ? '(no name)' : name);

function OriginChoice({ label, seen, chosen, first, onChange }: OriginChoiceProps): ReactNode {
  // What was chosen and is not seen in this window stays in the list, or it could not be taken away.
  const data = useMemo(
    () => [...new Set([...chosen, ...seen])].map((value) => ({ value, label: shownName(value) })),
    [seen, chosen],
  );
  return (
    <MultiSelect
      size="xs"
      className={styles.origin}
      classNames={{ pillsList: styles.originPills, inputField: styles.originInput }}
      aria-label={`Only ${label}`}
      placeholder={chosen.length === 0 ? `all ${label}s` : ''}
      data={data}
      value={[...chosen]}
      onChange={onChange}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': `Every ${label}` }}
      nothingFoundMessage={`No other ${label} was seen in this stretch`}
      maxDropdownHeight={260}
      comboboxProps={{ width: 260, position: 'bottom-start' }}
      {...(first ? { 'data-filter': true } : {})}
    />
  );
}
