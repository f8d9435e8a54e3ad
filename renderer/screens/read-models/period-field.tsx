import { Autocomplete, NumberInput, Select } from '@mantine/core';
import { type Grain, grainSchema, type Period } from '../../../shared/model/period.ts';
import type { Column } from '../../../shared/model/proposal.ts';
import { localTimeZone } from '../../app/local-time-zone.ts';
import { type AdvisedPeriod, firstPeriod, periodColumns, periodMeaning } from './period-words.ts';
import styles from './read-models.module.css';

interface PeriodFieldProps {
  readonly period: Period | undefined;
  readonly columns: readonly Column[];
  readonly keyColumns: readonly string[];
  /** What the statement filters by; null where no range of time does. */
  readonly advised: AdvisedPeriod | null;
  readonly error: string | undefined;
  readonly onChange: (period: Period | undefined) => void;
}

const timeZones = Intl.supportedValuesOf('timeZone');
const mostZones = 30;
const whole = '';

/** Whether a refresh recomputes all of it, or the latest periods of a column alone. */
export function PeriodField({ period, columns, keyColumns, advised, error, onChange }: PeriodFieldProps) {
  const usable = periodColumns(columns, keyColumns);
  // One that does not fit any more stays to be seen, and the engine says what is wrong with it.
  const offered = [...new Set([...usable, ...(period === undefined ? [] : [period.column])])];
  const change = (changes: Partial<Period>) => period !== undefined && onChange({ ...period, ...changes });
  return (
    <>
      <Select
        className={period === undefined ? styles.wide : ''}
        label="A refresh recomputes"
        description={
          offered.length === 0
            ? 'Only all of it: no key column is a date, or a timestamp without time zone'
            : 'All of it, or only the latest periods of a key column'
        }
        data={[
          { value: whole, label: 'all of it, every time' },
          ...offered.map((column) => ({ value: column, label: `the latest periods of ${column}` })),
        ]}
        value={period?.column ?? whole}
        disabled={offered.length === 0}
        allowDeselect={false}
        error={error}
        onChange={(column) =>
          onChange(
            column === null || column === whole
              ? undefined
              : period === undefined
                ? firstPeriod(column, advised, localTimeZone())
                : { ...period, column },
          )
        }
      />
      {period !== undefined && (
        <>
          <Select
            label="A period is"
            description="What becomes dirty together; at least as coarse as the definition cuts"
            data={grainSchema.options.map((grain) => ({ value: grain, label: `a ${grain}` }))}
            value={period.grain}
            allowDeselect={false}
            onChange={(grain) => grain !== null && change({ grain: grain as Grain })}
          />
          <NumberInput
            label="Still open"
            description="Periods that every refresh recomputes, the present one included"
            min={1}
            max={1000}
            allowDecimal={false}
            value={period.openPeriods}
            onChange={(count) => {
              if (typeof count === 'number' && count >= 1) change({ openPeriods: count });
            }}
          />
          <Autocomplete
            label="Time zone of the business"
            description="Where a day begins; another one is another version"
            data={timeZones}
            limit={mostZones}
            value={period.timeZone}
            onChange={(timeZone) => change({ timeZone })}
          />
          <p className={`db-dim ${styles.wide ?? ''}`}>{periodMeaning(period)}</p>
        </>
      )}
    </>
  );
}
