import { useMemo, type ReactNode } from 'react';
import { formatDuration } from '../../shared/format/duration.ts';
import { formatClock } from '../../shared/format/zoned-time.ts';
import { useLocalTimeZone } from '../app/local-time-zone.ts';
import { Chart } from './chart.tsx';
import { usePalette } from './palette.ts';
import { ageOption, durationOption, type DurationBar } from './runs-option.ts';
import type { TimeWindow } from './time-window.ts';

interface DurationChartProps {
  readonly bars: readonly DurationBar[];
  readonly usualMs: number | null;
  readonly span: TimeWindow;
  readonly height: number;
}

/** How long the refreshes of a read model took. The runs table is its twin. */
export function DurationChart({ bars, usualMs, span, height }: DurationChartProps): ReactNode {
  const palette = usePalette();
  const timeZone = useLocalTimeZone();
  const option = useMemo(
    () => durationOption(bars, usualMs, { span, palette, timeZone }),
    [bars, usualMs, span, palette, timeZone],
  );
  return (
    <Chart
      option={option}
      height={height}
      label={`How long each of ${bars.length} refreshes took; the table of runs has them`}
      describe={({ x }) => {
        const bar = nearest(bars, x, ({ atMs }) => atMs);
        if (bar === null) return null;
        const result = bar.outcome === 'done' ? 'took' : `${bar.outcome} after`;
        return `${formatClock(bar.atMs, timeZone)}\n${result} ${formatDuration(bar.tookMs)}`;
      }}
    />
  );
}

interface AgeChartProps {
  readonly points: readonly (readonly [number, number])[];
  readonly budgetMs: number | null;
  readonly span: TimeWindow;
  readonly height: number;
}

/** How old the numbers were that readers saw, against the tightest budget. */
export function AgeChart({ points, budgetMs, span, height }: AgeChartProps): ReactNode {
  const palette = usePalette();
  const timeZone = useLocalTimeZone();
  const option = useMemo(
    () => ageOption(points, budgetMs, { span, palette, timeZone }),
    [points, budgetMs, span, palette, timeZone],
  );
  return (
    <Chart
      option={option}
      height={height}
      label="How old the numbers were over time, against the tightest budget"
      describe={({ x }) => {
        const point = nearest(points, x, ([atMs]) => atMs);
        return point === null ? null : `${formatClock(point[0], timeZone)}\n${formatDuration(point[1])} old`;
      }}
    />
  );
}

function nearest<T>(all: readonly T[], atMs: number, timeOf: (one: T) => number): T | null {
  return all.reduce<T | null>(
    (best, one) => (best === null || Math.abs(timeOf(one) - atMs) < Math.abs(timeOf(best) - atMs) ? one : best),
    null,
  );
}
