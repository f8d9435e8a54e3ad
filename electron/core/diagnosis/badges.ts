import { formatCounted } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { fixed } from '../../../shared/format/number-formats.ts';
import { formatPercent } from '../../../shared/format/ratio.ts';
import type { Badge, Victim } from '../../../shared/model/diagnosis.ts';
import type { Baseline } from './baseline.ts';
import { sum } from './damage.ts';
import { gapFactor, samplesWithin, type HistoryView } from './history-view.ts';
import type { Cores, TimeWindow } from './input.ts';
import { overlapShare, type Interval } from './intervals.ts';

export interface BadgeFacts {
  readonly window: TimeWindow;
  readonly intervals: readonly Interval[];
  readonly view: HistoryView;
  readonly baseline: Baseline;
  readonly cores: Cores;
  readonly victims: readonly Victim[];
  /** What a save does itself over what it usually does; null when it cannot be said. */
  readonly workGrowth: number | null;
  readonly statisticsAvailable: boolean;
  /** Statements were sampled whose text and queryid the role may not see. */
  readonly hiddenStatements: boolean;
}

/** How far the data under a verdict can be trusted. Always shown. */
export function qualityBadges(facts: BadgeFacts): Badge[] {
  const inside = facts.intervals.filter((interval) => overlapShare(interval, facts.window) > 0.05);
  return [
    ...capability(facts),
    ...(facts.statisticsAvailable ? [...coverage(inside), ...continuity(inside)] : []),
    ...interruptions(inside),
    ...deadlocks(inside),
    ...sampling(facts),
    baselineBadge(facts.baseline),
    ...work(facts),
    coresBadge(facts.cores),
  ];
}

function capability({ statisticsAvailable, hiddenStatements, view, window }: BadgeFacts): Badge[] {
  const badges: Badge[] = [];
  // Where nobody looked at all, nobody knows what the server had.
  if (!statisticsAvailable && samplesWithin(view.samples, window).length > 0) {
    const text = 'from activity samples alone: pg_stat_statements is not available';
    badges.push({ kind: 'capability', tone: 'warning', text });
  }
  if (hiddenStatements) {
    const text = "some statements are hidden: grant pg_read_all_stats to Daybreak's role";
    badges.push({ kind: 'capability', tone: 'warning', text });
  }
  return badges;
}

function coverage(inside: readonly Interval[]): Badge[] {
  const known = inside.filter(({ coverage: share }) => share !== null);
  if (known.length === 0) return [];
  const seconds = sum(known.map((one) => one.seconds));
  // Where statements take microseconds, half of the sessions' active time is parsing and sending: 49 % on a quiet demo.
  // A statement is booked when it ends, so one interval may have more than all of its time.
  const share = Math.min(1, sum(known.map((one) => (one.coverage ?? 0) * one.seconds)) / seconds);
  return [
    {
      kind: 'coverage',
      tone: share >= 0.8 ? 'good' : share >= 0.4 ? 'neutral' : 'warning',
      text: `coverage ${formatPercent(share)}`,
    },
  ];
}

function continuity(inside: readonly Interval[]): Badge[] {
  const resets = sum(inside.map((one) => one.resets));
  const recreated = sum(inside.map((one) => one.discontinuities));
  const counted = inside.flatMap(({ deallocs }) => deallocs ?? []);
  const evictions = sum(counted);
  const badges: Badge[] = [];
  if (resets > 0) {
    badges.push({ kind: 'reset', tone: 'warning', text: `statistics were reset ${formatCounted(resets, 'time')}` });
  } else if (recreated > 0) {
    const text = `${formatCounted(recreated, 'statement')} began to count anew: their numbers are lower bounds`;
    badges.push({ kind: 'reset', tone: 'warning', text });
  } else {
    badges.push({ kind: 'reset', tone: 'good', text: 'no resets' });
  }
  if (counted.length === 0) return [...badges, { kind: 'eviction', tone: 'neutral', text: 'evictions unknown' }];
  badges.push(
    evictions > 0
      ? {
          kind: 'eviction',
          tone: 'warning',
          text: `${formatCounted(evictions, 'eviction')}: rare statements may be missing`,
        }
      : { kind: 'eviction', tone: 'good', text: 'no evictions' },
  );
  return badges;
}

/** Things after which counters and times are not what they were. */
function interruptions(inside: readonly Interval[]): Badge[] {
  const badges: Badge[] = [];
  if (inside.some(({ restarted }) => restarted)) {
    const text = 'the server restarted inside of the window: what ran across the restart is missing';
    badges.push({ kind: 'restart', tone: 'warning', text });
  }
  const set = inside.filter(({ clockSetByMs }) => clockSetByMs !== 0);
  if (set.length > 0) {
    const largest = Math.max(...set.map(({ clockSetByMs }) => Math.abs(clockSetByMs)));
    const text = `the server's clock was set by ${formatDuration(largest)}: times around it are uncertain`;
    badges.push({ kind: 'clock', tone: 'warning', text });
  }
  return badges;
}

/** Each one waited for deadlock_timeout, and was then undone: damage that no latency shows. */
function deadlocks(inside: readonly Interval[]): Badge[] {
  const count = sum(inside.map(({ server }) => server?.deadlocks ?? 0));
  if (count === 0) return [];
  const text = `${formatCounted(count, 'deadlock')}: transactions were aborted and had to begin anew`;
  return [{ kind: 'deadlock', tone: 'warning', text }];
}

function sampling({ window, view }: BadgeFacts): Badge[] {
  const samples = samplesWithin(view.samples, window);
  if (samples.length === 0 || view.spacingMs === null) {
    return [{ kind: 'sampling', tone: 'warning', text: 'no activity samples' }];
  }
  const spacingMs = (window.toMs - window.fromMs) / samples.length;
  const borders = [window.fromMs, ...samples.map(({ atMs }) => atMs), window.toMs];
  const distances = borders.slice(1).map((atMs, index) => atMs - (borders[index] ?? atMs));
  const usualMs = distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)] ?? spacingMs;
  const missingMs = sum(distances.filter((distance) => distance > gapFactor * usualMs));
  const every = `${formatDuration(Math.max(1, Math.round(usualMs / 100)) * 100)} samples`;
  if (missingMs === 0) return [{ kind: 'sampling', tone: 'good', text: every }];
  return [{ kind: 'sampling', tone: 'warning', text: `${every}, ${formatDuration(missingMs)} without any` }];
}

function baselineBadge({ intervals, seconds, origin }: Baseline): Badge {
  if (origin === 'none') return { kind: 'baseline', tone: 'warning', text: 'no quiet stretch to compare with' };
  const where = {
    given: 'given',
    days: 'same hour of earlier days',
    around: 'quiet',
    within: 'inside the window',
  }[origin];
  const text = `baseline: ${formatCounted(intervals.length, 'interval')} (${formatDuration(seconds * 1000)}, ${where})`;
  return { kind: 'baseline', tone: intervals.length < 3 || origin === 'within' ? 'warning' : 'neutral', text };
}

function work({ victims, workGrowth }: BadgeFacts): Badge[] {
  if (victims.length === 0) return [];
  const ratios = victims.filter(({ workRatio }) => workRatio !== null);
  const calls = sum(ratios.map((victim) => victim.calls));
  const perCall = calls === 0 ? null : sum(ratios.map((victim) => (victim.workRatio ?? 0) * victim.calls)) / calls;
  const ratio = Math.max(perCall ?? 0, workGrowth ?? 0);
  if (ratio === 0) return [];
  const same = ratio <= 1.2;
  const text = `victims: ${formatCounted(victims.length, 'statement')}, ${same ? 'same work' : 'more work of their own'} (W ${fixed(ratio, 2)})`;
  return [{ kind: 'work', tone: same ? 'neutral' : 'warning', text }];
}

function coresBadge({ value, source, thisMachine }: Cores): Badge {
  if (value === null || source === 'unknown') {
    const text = 'cores unknown: enter them in the connection, or processors cannot be judged';
    return { kind: 'cores', tone: 'warning', text };
  }
  const number = formatCounted(value, 'core');
  if (source === 'setting') return { kind: 'cores', tone: 'good', text: number };
  if (thisMachine) return { kind: 'cores', tone: 'good', text: `${number} (this machine's)` };
  return { kind: 'cores', tone: 'neutral', text: `about ${number} (estimate)` };
}
