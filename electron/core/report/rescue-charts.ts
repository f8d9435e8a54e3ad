import { formatClockSeconds } from '../../../shared/format/zoned-time.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { phaseNames, type Rescue } from '../rescue/rescue-result.ts';
import { phaseTitles } from '../rescue/terminal-story.ts';
import { renderSvg } from './charts-svg.ts';

const colors = {
  oltp: '#2f7cc0',
  reporting: '#e08a2e',
  maintenance: '#8a93a0',
  locks: '#d13c46',
  ink: '#1c2430',
  faint: '#dfe3ea',
};
const axis = {
  nameTextStyle: { color: '#5b6472' },
  axisLine: { lineStyle: { color: colors.faint } },
  axisLabel: { color: '#5b6472' },
  splitLine: { lineStyle: { color: colors.faint } },
};

/** A mean of fewer saves says little: the last of a queue would draw a spike. */
const fewestSaves = 5;

/** Active sessions by class over the whole rescue, with the mean latency of the OLTP statements and the phases marked. */
export function timelineSvg({ timeline, phases, facts }: Rescue): string {
  const stack = (name: string, color: string, value: (bucket: (typeof timeline.buckets)[number]) => number) => ({
    name,
    type: 'line',
    stack: 'sessions',
    symbol: 'none',
    lineStyle: { width: 0 },
    areaStyle: { opacity: 0.85 },
    color,
    data: timeline.buckets.map((bucket) => [bucket.atMs, value(bucket)]),
  });
  const areas = phaseNames.map((name) => [
    {
      name: phaseTitles[name],
      xAxis: phases[name].fromMs,
      itemStyle: { color: name === 'morning' ? 'rgba(209,60,70,0.10)' : 'rgba(28,36,48,0.03)' },
      label: { color: '#5b6472', position: 'insideTop' },
    },
    { xAxis: phases[name].toMs },
  ]);
  return renderSvg(
    {
      aria: { enabled: true, decal: { show: true } },
      legend: { bottom: 0, itemGap: 24, textStyle: { color: colors.ink } },
      grid: { left: 48, right: 64, top: 24, bottom: 56 },
      xAxis: {
        type: 'time',
        min: phases.quiet.fromMs,
        max: phases.refreshing.toMs,
        ...axis,
        axisLabel: { ...axis.axisLabel, formatter: (atMs: number) => formatClockSeconds(atMs, facts.timeZone) },
        splitLine: { show: false },
      },
      yAxis: [
        { type: 'value', name: 'active sessions', ...axis },
        { type: 'value', name: 'mean of a save, ms', ...axis, splitLine: { show: false } },
      ],
      series: [
        { ...stack('OLTP', colors.oltp, (bucket) => bucket.oltp), markArea: { silent: true, data: areas } },
        stack('reporting', colors.reporting, (bucket) => bucket.reporting + bucket.batch),
        stack('maintenance', colors.maintenance, (bucket) => bucket.maintenance),
        stack('waiting on locks', colors.locks, (bucket) => bucket.lockWaits),
        {
          name: 'saving an invoice, mean',
          type: 'line',
          yAxisIndex: 1,
          symbol: 'none',
          color: colors.ink,
          lineStyle: { width: 1.5 },
          data: timeline.buckets
            .filter((bucket) => bucket.oltpMeanMs !== null && bucket.oltpCalls >= fewestSaves)
            .map((bucket) => [bucket.atMs, bucket.oltpMeanMs]),
        },
      ],
    },
    1000,
    340,
  );
}

/** p50, p95 and p99 of saving an invoice in each phase, on a logarithmic axis. */
export function latencySvg({ phases }: Rescue): string {
  const series = (name: string, color: string, value: (phase: Rescue['phases']['quiet']) => number) => ({
    name,
    type: 'bar',
    color,
    barGap: '10%',
    label: {
      show: true,
      position: 'top',
      color: colors.ink,
      formatter: ({ value: shown }: { value: number }) => formatDuration(shown),
    },
    data: phaseNames.map((phase) => Math.max(1, value(phases[phase]))),
  });
  return renderSvg(
    {
      aria: { enabled: true, decal: { show: true } },
      legend: { bottom: 0, itemGap: 24, textStyle: { color: colors.ink } },
      grid: { left: 64, right: 16, top: 24, bottom: 56 },
      xAxis: {
        type: 'category',
        data: phaseNames.map((name) => phaseTitles[name]),
        ...axis,
        splitLine: { show: false },
      },
      yAxis: { type: 'log', name: 'ms', min: 1, ...axis },
      series: [
        series('median', '#9cc3e5', ({ load }) => load.save.p50Ms),
        series('p95', colors.oltp, ({ load }) => load.save.p95Ms),
        series('p99', '#174e80', ({ load }) => load.save.p99Ms),
      ],
    },
    1000,
    320,
  );
}
