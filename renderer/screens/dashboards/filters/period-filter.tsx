import { ActionIcon, Button, Popover, Tooltip } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import { IconCalendar, IconX } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import { dayOfZonedTime, periodPresets, presetDays } from '../../../../shared/format/period-days.ts';
import { zonedTime } from '../../../../shared/format/zoned-time.ts';
import type { DashboardFilter, FilterValue } from '../../../../shared/model/dashboard-filter.ts';
import { readerLocale } from '../../../app/reader-locale.ts';
import { useNow } from '../../../app/use-now.ts';
import { calendarWords, firstDayOfWeek } from './calendar-words.ts';
import { periodExact, periodText, presetNames } from './filter-words.ts';
import styles from './filters.module.css';

interface PeriodFilterProps {
  readonly filter: DashboardFilter & { readonly kind: 'period' };
  readonly value: FilterValue | undefined;
  readonly disabled: boolean;
  /** Gets the focus on `/`. */
  readonly first: boolean;
  readonly onChange: (value: FilterValue | null) => void;
}

/** A stretch of days: one of those that people say by name, or any. */
export function PeriodFilter({ filter, value, disabled, first, onChange }: PeriodFilterProps): ReactNode {
  const [open, setOpen] = useState(false);
  const labelId = useId();
  const valueId = useId();
  const today = dayOfZonedTime(zonedTime(useNow(60_000), filter.timeZone));
  const choose = (next: FilterValue | null) => {
    setOpen(false);
    onChange(next);
  };
  return (
    <div>
      <span id={labelId} className={styles.label}>
        {filter.label}
      </span>
      <div className={styles.periodField}>
        <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus returnFocus shadow="md">
          <Popover.Target>
            <Tooltip label={periodExact(filter, value, today, readerLocale)} disabled={open}>
              <Button
                size="xs"
                fw={400}
                justify="flex-start"
                className={styles.periodButton}
                aria-labelledby={`${labelId} ${valueId}`}
                aria-haspopup="dialog"
                disabled={disabled}
                leftSection={<IconCalendar size={14} aria-hidden />}
                onClick={() => setOpen(!open)}
                {...(first ? { 'data-filter': true } : {})}
              >
                <span id={valueId}>{periodText(value, readerLocale)}</span>
              </Button>
            </Tooltip>
          </Popover.Target>
          <Popover.Dropdown aria-label={`Choose the ${filter.label.toLowerCase()}`}>
            <PeriodChoice value={value} today={today} onChoose={choose} />
            <p className={styles.zone}>Days begin in {filter.timeZone}.</p>
          </Popover.Dropdown>
        </Popover>
        {value !== undefined && (
          <Tooltip label={`Clear ${filter.label}`}>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={`Clear ${filter.label}`}
              onClick={() => onChange(null)}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </div>
  );
}

interface PeriodChoiceProps {
  readonly value: FilterValue | undefined;
  readonly today: string;
  readonly onChoose: (value: FilterValue | null) => void;
}

function PeriodChoice({ value, today, onChoose }: PeriodChoiceProps): ReactNode {
  const shown =
    value === undefined || value.kind === 'values'
      ? null
      : value.kind === 'preset'
        ? presetDays(value.preset, today)
        : value;
  const [days, setDays] = useState<[string | null, string | null]>([shown?.from ?? null, shown?.to ?? null]);
  const preset = value?.kind === 'preset' ? value.preset : null;
  return (
    <div className={styles.periodChoice}>
      <div className={styles.presets} role="group" aria-label="By name">
        <PresetButton pressed={value === undefined} onClick={() => onChoose(null)}>
          All time
        </PresetButton>
        {periodPresets.map((one) => (
          <PresetButton key={one} pressed={preset === one} onClick={() => onChoose({ kind: 'preset', preset: one })}>
            {presetNames[one]}
          </PresetButton>
        ))}
      </div>
      <DatePicker
        type="range"
        size="xs"
        classNames={{ day: styles.day }}
        allowSingleDateInRange
        value={days}
        defaultDate={shown?.from ?? today}
        onChange={(next) => {
          const [from, to] = next;
          setDays([from, to]);
          if (from !== null && to !== null) onChoose({ kind: 'days', from, to });
        }}
        firstDayOfWeek={firstDayOfWeek(readerLocale)}
        {...calendarWords(readerLocale)}
      />
    </div>
  );
}

interface PresetButtonProps {
  readonly pressed: boolean;
  readonly onClick: () => void;
  readonly children: string;
}

const PresetButton = ({ pressed, onClick, children }: PresetButtonProps): ReactNode => (
  <Button
    size="compact-sm"
    justify="flex-start"
    variant={pressed ? 'filled' : 'default'}
    aria-pressed={pressed}
    onClick={onClick}
  >
    {children}
  </Button>
);
