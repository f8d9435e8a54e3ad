import { listText } from '../../../shared/format/cron-text.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { scheduleText } from '../../../shared/format/schedule-text.ts';
import type { Budget } from '../../../shared/model/freshness.ts';
import { assertNever } from '../../../shared/model/assert-never.ts';
import type { AttemptState, CancelAsked } from '../../../shared/model/schedule.ts';
import type { GuardRecord, ScheduledModelView, SeenRunner } from '../../../shared/model/schedule-view.ts';
import { budgetEndsMs, isLate, standingOf, type Standing } from '../../../shared/model/schedule-standing.ts';
import { budgetText } from '../../app/budget-text.ts';
import { momentShort } from '../../app/moments.ts';
import type { Tone } from '../../app/tag.tsx';

export interface Worded {
  readonly text: string;
  readonly tone: Tone;
}

export const standingWords: Readonly<Record<Standing, Worded>> = {
  stopped: { text: 'stopped', tone: 'bad' },
  late: { text: 'over budget', tone: 'bad' },
  postponed: { text: 'postponed', tone: 'warning' },
  skipped: { text: 'skipped', tone: 'warning' },
  due: { text: 'due', tone: 'accent' },
  running: { text: 'running', tone: 'accent' },
  paused: { text: 'paused', tone: 'warning' },
  suspended: { text: 'suspended', tone: 'warning' },
  on_time: { text: 'on time', tone: 'good' },
  follows: { text: 'waits', tone: 'neutral' },
  by_hand: { text: 'by hand', tone: 'neutral' },
};

export const outcomeWords: Readonly<Record<AttemptState, Worded>> = {
  queued: { text: 'queued', tone: 'neutral' },
  running: { text: 'running', tone: 'accent' },
  done: { text: 'done', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
  cancelled: { text: 'cancelled', tone: 'warning' },
  abandoned: { text: 'abandoned', tone: 'warning' },
  skipped: { text: 'skipped', tone: 'neutral' },
  postponed: { text: 'postponed', tone: 'neutral' },
};

export const decisionWords: Readonly<Record<GuardRecord['decision'], Worded>> = {
  postpone: { text: 'postponed it', tone: 'warning' },
  slow_down: { text: 'slowed it down', tone: 'warning' },
  speed_up: { text: 'sped it up again', tone: 'good' },
  go_anyway: { text: 'let it run anyway', tone: 'accent' },
  cancel_and_retry: { text: 'cancelled it, to try again', tone: 'warning' },
};

export const runnerWords: Readonly<Record<SeenRunner['state'], Worded>> = {
  reports: { text: 'reports', tone: 'good' },
  silent: { text: 'silent', tone: 'bad' },
  ended: { text: 'ended', tone: 'neutral' },
};

/** A reason of the scheduler, with its consumer as `consumerText` says it. */
export const spoken = (reason: string): string => reason.replaceAll('widget:', 'widget ');

/** Why a read model stands as it does, one sentence: who runs it, what holds it, since when. */
export function standingReason(model: ScheduledModelView, nowMs: number): string {
  const { stopped, paused, running, held, dueReason } = model;
  const standing = standingOf(model, nowMs);
  switch (standing) {
    case 'stopped':
      return stopped === null ? '' : `${stopped.error}${stopped.sqlstate === null ? '' : ` (${stopped.sqlstate})`}`;
    case 'paused':
      return paused === null
        ? ''
        : `by ${paused.by} since ${momentShort(paused.atMs, nowMs)}${paused.why === '' ? '' : `: ${paused.why}`}`;
    case 'suspended':
      return 'its rows are kept as they were, for an upgrade of the ERP';
    case 'running':
      return running === null ? '' : runningReason(running, nowMs);
    case 'skipped':
    case 'postponed':
      return held === null
        ? ''
        : `${held.reason.text}${held.untilMs === null ? '' : `, until ${momentShort(held.untilMs, nowMs)}`}`;
    case 'due':
      return spoken(held === null ? dueReason.text : held.reason.text);
    case 'late':
      return model.lastError ?? held?.reason.text ?? lateSince(model, nowMs);
    case 'follows':
      return dueReason.text;
    case 'on_time':
    case 'by_hand':
      return model.usualMs === null ? '' : (model.pace ?? '');
    default:
      return assertNever(standing);
  }
}

function runningReason(running: NonNullable<ScheduledModelView['running']>, nowMs: number): string {
  const { runner, startedAtMs, endByMs, cancelAsked } = running;
  if (cancelAsked !== null) return askedToCancel(cancelAsked, nowMs);
  return `${runner}, since ${momentShort(startedAtMs, nowMs)}, by ${momentShort(endByMs, nowMs)} at the latest`;
}

export const askedToCancel = ({ by, atMs }: CancelAsked, nowMs: number): string =>
  `${by} asked to cancel it, ${distanceText(Math.min(atMs, nowMs), nowMs)}`;

function lateSince({ asOfMs, budget, consumer }: ScheduledModelView, nowMs: number): string {
  const endMs = budgetEndsMs(asOfMs, budget);
  if (endMs === null || budget === null) return '';
  const whose = consumer === null ? 'its budget is' : `${consumerText(consumer)} accepts`;
  return `${whose} ${budgetShort(budget)}, over since ${momentShort(endMs, nowMs)}`;
}

/** "in 12 min", "12 min ago", "now" */
export function distanceText(atMs: number, nowMs: number): string {
  const ms = atMs - nowMs;
  if (Math.abs(ms) < 1_000) return 'now';
  return ms > 0 ? `in ${roughly(ms)}` : `${roughly(-ms)} ago`;
}

/** "1 h of 2 h": the age beside what the tightest consumer accepts. */
export function ageText({ asOfMs, budget }: ScheduledModelView, nowMs: number): string {
  if (asOfMs === null) return 'never read';
  const ageMs = Math.max(0, nowMs - asOfMs);
  const age = ageMs < 1_000 ? 'under 1 s' : roughly(ageMs);
  return budget === null ? age : `${age} of ${budgetShort(budget)}`;
}

/** A budget beside an age: the zone of a night stands elsewhere. */
export const budgetShort = (budget: Budget): string =>
  budget !== 'live' && 'nightly' in budget ? `a night, ${budget.nightly.at}` : budgetText(budget);

/** A length without digits that nobody needs: whole seconds below a minute, whole minutes above. */
export function roughly(ms: number): string {
  if (ms < 1_000) return formatDuration(ms);
  if (ms < 59_500) return `${Math.round(ms / 1_000)} s`;
  return formatDuration(Math.round(ms / 60_000) * 60_000);
}

/** What a schedule is, and for a budget which one decides. */
export function scheduleWords({ schedule, budget }: Pick<ScheduledModelView, 'schedule' | 'budget'>): string {
  if (schedule.kind !== 'budget') return scheduleText(schedule);
  return budget === null || budget === 'live'
    ? 'by budget, and nobody names one'
    : `within its budget of ${budgetText(budget)}`;
}

/** 'widget:sales_by_month' -> 'widget sales_by_month' */
export const consumerText = (consumer: string): string => consumer.replace(/^widget:/, 'widget ');

/** What an overview says in the title line: '2 over budget', '1 stopped'. */
export function troubleWords(models: readonly ScheduledModelView[], nowMs: number): readonly Worded[] {
  const count = (standing: Standing) => models.filter((model) => standingOf(model, nowMs) === standing).length;
  const late = models.filter((model) => isLate(model, nowMs)).length;
  const [stopped, running, paused] = [count('stopped'), count('running'), count('paused')];
  const held = count('postponed') + count('skipped');
  return [
    ...(stopped > 0 ? [{ text: `${stopped} stopped`, tone: 'bad' as const }] : []),
    ...(late > 0 ? [{ text: `${late} over budget`, tone: 'bad' as const }] : []),
    ...(held > 0 ? [{ text: `${held} held back`, tone: 'warning' as const }] : []),
    ...(paused > 0 ? [{ text: `${paused} paused`, tone: 'warning' as const }] : []),
    ...(running > 0 ? [{ text: `${running} running`, tone: 'accent' as const }] : []),
  ];
}

/** The calendars that hold some of these runs back; '' where none does. */
export function heldRunsText(runs: ScheduledModelView['nextRuns']): string {
  const held = runs.filter(({ window }) => window !== null);
  if (held.length === 0) return '';
  const calendars = [...new Set(held.flatMap(({ window }) => (window === null ? [] : [window.calendar])))];
  return `${held.length} of the next ${runs.length} ${held.length === 1 ? 'waits' : 'wait'} for the end of ${listText(calendars)}.`;
}
