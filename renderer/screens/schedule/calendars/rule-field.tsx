import { ActionIcon, Checkbox, Chip, Group, NumberInput, Select, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ruleText } from '../../../../shared/format/skip-calendar-text.ts';
import type { CalendarRule, MonthDay } from '../../../../shared/model/schedule.ts';
import { dayCounts, ruleKinds, ruleOfKind, weekdays } from './rule-draft.ts';
import styles from '../schedule.module.css';

interface RuleFieldProps {
  /** From 1, for the names of the inputs. */
  readonly place: number;
  readonly rule: CalendarRule;
  readonly today: string;
  readonly onChange: (rule: CalendarRule) => void;
  /** Null: it is the only one. */
  readonly onRemove: (() => void) | null;
}

/** One rule as fields, and as the sentence that they make. */
export function RuleField({ place, rule, today, onChange, onRemove }: RuleFieldProps): ReactNode {
  const name = `Rule ${place}`;
  return (
    <fieldset className={styles.rule}>
      <legend className={styles.legend}>{name}</legend>
      <div className={styles.ruleRow}>
        <Select
          aria-label={`${name}, how often`}
          data={[...ruleKinds]}
          value={rule.kind}
          allowDeselect={false}
          w={130}
          onChange={(value) => {
            const kind = ruleKinds.find((one) => one.value === value)?.value;
            if (kind !== undefined && kind !== rule.kind) onChange(ruleOfKind(kind, today));
          }}
        />
        <TextInput
          type="time"
          aria-label={`${name}, from`}
          value={rule.from}
          onChange={(event) => {
            const from = event.currentTarget.value;
            if (/^\d\d:\d\d$/.test(from)) onChange({ ...rule, from });
          }}
        />
        <span>to</span>
        <EndTime name={name} to={rule.to} onChange={(to) => onChange({ ...rule, to })} />
        <span className={styles.push} />
        {onRemove !== null && (
          <ActionIcon variant="subtle" color="gray" aria-label={`Remove rule ${place}`} onClick={onRemove}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )}
      </div>
      <Days name={name} rule={rule} onChange={onChange} />
      <p className={styles.sentence} role="status">
        {ruleText(rule)}
      </p>
    </fieldset>
  );
}

/** An input of type time knows no 24:00: the end of the day is a choice beside it. */
function EndTime({
  name,
  to,
  onChange,
}: {
  readonly name: string;
  readonly to: string;
  readonly onChange: (to: string) => void;
}) {
  const toMidnight = to === '24:00';
  return (
    <>
      <TextInput
        type="time"
        aria-label={`${name}, to`}
        value={toMidnight ? '' : to}
        disabled={toMidnight}
        onChange={(event) => {
          const time = event.currentTarget.value;
          if (/^\d\d:\d\d$/.test(time)) onChange(time);
        }}
      />
      <Checkbox
        label="to the end of the day"
        checked={toMidnight}
        onChange={(event) => onChange(event.currentTarget.checked ? '24:00' : '20:00')}
      />
    </>
  );
}

function Days({
  name,
  rule,
  onChange,
}: {
  readonly name: string;
  readonly rule: CalendarRule;
  readonly onChange: (rule: CalendarRule) => void;
}): ReactNode {
  switch (rule.kind) {
    case 'monthly':
      return (
        <div className={styles.ruleRow}>
          <span>from</span>
          <MonthDayField
            label={`${name}, first day`}
            day={rule.fromDay}
            onChange={(fromDay) => onChange({ ...rule, fromDay })}
          />
          <span>to</span>
          <MonthDayField
            label={`${name}, last day`}
            day={rule.toDay}
            onChange={(toDay) => onChange({ ...rule, toDay })}
          />
          <Checkbox
            label="working days alone"
            checked={rule.workingDaysOnly}
            onChange={(event) => onChange({ ...rule, workingDaysOnly: event.currentTarget.checked })}
          />
        </div>
      );
    case 'weekly':
      return (
        <Chip.Group
          multiple
          value={rule.weekdays.map(String)}
          onChange={(chosen) => onChange({ ...rule, weekdays: chosen.map(Number).toSorted((a, b) => a - b) })}
        >
          <Group gap={6} role="group" aria-label={`${name}, days of the week`}>
            {weekdays.map(({ value, label }) => (
              <Chip key={value} value={String(value)} size="xs">
                {label}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      );
    case 'dates':
      return (
        <div className={styles.ruleRow}>
          <span>from</span>
          <DateField
            label={`${name}, first date`}
            value={rule.fromDate}
            onChange={(fromDate) => onChange({ ...rule, fromDate })}
          />
          <span>to</span>
          <DateField
            label={`${name}, last date`}
            value={rule.toDate}
            onChange={(toDate) => onChange({ ...rule, toDate })}
          />
        </div>
      );
  }
}

interface MonthDayFieldProps {
  readonly label: string;
  readonly day: MonthDay;
  readonly onChange: (day: MonthDay) => void;
}

function MonthDayField({ label, day, onChange }: MonthDayFieldProps): ReactNode {
  return (
    <>
      <NumberInput
        aria-label={`${label}, which`}
        w={64}
        min={1}
        max={31}
        allowDecimal={false}
        value={day.nth}
        onChange={(nth) => {
          if (typeof nth === 'number' && nth >= 1 && nth <= 31) onChange({ ...day, nth });
        }}
      />
      <Select
        aria-label={`${label}, counted`}
        w={170}
        data={[...dayCounts]}
        value={day.count}
        allowDeselect={false}
        onChange={(value) => {
          const count = dayCounts.find((one) => one.value === value)?.value;
          if (count !== undefined) onChange({ ...day, count });
        }}
      />
    </>
  );
}

interface DateFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function DateField({ label, value, onChange }: DateFieldProps): ReactNode {
  return (
    <TextInput
      type="date"
      aria-label={label}
      value={value}
      onChange={(event) => {
        const day = event.currentTarget.value;
        if (/^\d{4}-\d{2}-\d{2}$/.test(day)) onChange(day);
      }}
    />
  );
}
