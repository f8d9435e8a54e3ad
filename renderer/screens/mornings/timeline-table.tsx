import { useMemo, type ReactNode } from 'react';
import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatClock, formatClockSeconds } from '../../../shared/format/zoned-time.ts';
import type { Timeline } from '../../../shared/model/diagnosis.ts';
import { localTimeZone } from '../../app/local-time-zone.ts';
import { timelineLayers, type TimelineBucket } from '../../charts/timeline-data.ts';
import { DataTable, type TableColumn } from '../../tables/data-table.tsx';

/** The twin of the timeline: the same buckets, newest first. */
export function TimelineTable({
  timeline,
  height,
}: {
  readonly timeline: Timeline;
  readonly height: string;
}): ReactNode {
  const columns = useMemo((): readonly TableColumn<TimelineBucket>[] => {
    const clock = timeline.bucketMs < 60_000 ? formatClockSeconds : formatClock;
    return [
      {
        id: 'at',
        header: 'from',
        cell: ({ atMs }) => clock(atMs, localTimeZone()),
        sortValue: ({ atMs }) => atMs,
      },
      ...timelineLayers.map(({ layer, name }): TableColumn<TimelineBucket> => ({
        id: layer,
        header: name,
        align: 'right',
        // The longest of the names, with room for the mark of the sorting.
        width: layer === 'lockWaits' ? 'minmax(134px, 1.2fr)' : 'minmax(96px, 1fr)',
        cell: (bucket) => bucket[layer].toFixed(2),
        sortValue: (bucket) => bucket[layer],
      })),
      {
        id: 'mean',
        header: 'OLTP mean',
        align: 'right',
        cell: ({ oltpMeanMs }) => (oltpMeanMs === null ? '–' : formatDuration(oltpMeanMs)),
        sortValue: ({ oltpMeanMs }) => oltpMeanMs,
      },
      {
        id: 'calls',
        header: 'OLTP calls',
        align: 'right',
        cell: ({ oltpCalls }) => formatCount(oltpCalls),
        sortValue: ({ oltpCalls }) => oltpCalls,
      },
      {
        id: 'damage',
        header: 'damage',
        align: 'right',
        cell: ({ damageSeconds }) => (damageSeconds > 0 ? formatDuration(damageSeconds * 1000) : '–'),
        sortValue: ({ damageSeconds }) => damageSeconds,
      },
    ];
  }, [timeline.bucketMs]);
  return (
    <DataTable
      label="Timeline, as a table"
      columns={columns}
      rows={timeline.buckets}
      rowKey={({ atMs }) => String(atMs)}
      initialSort={{ column: 'at', descending: true }}
      height={height}
      estimatedRowPx={28}
      dense
    />
  );
}
