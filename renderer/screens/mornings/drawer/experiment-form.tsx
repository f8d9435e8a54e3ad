import { Button, NumberInput, Switch, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Statement } from '../../../../shared/model/statement.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import type { TimeWindow } from '../../../charts/time-window.ts';
import { startExperiment } from '../../../stores/experiments.ts';
import { useAction } from '../../../app/use-action.ts';
import { clockOf, isDay, minuteOf, minutesOf, smallestP } from './experiment-days.ts';
import styles from './drawer.module.css';

interface ExperimentFormProps {
  readonly serverId: string;
  readonly statement: Statement;
  readonly window: TimeWindow;
}

/** Which part of how many mornings; the lot decides the rest. */
export function ExperimentForm({ serverId, statement, window }: ExperimentFormProps): ReactNode {
  // What is written in the fields is of the zone that they were filled in.
  const [timeZone] = useState(localTimeZone);
  const seen = minutesOf(window, timeZone);
  const [days, setDays] = useState<string | number>(8);
  const [from, setFrom] = useState(clockOf(seen.fromMinute));
  const [to, setTo] = useState(clockOf(seen.toMinute));
  const [firstDay, setFirstDay] = useState('');
  const [workdaysOnly, setWorkdaysOnly] = useState(true);
  const { busy, problem, run } = useAction();
  const fromMinute = minuteOf(from);
  const toMinute = minuteOf(to);
  const count = Number(days);
  const evenDays = Number.isInteger(count) && count >= 4 && count <= 40 && count % 2 === 0;
  const ordered = fromMinute !== null && toMinute !== null && fromMinute < toMinute && fromMinute < 1440;
  const dated = firstDay === '' || isDay(firstDay);
  const complete = evenDays && ordered && dated;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!evenDays || !ordered || !dated) return;
    void run('start', () =>
      startExperiment({
        serverId,
        statementId: statement.statementId,
        days: count,
        fromMinute,
        toMinute,
        timeZone,
        workdaysOnly,
        ...(firstDay === '' ? {} : { firstDay }),
      }),
    );
  };
  return (
    <form onSubmit={submit} className={styles.candidate} aria-label="Start an experiment">
      <h3>Ask the mornings themselves</h3>
      <p>
        Daybreak draws by lot on which mornings the statement runs as always and on which it does not (the dashboard
        reads from its read model, or the report is moved to another hour), measures both, and says what the difference
        is. On a morning without it, somebody has to see to that: Daybreak switches nothing off by itself.
      </p>
      <div className={styles.fields}>
        <NumberInput
          size="xs"
          label="Mornings"
          min={4}
          max={40}
          step={2}
          value={days}
          onChange={setDays}
          error={evenDays ? undefined : 'an even number, 4 to 40'}
        />
        <TextInput
          size="xs"
          label="From"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          error={fromMinute === null ? 'as 07:45' : undefined}
        />
        <TextInput
          size="xs"
          label="To"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={toMinute === null ? 'as 09:00' : ordered ? undefined : 'after the start'}
        />
        <TextInput
          size="xs"
          label="First morning"
          placeholder="tomorrow"
          description="as 2026-11-23; left empty: tomorrow"
          value={firstDay}
          onChange={(event) => setFirstDay(event.currentTarget.value.trim())}
          error={dated ? undefined : 'as 2026-11-23'}
        />
      </div>
      <Switch
        size="xs"
        label="Monday to Friday only"
        checked={workdaysOnly}
        onChange={(event) => setWorkdaysOnly(event.currentTarget.checked)}
      />
      {evenDays && (
        <p className="db-dim">
          {count} mornings can reach p = {smallestP(count).toFixed(4)} at best; times are those of {timeZone}.
        </p>
      )}
      {problem !== null && <FailureNotice problem={problem} />}
      <div className={styles.formButtons}>
        <Button type="submit" variant="filled" size="compact-sm" loading={busy !== null} disabled={!complete}>
          Draw the mornings
        </Button>
      </div>
    </form>
  );
}
