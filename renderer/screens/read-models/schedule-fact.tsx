import { useEffect, type ReactNode } from 'react';
import { scheduleText } from '../../../shared/format/schedule-text.ts';
import { momentShort } from '../../app/moments.ts';
import { href } from '../../app/router.ts';
import { Tag } from '../../app/tag.tsx';
import { useNow } from '../../app/use-now.ts';
import { useSchedule, watchSchedule } from '../../stores/schedule.ts';

interface ScheduleFactProps {
  readonly serverId: string;
  readonly name: string;
}

/** When it is refreshed by itself, and the way to where that is changed. */
export function ScheduleFact({ serverId, name }: ScheduleFactProps): ReactNode {
  const nowMs = useNow(60_000);
  useEffect(() => watchSchedule(serverId), [serverId]);
  const model = useSchedule(
    (state) => state.overview.value?.models.find(({ readModel }) => readModel === name) ?? null,
  );
  if (model === null) return <span className="db-dim">not known</span>;
  const { schedule, nextDueMs, paused, stopped, dueReason } = model;
  return (
    <>
      {scheduleText(schedule)}{' '}
      {stopped !== null && (
        <Tag tone="bad" title={stopped.error}>
          stopped
        </Tag>
      )}
      {stopped === null && paused !== null && (
        <Tag tone="warning" title={paused.why}>
          paused by {paused.by}
        </Tag>
      )}
      <div className="db-dim">
        {stopped === null && paused === null && (
          <span title={dueReason.text}>
            {nextDueMs === null ? dueReason.text : `next due ${momentShort(nextDueMs, nowMs)}`} ·{' '}
          </span>
        )}
        <a href={href('/schedule', { model: name })}>change it</a>
      </div>
    </>
  );
}
