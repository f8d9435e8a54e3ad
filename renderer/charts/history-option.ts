import { formatDuration } from '../../shared/format/duration.ts';
import { formatClock } from '../../shared/format/zoned-time.ts';
import { latencyTick } from './axis-label.ts';
import { axisText, baseOption, gridLines, tooltipOption } from './base-option.ts';
import type { ChartOption } from './chart-option.ts';
import type { ChartPalette } from './palette.ts';
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
    tooltip: {
      ...tooltipOption(palette),
      trigger: 'axis',
      formatter: (params: unknown) => historyText(params, timeZone),
    },
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
        data: activity.map(([atMs, value]) => [atMs, value]),
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
        data: oltpMeanMs.map(([atMs, value]) => [atMs, value]),
        symbol: 'none',
        color: palette.line,
        lineStyle: { width: 2 },
        emphasis: { disabled: true },
      },
    ],
  };
}

function historyText(params: unknown, timeZone: string): string {
  const items: unknown[] = Array.isArray(params) ? params : [params];
  const lines: string[] = [];
  for (const item of items) {
    if (typeof item !== 'object' || item === null || !('value' in item) || !Array.isArray(item.value)) continue;
    const [atMs, value] = item.value.map(Number);
    if (atMs === undefined || value === undefined) continue;
    if (lines.length === 0) lines.push(formatClock(atMs, timeZone));
    const latency = 'seriesId' in item && item.seriesId === 'latency';
    lines.push(latency ? `OLTP mean: ${formatDuration(value)}` : `active sessions: ${value.toFixed(1)}`);
  }
  return lines.join('\n');
}
