import { latencyTick } from '../../shared/charts/axis-label.ts';
import { axisText, baseOption, gridLines, hoverOption } from '../../shared/charts/base-option.ts';
import type { ChartPalette } from '../../shared/charts/palette.ts';
import { formatDuration } from '../../shared/format/duration.ts';
import { formatClock } from '../../shared/format/zoned-time.ts';
import type { ChartOption } from './chart-option.ts';
import { tickLabel } from './timeline-option.ts';
import type { TimeWindow } from './time-window.ts';

type Points = readonly (readonly [number, number])[];

export interface HistoryInput {
  /** [atMs, average active sessions] of one statement. */
  readonly activity: Points;
  /** [atMs, mean latency of the victims, ms]. */
  readonly oltpMeanMs: Points;
  readonly incident: TimeWindow;
  readonly timeZone: string;
  readonly palette: ChartPalette;
}

/** The two lines whose joint rise is the case against a statement: its activity, and how long the victims took. */
export function historyOption({ activity, oltpMeanMs, incident, timeZone, palette }: HistoryInput): ChartOption {
  const times = [...activity, ...oltpMeanMs].map(([atMs]) => atMs);
  const fromMs = Math.min(incident.fromMs, ...times);
  const toMs = Math.max(incident.toMs, ...times);
  return {
    ...baseOption(palette),
    animation: false,
    aria: { enabled: true, label: { enabled: false }, decal: { show: false } },
    grid: { left: 4, right: 4, top: 12, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: hoverOption(palette, 'line'),
    xAxis: {
      type: 'time',
      min: fromMs,
      max: toMs,
      axisLabel: { ...axisText(palette), formatter: (atMs: number) => tickLabel(atMs, toMs - fromMs, timeZone) },
      axisLine: { lineStyle: { color: palette.grid } },
      axisTick: { show: false },
      splitLine: { show: false },
    },
    yAxis: [
      { type: 'value', min: 0, axisLabel: axisText(palette), splitLine: gridLines(palette), splitNumber: 4 },
      {
        type: 'value',
        min: 0,
        position: 'right',
        axisLabel: { ...axisText(palette), formatter: latencyTick },
        splitLine: { show: false },
      },
    ],
    series: [
      {
        id: 'activity',
        name: 'active sessions',
        type: 'line',
        data: brokenAtGaps(activity),
        symbol: 'none',
        color: palette.reporting,
        lineStyle: { width: 1.5 },
        areaStyle: { color: palette.reporting, opacity: 0.35 },
        emphasis: { disabled: true },
        markArea: {
          silent: true,
          itemStyle: { color: palette.accent, opacity: 0.1, borderColor: palette.accent, borderWidth: 1 },
          data: [[{ xAxis: incident.fromMs }, { xAxis: incident.toMs }]],
        },
      },
      {
        id: 'latency',
        name: 'OLTP mean',
        type: 'line',
        yAxisIndex: 1,
        data: brokenAtGaps(oltpMeanMs),
        symbol: 'none',
        color: palette.line,
        lineStyle: { width: 2 },
        emphasis: { disabled: true },
      },
    ],
  };
}

/** What hovering over a moment says; null where nothing was seen near it. */
export function historyText(
  { activity, oltpMeanMs, timeZone }: Pick<HistoryInput, 'activity' | 'oltpMeanMs' | 'timeZone'>,
  atMs: number,
): string | null {
  const seen = nearest(activity, atMs);
  const latency = nearest(oltpMeanMs, atMs);
  const moment = seen?.[0] ?? latency?.[0];
  if (moment === undefined) return null;
  const lines = [formatClock(moment, timeZone)];
  if (seen !== null) lines.push(`active sessions: ${seen[1].toFixed(1)}`);
  if (latency !== null) lines.push(`OLTP mean: ${formatDuration(latency[1])}`);
  return lines.join('\n');
}

/** The usual distance between points, ms: the median, which a gap does not move. */
function stepOf(points: Points): number {
  const steps = points.slice(1).map(([atMs], index) => atMs - (points[index]?.[0] ?? atMs));
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? Infinity;
}

function nearest(points: Points, atMs: number): readonly [number, number] | null {
  let best: readonly [number, number] | null = null;
  for (const point of points) {
    if (best === null || Math.abs(point[0] - atMs) < Math.abs(best[0] - atMs)) best = point;
  }
  return best !== null && Math.abs(best[0] - atMs) <= stepOf(points) ? best : null;
}

/** A null between points that are further apart than usual: a line through a gap would claim that somebody looked. */
export function brokenAtGaps(points: Points): [number, number | null][] {
  const longestMs = 2.5 * stepOf(points);
  return points.flatMap(([atMs, value], index): [number, number | null][] => {
    const before = points[index - 1]?.[0] ?? atMs;
    return atMs - before > longestMs
      ? [
          [(atMs + before) / 2, null],
          [atMs, value],
        ]
      : [[atMs, value]];
  });
}
