import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState, type ReactNode } from 'react';
import { plannedAge } from '../../../../shared/model/planned-age.ts';
import type { Schedule } from '../../../../shared/model/schedule.ts';
import type { ScheduledModelView } from '../../../../shared/model/schedule-view.ts';
import { budgetText } from '../../../app/budget-text.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { momentExact } from '../../../app/moments.ts';
import { Tag } from '../../../app/tag.tsx';
import { type Problem, problemOf } from '../../../stores/failure-error.ts';
import { previewSchedule } from '../../../stores/schedule.ts';
import { useServerNow } from '../use-server-now.ts';
import { consumerText, distanceText, heldRunsText, roughly } from '../words.ts';
import { dateTimeFormat, formatClock } from '../../../../shared/format/zoned-time.ts';
import styles from '../schedule.module.css';

interface SchedulePreviewProps {
  readonly serverId: string;
  readonly model: ScheduledModelView;
  readonly schedule: Schedule;
  /** Whether the engine takes this schedule. */
  readonly onPossible: (possible: boolean) => void;
}

/** What a schedule would make of a read model: its next runs, and how old the numbers get for whom. */
export function SchedulePreview({ serverId, model, schedule, onPossible }: SchedulePreviewProps): ReactNode {
  const { readModel } = model;
  const [text] = useDebouncedValue(JSON.stringify(schedule), 250);
  const [seen, setSeen] = useState<{ readonly text: string; readonly model: ScheduledModelView } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const fits = seen !== null && seen.text === JSON.stringify(schedule) && problem === null;
  useEffect(() => onPossible(fits), [fits, onPossible]);
  useEffect(() => {
    const asking = new AbortController();
    previewSchedule(serverId, readModel, JSON.parse(text) as Schedule, asking.signal)
      .then((answer) => {
        if (asking.signal.aborted) return;
        setSeen({ text, model: answer });
        setProblem(null);
      })
      .catch((error: unknown) => {
        if (!asking.signal.aborted) setProblem(problemOf(error));
      });
    return () => asking.abort();
  }, [serverId, readModel, text]);

  if (problem !== null) return <FailureNotice problem={problem} title="This schedule cannot be" />;
  if (seen === null) return <p className="db-dim">Asking what that means …</p>;
  return (
    <div className={fits ? '' : styles.stale}>
      <Meaning model={seen.model} />
      <NextRuns model={seen.model} />
    </div>
  );
}

/** How old the numbers get for whom, against what they accept. */
function Meaning({ model }: { readonly model: ScheduledModelView }): ReactNode {
  const nowMs = useServerNow();
  const { nextRuns, asOfMs, usualMs, budget, consumer } = model;
  const age = plannedAge(nextRuns, asOfMs, usualMs, budget);
  const held = heldRunsText(nextRuns);
  if (age === null) return null;
  const whose = consumer === null ? 'nobody names a budget' : `${consumerText(consumer)} accepts ${budgetText(budget)}`;
  const broken = age.brokenAtMs;
  return (
    <p className={styles.meaning} role="status">
      {budget !== null && budget !== 'live' && (
        <Tag tone={broken === null ? 'good' : 'bad'}>{broken === null ? 'keeps the budget' : 'breaks the budget'}</Tag>
      )}{' '}
      Numbers get at most {roughly(age.oldestMs)} old; {whose}
      {broken === null ? '' : `, and that is over ${broken <= nowMs ? 'since' : 'from'} ${dayAndClock(broken)}`}. {held}
    </p>
  );
}

/** The next ten moments, with what holds them back. */
export function NextRuns({ model }: { readonly model: ScheduledModelView }): ReactNode {
  const nowMs = useServerNow();
  const { nextRuns, dueReason } = model;
  if (nextRuns.length === 0) return <p className="db-dim">No run by the clock: {dueReason.text}</p>;
  return (
    <ol className={styles.nextRuns} aria-label="Next runs">
      {nextRuns.map(({ atMs, window }) => (
        <li key={atMs} title={momentExact(atMs)}>
          <span>{dayAndClock(atMs)}</span>
          <span className="db-dim">{distanceText(atMs, nowMs)}</span>
          {window !== null && <Tag tone="warning">after {window.calendar}</Tag>}
        </li>
      ))}
    </ol>
  );
}

/** "Tue 1 Dec 05:15" */
function dayAndClock(atMs: number): string {
  const day = dateTimeFormat('en-GB', { timeZone: localTimeZone(), weekday: 'short', day: 'numeric', month: 'short' });
  return `${day.format(atMs).replace(',', '')} ${formatClock(atMs, localTimeZone())}`;
}
