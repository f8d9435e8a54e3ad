import { Button, Group, MultiSelect, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { cronText } from '../../../../shared/format/cron-text.ts';
import { scheduleText } from '../../../../shared/format/schedule-text.ts';
import type { Schedule } from '../../../../shared/model/schedule.ts';
import type { ScheduledModelView } from '../../../../shared/model/schedule-view.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { timeZonesWith } from '../../../app/time-zones.ts';
import { useAction } from '../../../app/use-action.ts';
import { setSchedule, type SeenSchedule } from '../../../stores/schedule.ts';
import { SchedulePreview } from './schedule-preview.tsx';
import styles from '../schedule.module.css';

interface ScheduleFormProps {
  readonly serverId: string;
  readonly seen: SeenSchedule;
  readonly model: ScheduledModelView;
}

type Kind = Schedule['kind'];
const kinds: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: 'budget', label: 'Within its budget' },
  { value: 'cron', label: 'At times' },
  { value: 'after', label: 'After others' },
  { value: 'hand', label: 'By hand' },
];

const kindWords: Readonly<Record<Kind, string>> = {
  budget: 'Early enough that its tightest consumer’s budget holds, counting how long a refresh usually takes.',
  cron: 'On the wall clock of a time zone, whatever the budgets say.',
  after: 'As soon as all of these have been refreshed since it was.',
  hand: 'Only when somebody asks.',
};

/** When a read model is refreshed, with what that would mean before it is set. */
export function ScheduleForm({ serverId, seen, model }: ScheduleFormProps): ReactNode {
  const { schedule, readModel, reads } = model;
  const [kind, setKind] = useState<Kind>(schedule.kind);
  const [cron, setCron] = useState(
    schedule.kind === 'cron' ? schedule : { kind: 'cron' as const, expression: '0 5 * * *', timeZone: localTimeZone() },
  );
  const [parents, setParents] = useState<readonly string[]>(schedule.kind === 'after' ? schedule.parents : reads);
  const [possible, setPossible] = useState(false);
  const { busy, problem, run } = useAction();
  const wanted = wantedOf(kind, cron, parents);
  const changed = wanted !== null && JSON.stringify(wanted) !== JSON.stringify(schedule);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted === null) return;
    void run('set', () => setSchedule(serverId, model, wanted, `${readModel} is refreshed ${scheduleText(wanted)}.`));
  };
  const others = seen.models.flatMap((one) => (one.readModel === readModel ? [] : [one.readModel]));
  return (
    <form onSubmit={submit} aria-label={`Schedule of ${readModel}`}>
      <Stack gap="sm">
        <h3 className={styles.section}>When it is refreshed</h3>
        <SegmentedControl
          aria-label="Kind of schedule"
          value={kind}
          onChange={(value) => setKind(kinds.find((one) => one.value === value)?.value ?? kind)}
          data={[...kinds]}
          fullWidth
        />
        <span className="db-dim">{kindWords[kind]}</span>
        {kind === 'cron' && (
          <div className={styles.cron}>
            <TextInput
              label="Cron"
              description={`minute hour day month weekday: ${cronText(cron.expression)}`}
              value={cron.expression}
              onChange={(event) => setCron({ ...cron, expression: event.currentTarget.value })}
              spellCheck={false}
              autoComplete="off"
              classNames={{ input: 'db-mono' }}
            />
            <Select
              label="Time zone"
              searchable
              allowDeselect={false}
              data={timeZonesWith(cron.timeZone)}
              value={cron.timeZone}
              onChange={(timeZone) => timeZone !== null && setCron({ ...cron, timeZone })}
            />
          </div>
        )}
        {kind === 'after' && (
          <MultiSelect
            label="Read models that it follows"
            data={others}
            value={[...parents]}
            onChange={setParents}
            searchable
            placeholder={parents.length === 0 ? 'choose at least one' : ''}
          />
        )}
        {wanted !== null && (
          <SchedulePreview serverId={serverId} model={model} schedule={wanted} onPossible={setPossible} />
        )}
        {problem !== null && <FailureNotice problem={problem} />}
        <Group justify="flex-end">
          <Button type="submit" variant="filled" loading={busy !== null} disabled={!changed || !possible}>
            Set the schedule
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the fields say; null: they do not say enough yet. */
function wantedOf(kind: Kind, cron: Extract<Schedule, { kind: 'cron' }>, parents: readonly string[]): Schedule | null {
  switch (kind) {
    case 'budget':
      return { kind };
    case 'hand':
      return { kind };
    case 'cron':
      return cron.expression.trim() === '' ? null : { ...cron, expression: cron.expression.trim() };
    case 'after':
      return parents.length === 0 ? null : { kind, parents: [...parents] };
  }
}
