import { axisText, baseOption, gridLines } from '../../shared/charts/base-option.ts';
import type { ChartPalette } from '../../shared/charts/palette.ts';
import { patternOf } from '../../shared/charts/pattern.ts';
import { formatDuration } from '../../shared/format/duration.ts';
import type { ChartOption } from './chart-option.ts';
import type { TimeWindow } from './time-window.ts';
import { tickLabel } from './timeline-option.ts';

interface Frame {
  readonly span: TimeWindow;
  readonly palette: ChartPalette;
  readonly timeZone: string;
}

/** One bar: when a run began, how long it took, and how it ended. */
export interface DurationBar {
  readonly atMs: number;
  readonly tookMs: number;
  readonly outcome: 'done' | 'cancelled' | 'failed';
}

/** How long each run took, over time; cancelled ones are hollow, failed ones hatched. */
export function durationOption(bars: readonly DurationBar[], usualMs: number | null, frame: Frame): ChartOption {
  const { palette } = frame;
  const series = (outcome: DurationBar['outcome'], look: object) => ({
    id: outcome,
    name: outcome === 'done' ? 'took' : outcome,
    type: 'bar' as const,
    data: bars.filter((bar) => bar.outcome === outcome).map(({ atMs, tookMs }) => [atMs, tookMs]),
    barWidth: 5,
    barGap: '-100%',
    itemStyle: look,
    emphasis: { disabled: true },
  });
  const decal = patternOf(1, palette.scheme);
  return {
    ...framed(frame, Math.max(usualMs ?? 0, ...bars.map(({ tookMs }) => tookMs))),
    series: [
      {
        ...series('done', { color: palette.series[0] ?? palette.accent }),
        ...(usualMs === null ? {} : { markLine: markAt(usualMs, 'p95', palette) }),
      },
      series('cancelled', { color: 'transparent', borderColor: palette.warning, borderWidth: 1.5 }),
      series('failed', { color: palette.bad, decal, borderColor: palette.bad, borderWidth: 1 }),
    ],
  };
}

/** How old the numbers were over time, under the line of what the tightest consumer accepts. */
export function ageOption(
  points: readonly (readonly [number, number])[],
  budgetMs: number | null,
  frame: Frame,
): ChartOption {
  const { palette } = frame;
  return {
    ...framed(frame, Math.max(budgetMs ?? 0, ...points.map(([, ageMs]) => ageMs))),
    series: [
      {
        id: 'age',
        name: 'age',
        type: 'line',
        data: points.map(([atMs, ageMs]) => [atMs, ageMs]),
        symbol: 'none',
        color: palette.series[0] ?? palette.accent,
        lineStyle: { width: 1.5 },
        areaStyle: { opacity: 0.2 },
        emphasis: { disabled: true },
        ...(budgetMs === null ? {} : { markLine: markAt(budgetMs, 'budget', palette) }),
      },
    ],
  };
}

function framed({ span, palette, timeZone }: Frame, highestMs: number): ChartOption {
  const stepMs = durationStepMs(highestMs);
  const spanMs = span.toMs - span.fromMs;
  return {
    ...baseOption(palette),
    animation: false,
    aria: { enabled: true, label: { enabled: false }, decal: { show: false } },
    grid: { left: 4, right: 12, top: 14, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'time',
      min: span.fromMs,
      max: span.toMs,
      axisLabel: {
        ...axisText(palette),
        hideOverlap: true,
        formatter: (atMs: number) => tickLabel(atMs, spanMs, timeZone),
      },
      axisLine: { lineStyle: { color: palette.grid } },
      axisTick: { show: false },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: Math.max(1, Math.ceil((highestMs * 1.05) / stepMs)) * stepMs,
      interval: stepMs,
      axisLabel: { ...axisText(palette), formatter: (ms: number) => (ms === 0 ? '0' : formatDuration(ms)) },
      splitLine: gridLines(palette),
    },
  };
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const niceStepsMs = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * secondMs),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 4, 8, 12, 24, 48, 96, 168].map((hours) => hours * hourMs),
];

/** Between two lines of an axis of durations, ms: at most four of them, at lengths that people count in. */
export const durationStepMs = (highestMs: number): number =>
  niceStepsMs.find((step) => highestMs / step <= 4) ?? Math.ceil(highestMs / 4);

const markAt = (value: number, name: string, palette: ChartPalette) => ({
  silent: true,
  symbol: 'none',
  lineStyle: { color: palette.axis, type: 'dashed' as const, width: 1 },
  label: {
    formatter: name,
    position: 'insideStartTop' as const,
    color: palette.axis,
    fontFamily: palette.font,
    fontSize: 11,
  },
  data: [{ yAxis: value }],
});
