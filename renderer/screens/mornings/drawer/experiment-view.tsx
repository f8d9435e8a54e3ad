import { Button } from '@mantine/core';
import { useMemo, useState, type ReactNode } from 'react';
import { formatCount } from '../../../../shared/format/count.ts';
import type { Experiment } from '../../../../shared/model/experiment.ts';
import { Confirm } from '../../../app/confirm.tsx';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { Tag } from '../../../app/tag.tsx';
import { useNow } from '../../../app/use-now.ts';
import { endExperiment, excludeDay } from '../../../stores/experiments.ts';
import { DataTable, type TableColumn } from '../../../tables/data-table.tsx';
import { useAction } from '../../../app/use-action.ts';
import { clockOf, damageText, dayText, nextText, progressText, resultText } from './experiment-days.ts';
import styles from './drawer.module.css';

type Day = Experiment['days'][number];

const states = {
  running: { text: 'running', tone: 'accent' },
  ended: { text: 'ended', tone: 'good' },
  abandoned: { text: 'given up', tone: 'neutral' },
} as const;

/** One experiment: its mornings, what each was, and what they say together. */
export function ExperimentView({ experiment }: { readonly experiment: Experiment }): ReactNode {
  const { state, endedEarly, days, fromMinute, toMinute, timeZone } = experiment;
  const [givingUp, setGivingUp] = useState(false);
  const { busy, problem, run } = useAction();
  const running = state === 'running';
  const nowMs = useNow(60_000);
  const columns = useMemo(
    () => dayColumns(busy, running, (day, reason) => void run(day, () => excludeDay(experiment, day, reason))),
    [busy, running, run, experiment],
  );
  const result = resultText(experiment);
  return (
    <section aria-label="Experiment under way" className={styles.candidate}>
      <div className={styles.sectionHead}>
        <h3>
          {days.length} mornings, {clockOf(fromMinute)} to {clockOf(toMinute)} {timeZone}
        </h3>
        <Tag tone={endedEarly ? 'warning' : states[state].tone}>{endedEarly ? 'ended early' : states[state].text}</Tag>
      </div>
      <p>
        {result ?? [progressText(experiment), running ? nextText(experiment, nowMs) : null].filter(Boolean).join(' ')}
      </p>
      {running && (
        <p className="db-dim">
          What a save waited is shown when all mornings are over: a morning is left out for what happened on it, not for
          its result. Ended before that, the experiment proves nothing.
        </p>
      )}
      {problem !== null && <FailureNotice problem={problem} />}
      <DataTable label="Mornings of the experiment" columns={columns} rows={days} rowKey={({ day }) => day} dense />
      {running && (
        <div className={styles.formButtons}>
          <Button size="compact-sm" onClick={() => setGivingUp(true)}>
            Give it up …
          </Button>
          <Button
            size="compact-sm"
            loading={busy === 'end'}
            onClick={() => void run('end', () => endExperiment(experiment, 'ended'))}
          >
            End it early
          </Button>
        </div>
      )}
      <Confirm
        opened={givingUp}
        title="Give this experiment up?"
        action="Give it up"
        onConfirm={() => endExperiment(experiment, 'abandoned')}
        onClose={() => setGivingUp(false)}
      >
        Its mornings stay listed here, but they prove nothing any more, and the lot cannot be drawn again for them.
      </Confirm>
    </section>
  );
}

function dayColumns(
  busy: string | null,
  running: boolean,
  exclude: (day: string, reason: string | null) => void,
): readonly TableColumn<Day>[] {
  return [
    { id: 'day', header: 'morning', width: '150px', cell: ({ day }) => dayText(day) },
    {
      id: 'arm',
      header: 'drawn',
      width: '116px',
      cell: ({ arm }) => (
        <Tag tone={arm === 'live' ? 'warning' : 'good'}>{arm === 'live' ? 'with it' : 'without it'}</Tag>
      ),
    },
    {
      id: 'damage',
      header: 'waited a save',
      align: 'right',
      cell: damageText,
    },
    {
      id: 'saves',
      header: 'saves',
      align: 'right',
      width: '80px',
      cell: ({ saves }) => (saves === null ? '–' : formatCount(saves)),
    },
    {
      id: 'exposure',
      header: 'its sessions',
      hint: 'Average active sessions of the suspect: did the morning go as it was drawn?',
      align: 'right',
      width: '96px',
      cell: ({ exposure }) => (exposure === null ? '–' : exposure.toFixed(2)),
    },
    {
      id: 'excluded',
      header: '',
      width: 'minmax(150px, 2fr)',
      cell: ({ day, excluded, saves }) => (
        <div className={styles.head}>
          {excluded !== null && <span title={excluded}>left out: {excluded}</span>}
          {running && (excluded !== null || saves !== null) && (
            <Button
              size="compact-xs"
              loading={busy === day}
              onClick={() => exclude(day, excluded === null ? 'the person says that it was no ordinary morning' : null)}
            >
              {excluded === null ? 'Leave out' : 'Take in again'}
            </Button>
          )}
        </div>
      ),
    },
  ];
}
