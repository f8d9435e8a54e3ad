import { latencyTick } from '../../shared/charts/axis-label.ts';
import { axisText, baseOption, gridLines } from '../../shared/charts/base-option.ts';
import type { ChartPalette } from '../../shared/charts/palette.ts';
import { patternOf } from '../../shared/charts/pattern.ts';
import { formatCount } from '../../shared/format/count.ts';
import { formatDuration } from '../../shared/format/duration.ts';
import { defaultLocale } from '../../shared/format/number-formats.ts';
import { dateTimeFormat, formatClock, formatClockSeconds, zonedTime } from '../../shared/format/zoned-time.ts';
import type { Timeline } from '../../shared/model/diagnosis.ts';
import type { ChartOption } from './chart-option.ts';
import {
  damageSpans,
  latencyCeiling,
  sessionsCeiling,
  timelineLayers,
  withGaps,
  type TimelineBucket,
} from './timeline-data.ts';

/** Where the plot lies in its box, px. The brush over it counts on these. */
export const plotInsets = { left: 36, right: 58, top: 12, bottom: 24 } as const;

/** "07:52" of the reader's clock; midnight says the day, so that two nights are told apart. */
export function tickLabel(atMs: number, spanMs: number, timeZone: string): string {
  const time = zonedTime(atMs, timeZone);
  if (spanMs <= 10 * 60_000) return formatClockSeconds(atMs, timeZone);
  if (time.hour === 0 && time.minute === 0 && spanMs > 12 * 3_600_000) {
    return dateTimeFormat(defaultLocale, { timeZone, day: 'numeric', month: 'short' }).format(atMs);
  }
  return formatClock(atMs, timeZone);
}

/** What hovering over one bucket says, one line a fact. */
export function bucketText(bucket: TimelineBucket, bucketMs: number, timeZone: string): string {
  const clock = bucketMs < 60_000 ? formatClockSeconds : formatClock;
  const lines = [`${clock(bucket.atMs, timeZone)} – ${clock(bucket.atMs + bucketMs, timeZone)}`];
  for (const { layer, name } of timelineLayers) {
    if (bucket[layer] >= 0.05) lines.push(`${name}: ${bucket[layer].toFixed(1)} sessions`);
  }
  if (bucket.oltpMeanMs !== null) lines.push(`OLTP mean: ${formatDuration(bucket.oltpMeanMs)}`);
  lines.push(`OLTP calls: ${formatCount(bucket.oltpCalls)}`);
  if (bucket.damageSeconds > 0) lines.push(`damage: ${formatDuration(bucket.damageSeconds * 1000)} of extra waiting`);
  return lines.join('\n');
}

/** Of the shading behind a stretch with damage. */
export const damageOpacity = ({ scheme }: Pick<ChartPalette, 'scheme'>): number => (scheme === 'dark' ? 0.16 : 0.1);

export interface TimelineOptionInput {
  readonly timeline: Timeline;
  readonly palette: ChartPalette;
  readonly timeZone: string;
}

/** Active sessions stacked by class, OLTP latency over them on its own axis, cores as a line, damage shaded. */
export function timelineOption({ timeline, palette, timeZone }: TimelineOptionInput): ChartOption {
  const { buckets, bucketMs, cores } = timeline;
  const spanMs = timeline.toMs - timeline.fromMs;
  const layers = timelineLayers.map(({ layer, name, color }, index) => ({
    id: layer,
    name,
    type: 'line' as const,
    stack: 'sessions',
    // A class without a single session still takes part, so that stack and colours never jump between refreshes.
    data: withGaps(buckets, bucketMs, (bucket) => bucket[layer]),
    symbol: 'none',
    lineStyle: { width: 0 },
    color: color(palette),
    areaStyle: { color: color(palette), opacity: 0.88, decal: patternOf(index, palette.scheme) },
    emphasis: { disabled: true },
    z: 2,
  }));
  const damage = damageSpans(buckets, bucketMs);
  const ceilingMs = latencyCeiling(buckets);
  return {
    ...baseOption(palette),
    animation: false,
    grid: { ...plotInsets, outerBoundsMode: 'none' },
    xAxis: {
      type: 'time',
      min: timeline.fromMs,
      max: timeline.toMs,
      axisLabel: { ...axisText(palette), formatter: (atMs: number) => tickLabel(atMs, spanMs, timeZone) },
      axisLine: { lineStyle: { color: palette.grid } },
      axisTick: { show: false },
      splitLine: { show: false },
    },
    yAxis: [
      {
        type: 'value',
        min: 0,
        max: sessionsCeiling(buckets, cores),
        axisLabel: { ...axisText(palette), showMaxLabel: false, formatter: (value: number) => formatCount(value) },
        minInterval: 1,
        splitLine: gridLines(palette),
      },
      {
        type: 'value',
        min: 0,
        // Without a single latency the axis would invent a scale of microseconds.
        ...(buckets.some(({ oltpMeanMs }) => oltpMeanMs !== null) ? {} : { max: 10 }),
        ...(ceilingMs === null ? {} : { max: ceilingMs }),
        position: 'right',
        axisLabel: {
          ...axisText(palette),
          formatter: latencyTick,
          ...(ceilingMs === null ? {} : { showMaxLabel: false }),
        },
        splitLine: { show: false },
      },
    ],
    series: [
      ...layers,
      {
        id: 'latency',
        name: 'OLTP mean latency',
        type: 'line',
        yAxisIndex: 1,
        data: withGaps(buckets, bucketMs, (bucket) => bucket.oltpMeanMs),
        symbol: 'none',
        color: palette.line,
        lineStyle: { width: 2, color: palette.line, shadowColor: palette.surface, shadowBlur: 3 },
        emphasis: { disabled: true },
        z: 4,
      },
      {
        id: 'marks',
        type: 'line',
        data: [],
        silent: true,
        markLine:
          cores === null
            ? { data: [] }
            : {
                silent: true,
                symbol: 'none',
                lineStyle: { color: palette.axis, type: 'dashed', width: 1 },
                label: {
                  formatter: timeline.coresSource === 'estimate' ? `≈ ${cores} cores` : `${cores} cores`,
                  position: 'insideStartTop',
                  color: palette.axis,
                  fontFamily: palette.font,
                  fontSize: 11,
                },
                data: [{ yAxis: cores }],
              },
        markArea: {
          silent: true,
          itemStyle: { color: palette.lockWait, opacity: damageOpacity(palette) },
          data: damage.map(({ fromMs, toMs }) => [{ xAxis: fromMs }, { xAxis: toMs }]),
        },
        z: 1,
      },
    ],
  };
}
