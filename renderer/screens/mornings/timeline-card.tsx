import { SegmentedControl, Skeleton } from '@mantine/core';
import { useMemo, useState, type ReactNode } from 'react';
import { formatDuration } from '../../../shared/format/duration.ts';
import type { Timeline } from '../../../shared/model/diagnosis.ts';
import { FailureNotice } from '../../app/failure-notice.tsx';
import { FreshnessLabel } from '../../app/freshness-label.tsx';
import { Card } from '../../app/page.tsx';
import { Legend } from '../../charts/legend.tsx';
import { usePalette } from '../../charts/palette.ts';
import { TimelineChart } from '../../charts/timeline-chart.tsx';
import { latencyBeyondScale, timelineLayers } from '../../charts/timeline-data.ts';
import { damageOpacity } from '../../charts/timeline-option.ts';
import type { ZoomStep } from '../../charts/time-brush.tsx';
import type { TimeWindow } from '../../charts/time-window.ts';
import { useMornings } from '../../stores/mornings.ts';
import { NoSamples } from './no-samples.tsx';
import { TimelineTable } from './timeline-table.tsx';
import styles from './mornings.module.css';

interface TimelineCardProps {
  readonly serverId: string;
  readonly window: TimeWindow | null;
  /** What was zoomed to: drawn at once with what is known, until the engine has answered. */
  readonly zoom: TimeWindow | null;
  readonly onSelect: (window: TimeWindow | null) => void;
  readonly onZoom: (step: ZoomStep) => void;
  readonly onRetry: () => void;
}

/** More of a large screen, but never so much that the verdict falls off a small one. */
const height = 'clamp(200px, 27vh, 340px)';

/** The timeline, its legend and its table twin. */
export function TimelineCard(props: TimelineCardProps): ReactNode {
  const { serverId, window, zoom, onSelect, onZoom, onRetry } = props;
  const { value, loading, problem } = useMornings((state) => state.timeline);
  const [shownAs, setShownAs] = useState<'chart' | 'table'>('chart');
  const palette = usePalette();
  const beyondMs = useMemo(() => latencyBeyondScale(value?.timeline.buckets ?? []), [value]);
  const legend = useMemo(
    () => [
      ...timelineLayers.map(({ name, color }, index) => ({ name, color: color(palette), pattern: index })),
      { name: 'damage', color: palette.lockWait, pattern: 0, opacity: damageOpacity(palette) },
      {
        name: beyondMs === null ? 'OLTP mean latency' : `OLTP mean latency, at most ${formatDuration(beyondMs)}`,
        color: palette.line,
        pattern: null,
      },
    ],
    [palette, beyondMs],
  );

  const timeline = useMemo(
    () => (value === null || zoom === null ? value?.timeline : { ...value.timeline, ...zoom }),
    [value, zoom],
  );

  if (value === null || timeline === undefined) {
    return (
      <Card>
        {problem !== null && <FailureNotice problem={problem} onRetry={onRetry} />}
        {problem === null && <Skeleton className={styles.skeleton} height={height} aria-label="Loading the timeline" />}
      </Card>
    );
  }
  if (value.timeline.storedFromMs === null) {
    return (
      <Card>
        <NoSamples serverId={serverId} />
      </Card>
    );
  }
  return (
    <Card className={styles.timelineCard}>
      {loading && <div className={styles.progress} aria-hidden />}
      {problem !== null && <FailureNotice problem={problem} onRetry={onRetry} />}
      <div className={styles.timelineHead} aria-busy={loading}>
        <Legend items={legend} />
        <div className={styles.timelineAside}>
          <span className="db-dim" title={coresText(timeline)}>
            active sessions
          </span>
          <FreshnessLabel freshness={value.freshness} />
          <SegmentedControl
            size="xs"
            withItemsBorders={false}
            aria-label="Show the timeline as"
            data={[
              { value: 'chart', label: 'Chart' },
              { value: 'table', label: 'Table' },
            ]}
            value={shownAs}
            onChange={(next) => setShownAs(next === 'table' ? 'table' : 'chart')}
          />
        </div>
      </div>
      {shownAs === 'chart' ? (
        <TimelineChart timeline={timeline} selection={window} onSelect={onSelect} onZoom={onZoom} height={height} />
      ) : (
        <TimelineTable timeline={timeline} height={height} />
      )}
      {timeline.buckets.length === 0 && (
        <p className={styles.hint}>Nothing was sampled in this stretch. Choose another range.</p>
      )}
    </Card>
  );
}

function coresText({ cores, coresSource }: Pick<Timeline, 'cores' | 'coresSource'>): string {
  if (cores === null) return 'How many cores the server has is not known: set it in its connection.';
  const words = cores === 1 ? '1 core' : `${cores} cores`;
  return coresSource === 'estimate'
    ? `About ${words}: estimated from where latency bends. Set the number in the connection to be sure.`
    : `${words}, as set in the connection`;
}
