import { NumberInput, Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Budget } from '../../shared/model/freshness.ts';
import { usualNight } from '../../shared/model/night.ts';
import styles from './budget-field.module.css';
import { localTimeZone } from './local-time-zone.ts';
import { timeZonesWith } from './time-zones.ts';

export type BudgetKind = 'live' | 'minutes' | 'nightly';

interface BudgetFieldProps {
  /** Names the inputs, e.g. 'Budget of consumer 1'. */
  readonly label: string;
  readonly budget: Budget;
  readonly onChange: (budget: Budget) => void;
  /** Whether a live number can be wanted; nobody can want one of a read model. Shown anyway where it stands. */
  readonly mayBeLive?: boolean;
}

const usualMinutes = 30;
const words: Readonly<Record<BudgetKind, string>> = { live: 'live', minutes: 'minutes', nightly: 'nightly' };

/** How old a number may be: live, so many minutes, or until the next night of the business. */
export function BudgetField({ label, budget, onChange, mayBeLive = false }: BudgetFieldProps): ReactNode {
  const kind = budgetKind(budget);
  const kinds: readonly BudgetKind[] =
    mayBeLive || kind === 'live' ? ['live', 'minutes', 'nightly'] : ['minutes', 'nightly'];
  return (
    <div className={styles.budget} data-kind={kind}>
      <Select
        aria-label={`${label}, kind`}
        allowDeselect={false}
        data={kinds.map((value) => ({ value, label: words[value] }))}
        value={kind}
        onChange={(next) => {
          if (next !== null && next !== kind) onChange(budgetOfKind(next as BudgetKind));
        }}
      />
      <BudgetDetail label={label} budget={budget} onChange={onChange} />
    </div>
  );
}

/** How many minutes, or which night; nothing of a live number. */
export function BudgetDetail({ label, budget, onChange }: Omit<BudgetFieldProps, 'mayBeLive'>): ReactNode {
  return (
    <>
      {budget !== 'live' && 'minutes' in budget && (
        <NumberInput
          aria-label={`${label} in minutes`}
          suffix=" min"
          min={1}
          allowDecimal={false}
          value={budget.minutes}
          onChange={(minutes) => {
            if (typeof minutes === 'number' && minutes >= 1) onChange({ minutes });
          }}
        />
      )}
      {budget !== 'live' && 'nightly' in budget && (
        <>
          <TextInput
            type="time"
            aria-label={`${label}, time of the night’s refresh`}
            value={budget.nightly.at}
            onChange={(event) => {
              const at = event.currentTarget.value;
              if (/^\d\d:\d\d$/.test(at)) onChange({ nightly: { ...budget.nightly, at } });
            }}
          />
          <Select
            aria-label={`${label}, time zone of the business`}
            searchable
            allowDeselect={false}
            data={timeZonesWith(budget.nightly.timeZone)}
            value={budget.nightly.timeZone}
            onChange={(timeZone) => {
              if (timeZone !== null) onChange({ nightly: { ...budget.nightly, timeZone } });
            }}
          />
        </>
      )}
    </>
  );
}

/** Which of the three a budget is. */
export function budgetKind(budget: Budget): BudgetKind {
  if (budget === 'live') return 'live';
  return 'minutes' in budget ? 'minutes' : 'nightly';
}

/** What a budget of a kind begins with. */
export function budgetOfKind(kind: BudgetKind): Budget {
  switch (kind) {
    case 'live':
      return 'live';
    case 'minutes':
      return { minutes: usualMinutes };
    case 'nightly':
      return { nightly: { at: usualNight, timeZone: localTimeZone() } };
  }
}
