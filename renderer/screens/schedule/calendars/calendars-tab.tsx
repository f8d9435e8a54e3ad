import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { forbidsText } from '../../../../shared/format/schedule-text.ts';
import { ruleText } from '../../../../shared/format/skip-calendar-text.ts';
import type { SkipCalendar } from '../../../../shared/model/schedule.ts';
import { EmptyState } from '../../../app/empty-state.tsx';
import { FailureNotice } from '../../../app/failure-notice.tsx';
import { momentExact } from '../../../app/moments.ts';
import { Card } from '../../../app/page.tsx';
import { Tag } from '../../../app/tag.tsx';
import { useAction } from '../../../app/use-action.ts';
import { useCommands } from '../../../commands/use-commands.ts';
import { removeCalendar, type SeenSchedule } from '../../../stores/schedule.ts';
import { useServerNow } from '../use-server-now.ts';
import { distanceText } from '../words.ts';
import { CalendarDialog } from './calendar-dialog.tsx';
import { WindowList } from './window-list.tsx';
import styles from '../schedule.module.css';

interface CalendarsTabProps {
  readonly serverId: string;
  readonly seen: SeenSchedule;
}

/** Times in which nothing is refreshed or switched: month-end closing, payroll, stock taking. */
export function CalendarsTab({ serverId, seen }: CalendarsTabProps): ReactNode {
  const [editing, setEditing] = useState<SkipCalendar | 'new' | null>(null);
  const { busy, problem, run } = useAction();
  const nowMs = useServerNow();
  const { calendars, windows } = seen;
  const add = () => setEditing('new');
  const remove = (calendar: SkipCalendar) => void run(calendar.name, () => removeCalendar(serverId, calendar));
  useCommands('schedule-calendars', [
    { id: 'calendar-add', title: 'Add a calendar of skip windows', group: 'Schedule', run: add },
    ...calendars.map((calendar) => ({
      id: `calendar-${calendar.name}`,
      title: `Edit the calendar ${calendar.name}`,
      group: 'Schedule',
      run: () => setEditing(calendar),
    })),
  ]);
  return (
    <>
      {problem !== null && <FailureNotice problem={problem} />}
      {calendars.length === 0 ? (
        <Card fill>
          <EmptyState
            title="No skip windows yet"
            actions={
              <Button variant="filled" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
                Add a calendar
              </Button>
            }
          >
            While people close the month, run payroll or take stock, numbers should stand still and the server be left
            alone: a calendar says when, and one catch-up follows at its end.
          </EmptyState>
        </Card>
      ) : (
        <>
          <div className={styles.tools}>
            <span className={styles.push} />
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
              Add a calendar
            </Button>
          </div>
          {calendars.map((calendar) => {
            const mine = windows.filter((window) => window.calendar === calendar.name && window.toMs > nowMs);
            const [next] = mine;
            return (
              <Card
                key={calendar.name}
                title={calendar.name}
                tags={
                  <>
                    <Tag>{forbidsText(calendar)}</Tag>
                    {next !== undefined && next.fromMs <= nowMs && <Tag tone="warning">open now</Tag>}
                  </>
                }
                aside={
                  <>
                    <Button size="compact-sm" onClick={() => setEditing(calendar)} aria-label={`Edit ${calendar.name}`}>
                      Edit
                    </Button>
                    <Button
                      size="compact-sm"
                      loading={busy === calendar.name}
                      onClick={() => remove(calendar)}
                      aria-label={`Delete ${calendar.name}`}
                    >
                      Delete
                    </Button>
                  </>
                }
              >
                <div className={styles.calendar}>
                  <div>
                    <ul className={styles.rules}>
                      {calendar.rules.map((rule, index) => (
                        <li key={index}>{ruleText(rule)}</li>
                      ))}
                    </ul>
                    <span className="db-dim">
                      {calendar.timeZone} ·{' '}
                      {calendar.readModels === null ? 'every read model' : calendar.readModels.join(', ')}
                    </span>
                  </div>
                  <div>
                    {next === undefined ? (
                      <span className="db-dim">No window in the next forty days.</span>
                    ) : (
                      <span title={momentExact(next.fromMs)}>
                        {next.fromMs <= nowMs
                          ? `closes ${distanceText(next.toMs, nowMs)}`
                          : `opens ${distanceText(next.fromMs, nowMs)}`}
                      </span>
                    )}
                    <WindowList windows={mine.slice(0, 5)} timeZone={calendar.timeZone} />
                  </div>
                </div>
              </Card>
            );
          })}
        </>
      )}
      <CalendarDialog serverId={serverId} seen={seen} editing={editing} onClose={() => setEditing(null)} />
    </>
  );
}
