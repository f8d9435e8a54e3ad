import type { ReactNode } from 'react';
import { dateTimeFormat, formatClock, zonedTime } from '../../../../shared/format/zoned-time.ts';
import type { SkipWindow } from '../../../../shared/model/schedule.ts';
import { localTimeZone } from '../../../app/local-time-zone.ts';
import { roughly } from '../words.ts';
import styles from '../schedule.module.css';

interface WindowListProps {
  readonly windows: readonly SkipWindow[];
  /** Of their calendar, whose rules are written by its clock. */
  readonly timeZone: string;
}

/** Windows one below the other, on the reader's clock, which is named where the calendar goes by another. */
export function WindowList({ windows, timeZone }: WindowListProps): ReactNode {
  if (windows.length === 0) return null;
  const here = localTimeZone();
  const list = (
    <ol className={`${styles.nextRuns} ${styles.windows}`} aria-label="Next windows">
      {windows.map(({ fromMs, toMs }) => (
        <li key={fromMs}>
          <span>{spanText(fromMs, toMs)}</span>
          <span className="db-dim">{roughly(toMs - fromMs)}</span>
        </li>
      ))}
    </ol>
  );
  if (timeZone === here) return list;
  return (
    <>
      <div className="db-dim">on your clock ({here}):</div>
      {list}
    </>
  );
}

/** "Fri 27 Nov 07:00 – 20:00", with the second day where it is another one. */
function spanText(fromMs: number, toMs: number): string {
  const day = dateTimeFormat('en-GB', { timeZone: localTimeZone(), weekday: 'short', day: 'numeric', month: 'short' });
  const dayOf = (atMs: number) => day.format(atMs).replace(',', '');
  const [from, to] = [zonedTime(fromMs, localTimeZone()), zonedTime(toMs, localTimeZone())];
  const sameDay = from.day === to.day && from.month === to.month;
  const end = `${sameDay ? '' : `${dayOf(toMs)} `}${formatClock(toMs, localTimeZone())}`;
  return `${dayOf(fromMs)} ${formatClock(fromMs, localTimeZone())} – ${end}`;
}
