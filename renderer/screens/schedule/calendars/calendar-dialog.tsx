import { Button, Checkbox, Group, Modal, MultiSelect, Select, Stack, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { twoDigits, zonedTime } from '../../../../shared/format/zoned-time.ts';
import type { SkipCalendar } from '../../../../shared/model/schedule.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { timeZonesWith } from '../../../app/time-zones.ts';
import { useAction } from '../../../app/use-action.ts';
import { saveCalendar, type SeenSchedule } from '../../../stores/schedule.ts';
import { useServerNow } from '../use-server-now.ts';
import { CalendarPreview } from './calendar-preview.tsx';
import { calendarProblems, holidaysOf, newCalendar, ruleOfKind, weekdays } from './rule-draft.ts';
import { RuleField } from './rule-field.tsx';
import styles from '../schedule.module.css';

interface CalendarDialogProps {
  readonly serverId: string;
  readonly seen: SeenSchedule;
  /** Null: closed. */
  readonly editing: SkipCalendar | 'new' | null;
  readonly onClose: () => void;
}

export function CalendarDialog({ editing, onClose, ...more }: CalendarDialogProps): ReactNode {
  return (
    <Modal
      opened={editing !== null}
      onClose={onClose}
      size={760}
      title={editing === 'new' ? 'Add a calendar of skip windows' : `Edit ${editing?.name ?? ''}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {editing !== null && <CalendarForm before={editing === 'new' ? null : editing} onClose={onClose} {...more} />}
    </Modal>
  );
}

interface CalendarFormProps extends Omit<CalendarDialogProps, 'editing'> {
  /** Null: it is a new one. */
  readonly before: SkipCalendar | null;
}

function CalendarForm({ serverId, seen, before, onClose }: CalendarFormProps): ReactNode {
  const nowMs = useServerNow(60_000);
  const today = useMemo(() => dayText(nowMs), [nowMs]);
  const [draft, setDraft] = useState(() => before ?? newCalendar(localTimeZone(), today));
  const [holidayText, setHolidayText] = useState(draft.holidays.join(', '));
  const [tried, setTried] = useState(false);
  const { busy, problem, run } = useAction();
  const holidays = holidaysOf(holidayText);
  const others = seen.calendars.flatMap(({ name }) => (name === before?.name ? [] : [name]));
  const wanted: SkipCalendar = { ...draft, name: draft.name.trim(), holidays: [...(holidays ?? draft.holidays)] };
  const problems = calendarProblems(wanted, others);
  const change = (changes: Partial<SkipCalendar>) => setDraft((now) => ({ ...now, ...changes }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problems.length > 0 || holidays === null) return;
    void run('save', async () => {
      await saveCalendar(serverId, wanted, before);
      onClose();
    });
  };
  return (
    <form onSubmit={submit} aria-label="Calendar">
      <Stack gap="sm">
        <div className={styles.cron}>
          <TextInput
            label="Name"
            placeholder="Month-end closing"
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
            data-autofocus
          />
          <Select
            label="Time zone"
            searchable
            allowDeselect={false}
            data={timeZonesWith(draft.timeZone)}
            value={draft.timeZone}
            onChange={(timeZone) => timeZone !== null && change({ timeZone })}
          />
        </div>
        {draft.rules.map((rule, index) => (
          <RuleField
            key={index}
            place={index + 1}
            rule={rule}
            today={today}
            onChange={(next) => change({ rules: draft.rules.map((one, at) => (at === index ? next : one)) })}
            onRemove={
              draft.rules.length === 1 ? null : () => change({ rules: draft.rules.filter((_, at) => at !== index) })
            }
          />
        ))}
        <div>
          <Button
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => change({ rules: [...draft.rules, ruleOfKind('weekly', today)] })}
          >
            Add a rule
          </Button>
        </div>
        <Group gap="lg">
          <Checkbox
            label="No refresh while it is open"
            checked={draft.noRefresh}
            onChange={(event) => change({ noRefresh: event.currentTarget.checked })}
          />
          <Checkbox
            label="No swap to another version"
            checked={draft.noSwap}
            onChange={(event) => change({ noSwap: event.currentTarget.checked })}
          />
        </Group>
        <div className={styles.cron}>
          <MultiSelect
            label="Read models"
            placeholder={draft.readModels === null ? 'all of them' : ''}
            data={seen.models.map(({ readModel }) => readModel)}
            value={draft.readModels ?? []}
            onChange={(names) => change({ readModels: names.length === 0 ? null : names })}
            searchable
            clearable
          />
          <MultiSelect
            label="Days off every week"
            data={weekdays.map(({ value, label }) => ({ value: String(value), label }))}
            value={draft.weekend.map(String)}
            onChange={(days) => change({ weekend: days.map(Number).toSorted((a, b) => a - b) })}
          />
        </div>
        <TextInput
          label="Holidays"
          placeholder="2026-12-24, 2026-12-25"
          description="Other days that are no working days."
          value={holidayText}
          onChange={(event) => setHolidayText(event.currentTarget.value)}
          error={holidays === null ? 'Days such as 2026-12-24, apart by commas.' : undefined}
        />
        {problems.length === 0 && holidays !== null && <CalendarPreview serverId={serverId} calendar={wanted} />}
        {tried && problems.length > 0 && (
          <ul className={styles.problems} role="alert">
            {problems.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
        {problem !== null && <FailureNotice problem={problem} />}
        <Group justify="flex-end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy !== null}>
            {before === null ? 'Add it' : 'Save'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** '2026-12-24' of the reader's calendar. */
function dayText(atMs: number): string {
  const { year, month, day } = zonedTime(atMs, localTimeZone());
  return `${year}-${twoDigits(month)}-${twoDigits(day)}`;
}
