import { useMemo, type ReactNode } from 'react';
import { formatClock } from '../../shared/format/zoned-time.ts';
import type { Timeline } from '../../shared/model/diagnosis.ts';
import { Chart } from './chart.tsx';
import { useLocalTimeZone } from '../app/local-time-zone.ts';
import { usePalette } from './palette.ts';
import { TimeBrush, type ZoomStep } from './time-brush.tsx';
import type { TimeWindow } from './time-window.ts';
import { bucketText, plotInsets, timelineOption } from './timeline-option.ts';

export interface TimelineChartProps {
  readonly timeline: Timeline;
  readonly selection: TimeWindow | null;
  /** A window was brushed, with the mouse or the keyboard; null: it was taken away. */
  readonly onSelect: (window: TimeWindow | null) => void;
  readonly onZoom?: (step: ZoomStep) => void;
  readonly height: string;
  /** What the window is for; default: the window to diagnose. */
  readonly brushLabel?: string;
}

/** The Mornings timeline. The table twin is `TimelineTable`. */
export function TimelineChart(props: TimelineChartProps): ReactNode {
  const { timeline, selection, onSelect, onZoom, height, brushLabel } = props;
  const palette = usePalette();
  const timeZone = useLocalTimeZone();
  const option = useMemo(() => timelineOption({ timeline, palette, timeZone }), [timeline, palette, timeZone]);
  const label =
    `Active sessions by class and OLTP latency between ${formatClock(timeline.fromMs, timeZone)} ` +
    `and ${formatClock(timeline.toMs, timeZone)}`;
  return (
    <div style={{ height }}>
      <TimeBrush
        scale={timeline}
        insets={plotInsets}
        selection={selection}
        suggestion={timeline.suggestion}
        onSelect={onSelect}
        timeZone={timeZone}
        {...(onZoom === undefined ? {} : { onZoom })}
        {...(brushLabel === undefined ? {} : { label: brushLabel })}
        describe={(atMs) => {
          const bucket = timeline.buckets.find((one) => atMs >= one.atMs && atMs < one.atMs + timeline.bucketMs);
          return bucket === undefined ? 'not sampled' : bucketText(bucket, timeline.bucketMs, timeZone);
        }}
      >
        <Chart option={option} label={label} />
      </TimeBrush>
    </div>
  );
}
