import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { formatCounted } from '../../../../shared/format/count.ts';
import { mostFilterValues } from '../../../../shared/model/filter-limits.ts';
import type { DashboardFilter, FilterChoices, FilterValue } from '../../../../shared/model/dashboard-filter.ts';
import { askChoices } from '../../../stores/dashboard-filters.ts';
import { problemOf } from '../../../stores/failure-error.ts';
import { choiceToText, textToChoice } from './filter-address.ts';
import { noValue } from './filter-words.ts';
import styles from './filters.module.css';

interface ChoiceFilterProps {
  readonly which: { readonly serverId: string; readonly dashboardId: string };
  readonly filter: DashboardFilter;
  readonly value: FilterValue | undefined;
  readonly disabled: boolean;
  /** Gets the focus on `/`. */
  readonly first: boolean;
  readonly onChange: (value: FilterValue | null) => void;
}

/** Names to choose from, out of the read models themselves; what was chosen stands as a chip. */
export function ChoiceFilter({ which, filter, value, disabled, first, onChange }: ChoiceFilterProps): ReactNode {
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search, 200);
  const { answer, problem } = useChoices(which, filter.filterId, settled, open);
  const chosen = useMemo(() => (value?.kind === 'values' ? value.values.map(choiceToText) : []), [value]);

  const options = useMemo(() => {
    const found = (answer?.choices ?? []).map((choice) => choiceToText(choice.value));
    // What was chosen stays in the list, or it could not be taken away.
    const all = [...new Set([...found, ...chosen])].map((text) => ({
      value: text,
      label: textToChoice(text) ?? noValue,
    }));
    return answer?.more === true ? [...all, { value: moreText, label: moreText, disabled: true }] : all;
  }, [answer, chosen]);
  const rowsOf = new Map((answer?.choices ?? []).map((choice) => [choiceToText(choice.value), choice.rows]));

  return (
    <MultiSelect
      size="xs"
      className={styles.choice}
      classNames={{ label: styles.label, pillsList: styles.pills, inputField: styles.pillInput }}
      label={filter.label}
      placeholder={chosen.length === 0 ? 'all' : ''}
      data={options}
      value={chosen}
      disabled={disabled}
      maxValues={mostFilterValues}
      onChange={(texts) => onChange(texts.length === 0 ? null : { kind: 'values', values: texts.map(textToChoice) })}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      clearable
      clearButtonProps={{ 'aria-label': `Clear ${filter.label}` }}
      hidePickedOptions={false}
      nothingFoundMessage={problem ?? nothingFound(answer)}
      maxDropdownHeight={300}
      comboboxProps={{ width: 280, position: 'bottom-start' }}
      renderOption={({ option }) => (
        <span className={styles.option}>
          <span className={styles.optionName}>{option.label}</span>
          {rowsOf.has(option.value) && (
            <span className={styles.optionRows}>{formatCounted(rowsOf.get(option.value) ?? 0, 'row')}</span>
          )}
        </span>
      )}
      {...(first ? { 'data-filter': true } : {})}
    />
  );
}

/** Why the list is empty. */
function nothingFound(answer: FilterChoices | null): string {
  if (answer === null) return 'Reading the names …';
  const leftOut = answer.leftOut.map(({ readModel, reason }) => `${readModel}: ${reason}`).join('; ');
  if (leftOut !== '') return leftOut;
  const asked = answer.freshness.source === 'cache' || answer.readModels.length > 0;
  return asked ? 'No such name' : 'No read model behind these widgets has this column yet';
}

const moreText = 'More names: type to search';

/** Asked when the list opens, and for what is typed; the names that were there stay until the next are. */
function useChoices(
  { serverId, dashboardId }: ChoiceFilterProps['which'],
  filterId: string,
  search: string,
  open: boolean,
): { readonly answer: FilterChoices | null; readonly problem: string | null } {
  const [answer, setAnswer] = useState<FilterChoices | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (!open) return;
    const abort = new AbortController();
    askChoices({ serverId, dashboardId }, filterId, search, abort.signal).then(
      (found) => {
        if (abort.signal.aborted) return;
        setAnswer(found);
        setProblem(null);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setProblem(problemOf(error).message);
      },
    );
    return () => abort.abort();
  }, [serverId, dashboardId, filterId, search, open]);
  return { answer, problem };
}
