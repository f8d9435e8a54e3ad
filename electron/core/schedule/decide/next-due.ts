import { formatDuration } from '../../../../shared/format/duration.ts';
import { scheduleText } from '../../../../shared/format/schedule-text.ts';
import { assertNever } from '../../../../shared/model/failure.ts';
import { nightlyGraceMs, type Nightly } from '../../../../shared/model/nightly.ts';
import { nextCronMs, nextCronTimes, type CronTimes } from './cron.ts';
import type { Models, Need } from './needs.ts';
import { lateFromMs, nextNight } from './nights.ts';
import { paceOf, type Pace } from './pace.ts';
import { seeded } from './seeded.ts';
import type { ModelState } from './tick-state.ts';
import { why, type Why } from './why.ts';

export interface Due {
  /** Null: nothing makes it due. */
  readonly dueMs: number | null;
  /** The last moment to begin so that it is done in time: as long as the load guard can wait. */
  readonly latestStartMs: number | null;
  readonly reason: Why;
  /** Null where it has no rhythm of its own: after others, by hand. */
  readonly pace: Pace | null;
}

/** This part of an interval is kept back for runs that take longer than usual, and for the load guard. */
const reserveShare = 0.1;
/** This part of it is left to chance, so that models of one budget do not start together. */
const jitterShare = 0.1;
const longestJitterMs = 10 * 60_000;
const dayMs = 24 * 3_600_000;
/** The longest that the guard holds back what is not due by its budgets. */
const patienceMs = 3_600_000;

/**
 * When a model is due next. It follows from the registry's rows alone, not from the time that it is: after a downtime the
 * answer is one moment in the past, whose refresh moves it into the future. So at most one run catches up.
 */
export function nextDue(model: ModelState, models: Models): Due {
  const { schedule } = model;
  switch (schedule.kind) {
    case 'hand':
      return nothing(why('by_hand', () => 'it is refreshed by hand only'));
    case 'after':
      return afterParents(model, schedule.parents, models);
    case 'cron':
      return byCron(model, schedule, models);
    case 'budget':
      return byBudget(model, models);
    default:
      return assertNever(schedule);
  }
}

const nothing = (reason: Why): Due => ({ dueMs: null, latestStartMs: null, reason, pace: null });

function byBudget(model: ModelState, models: Models): Due {
  const usual = models.usual(model.readModel);
  let found: NeedDue | null = null;
  for (const need of models.needs(model.readModel)) {
    const due = byNeed(model, need, usual);
    found = found === null ? due : bothKept(found, due);
  }
  if (found === null) return nothing(why('no_budget', () => 'no consumer names a budget'));
  return { ...found, dueMs: Math.max(found.dueMs, newRowsMs(model, models)) };
}

/** What follows from one budget. */
interface NeedDue extends Due {
  readonly dueMs: number;
  readonly latestStartMs: number;
  readonly pace: Pace;
}

/** Due with the one that comes first. The one that has to begin first, or has less time, may be the other. */
function bothKept(one: NeedDue, other: NeedDue): NeedDue {
  const { dueMs, reason } = other.dueMs < one.dueMs ? other : one;
  return {
    dueMs,
    latestStartMs: Math.min(one.latestStartMs, other.latestStartMs),
    reason,
    pace: other.pace.wantedMs < one.pace.wantedMs ? other.pace : one.pace,
  };
}

/** When what it is built on got the rows that it has not: before, a refresh would have changed nothing. */
function newRowsMs(model: ModelState, models: Models): number {
  const parents = models.parents(model);
  if (parents.length === 0 || model.asOfMs === null) return -Infinity;
  const oldestMs = Math.min(...parents.map(({ asOfMs }) => asOfMs ?? -Infinity));
  return oldestMs <= model.asOfMs ? -Infinity : Math.max(...parents.map(({ lastEndedMs }) => lastEndedMs ?? -Infinity));
}

function byNeed(model: ModelState, need: Need, usual: number | null): NeedDue {
  const { budget, whose, afterwardsMs } = need;
  if ('nightly' in budget) return byNight(model, budget.nightly, need, usual);
  const budgetMs = budget.minutes * 60_000;
  const pace = paceOf(budgetMs - (usual ?? 0) - afterwardsMs, usual);
  if (model.asOfMs === null) return never(model, pace);
  const earlyMs =
    pace.level === 'stretched' ? 0 : pace.keptMs * (reserveShare + jitterShare * chance(model.readModel, model.asOfMs));
  return {
    dueMs: Math.floor(model.asOfMs + pace.keptMs - earlyMs),
    latestStartMs: model.asOfMs + pace.keptMs,
    reason: why('due', () => {
      const takes = usual === null ? '' : `, less the ${formatDuration(usual + afterwardsMs)} that it takes`;
      return `${whose} accepts ${formatDuration(budgetMs)}${takes}`;
    }),
    pace,
  };
}

/** Not before the night's time, since what is computed earlier does not count for that night; a little after it. */
function byNight(model: ModelState, nightly: Nightly, { whose, afterwardsMs }: Need, usual: number | null): NeedDue {
  const pace = paceOf(dayMs, usual);
  if (model.asOfMs === null) return never(model, pace);
  const nightMs = nextNight(model.asOfMs, nightly);
  const dueMs = nightMs + Math.floor(longestJitterMs * chance(model.readModel, nightMs));
  return {
    dueMs,
    latestStartMs: Math.max(dueMs, nightMs + nightlyGraceMs - (usual ?? 0) - afterwardsMs),
    reason: why('due', () => `the night's refresh for ${whose}, ${nightly.at} in ${nightly.timeZone}`),
    pace,
  };
}

const never = (model: ModelState, pace: Pace): NeedDue => ({
  dueMs: model.setAtMs,
  latestStartMs: model.setAtMs,
  reason: why('due', () => 'it was never filled'),
  pace,
});

/** The same for everybody who asks for this turn, and another at the next. */
const chance = (readModel: string, turn: number): number => seeded(readModel, turn);

function byCron(model: ModelState, times: CronTimes, models: Models): Due {
  const usual = models.usual(model.readModel);
  // Times that passed while it ran are one time: the first after its start.
  const servedMs = Math.max(model.lastStartedMs ?? 0, model.setAtMs);
  const text = (): string => scheduleText({ kind: 'cron', ...times });
  const noMore = why('due', () => `${text()} has no more times`);
  const wishedMs = nextCronMs(times, servedMs);
  if (wishedMs === null) return nothing(noMore);
  const pace = paceOf(shortestGapMs(times, wishedMs), usual);
  const stretched = pace.level === 'stretched' && model.lastStartedMs !== null;
  const dueMs = stretched ? nextCronMs(times, model.lastStartedMs + pace.keptMs - 1) : wishedMs;
  if (dueMs === null) return nothing(noMore);
  return {
    dueMs,
    latestStartMs: inTime(model, models, dueMs, Math.min(patienceMs, pace.wantedMs / 2)),
    reason: why(stretched ? 'slow_refresh' : 'due', text),
    pace,
  };
}

/** How long the guard can wait with what is due by another rule than its budgets: these are kept all the same. */
function inTime(model: ModelState, models: Models, dueMs: number, patience: number): number {
  let latestMs = dueMs + patience;
  for (const { budget, afterwardsMs } of models.needs(model.readModel)) {
    const endMs = lateFromMs(model.asOfMs ?? model.setAtMs, budget);
    latestMs = Math.min(latestMs, endMs - (models.usual(model.readModel) ?? 0) - afterwardsMs);
  }
  return Math.max(dueMs, latestMs);
}

/**
 * The interval of cron times is the shortest of the next ten: every 45 minutes of an hour is after 45 and after 15,
 * and the short one is what a refresh has to fit into. The nights and weekends between are none.
 */
function shortestGapMs(times: CronTimes, fromMs: number): number {
  const next = [fromMs, ...nextCronTimes(times, fromMs, 10)];
  return Math.min(dayMs * 366, ...next.slice(1).map((atMs, index) => atMs - (next[index] ?? atMs)));
}

/** Paused, stopped and suspended parents are not waited for: the rest decides. */
function afterParents(model: ModelState, names: readonly string[], models: Models): Due {
  const counted = names
    .flatMap((name) => models.byName.get(name) ?? [])
    .filter((parent) => parent.paused === null && parent.stopped === null && !parent.suspended);
  if (counted.length === 0) {
    return nothing(why('after_parents', () => `nobody refreshes ${names.join(', ')}, which it follows`));
  }
  // What ended before this schedule was set has been waited for by nobody; a model without rows takes what there is.
  const sinceMs = model.asOfMs === null ? -Infinity : Math.max(model.lastStartedMs ?? -Infinity, model.setAtMs);
  const late = counted.filter((parent) => (parent.lastEndedMs ?? -Infinity) <= sinceMs);
  if (late.length > 0) return nothing(why('after_parents', () => `it follows ${listed(late)}`));
  const dueMs = Math.max(...counted.map((parent) => parent.lastEndedMs ?? 0));
  const text = (): string => `${listed(counted)} ${counted.length === 1 ? 'was' : 'were'} refreshed`;
  const latestStartMs = inTime(model, models, dueMs, patienceMs);
  return { dueMs, latestStartMs, reason: why('after_parents', text), pace: null };
}

const listed = (models: readonly ModelState[]): string => models.map((model) => model.readModel).join(', ');
