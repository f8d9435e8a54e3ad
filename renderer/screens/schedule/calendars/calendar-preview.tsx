import { useDebouncedValue } from '@mantine/hooks';
import type { ReactNode } from 'react';
import type { SkipCalendar } from '../../../../shared/model/schedule.ts';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { useAsked } from '../../../stores/asked.ts';
import { calendarWindows } from '../../../stores/schedule-calendars.ts';
import { WindowList } from './window-list.tsx';
import styles from '../schedule.module.css';

interface CalendarPreviewProps {
  readonly serverId: string;
  readonly calendar: SkipCalendar;
}

const shown = 6;

/** The windows that a calendar would open next, before it is saved. */
export function CalendarPreview({ serverId, calendar }: CalendarPreviewProps): ReactNode {
  const [asked] = useDebouncedValue(JSON.stringify(calendar), 250);
  const { value, problem } = useAsked(calendarWindows, { serverId, calendar: asked });
  if (problem !== null) return <FailureNotice problem={problem} title="This calendar cannot be" />;
  if (value === null) return <p className="db-dim">Asking when that is …</p>;
  return (
    <div>
      <h3 className={styles.section}>Next windows</h3>
      {value.length === 0 ? (
        <span className="db-dim">None in the next forty days.</span>
      ) : (
        <WindowList windows={value.slice(0, shown)} timeZone={calendar.timeZone} />
      )}
    </div>
  );
}
