import { fullShare, paceOf, usualMs } from '../../../electron/core/schedule/decide/pace.ts';
import { lateFromMs } from '../../../electron/core/schedule/decide/nights.ts';
import { openWindow, windowsBetween, windowsNow } from '../../../electron/core/schedule/decide/skip-windows.ts';
import type { ModelState } from '../../../electron/core/schedule/decide/tick-state.ts';
import { severityRank, type AlertSeverity } from '../../../shared/model/alert-severity.ts';
import type { SkipCalendar, SkipWindow } from '../../../shared/model/schedule.ts';
import type { EndedJob } from './job.ts';
import type { World } from './world.ts';
import type { WorldPlan } from './world-plan.ts';

const iso = (atMs: number): string => new Date(atMs).toISOString();

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const all = (world: World): readonly EndedJob[] => [
  ...world.ended,
  ...[...world.jobs.values()].map((job) => ({
    ...job,
    committed: false,
    stoppedAtMs: Math.min(job.serverEndMs, world.nowMs),
    toPassedMs: Math.min(job.serverEndMs, world.nowMs) - world.shiftMs,
  })),
];

function byModel(jobs: readonly EndedJob[]): ReadonlyMap<string, EndedJob[]> {
  const found = new Map<string, EndedJob[]>();
  for (const job of jobs.toSorted((a, b) => a.fromPassedMs - b.fromPassedMs)) {
    found.set(job.readModel, [...(found.get(job.readModel) ?? []), job]);
  }
  return found;
}

/** Two refreshes of one model that worked at the same time. */
export function doubleWriters(world: World): readonly string[] {
  return [...byModel(all(world)).values()].flatMap((jobs) =>
    jobs.flatMap((job, index) => {
      const before = jobs[index - 1];
      return before === undefined || before.toPassedMs <= job.fromPassedMs
        ? []
        : [
            `${before.runId} of ${before.runner} and ${job.runId} of ${job.runner} both wrote ${job.readModel} at ${iso(job.startedAtMs)}`,
          ];
    }),
  );
}

/** From when on a calendar is in force, and its windows. */
function windowsOf(
  plan: WorldPlan,
): readonly { readonly calendar: SkipCalendar; readonly setMs: number; readonly windows: readonly SkipWindow[] }[] {
  const later = plan.acts.flatMap((act) =>
    act.kind === 'calendar' ? [{ calendar: act.calendar, setMs: act.atMs }] : [],
  );
  return [...plan.calendars.map((calendar) => ({ calendar, setMs: plan.startMs })), ...later].map((each) => ({
    ...each,
    windows: windowsBetween(each.calendar, plan.startMs, plan.endMs),
  }));
}

/** Spans in which no runner was awake. */
export function outages({ runners, startMs, endMs }: WorldPlan): readonly Span[] {
  const edges = [startMs, endMs, ...runners.flatMap(({ down }) => down.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))]
    .filter((atMs) => atMs >= startMs && atMs <= endMs)
    .toSorted((a, b) => a - b);
  const found: { fromMs: number; toMs: number }[] = [];
  edges.forEach((fromMs, index) => {
    const toMs = edges[index + 1];
    if (toMs === undefined || toMs === fromMs) return;
    const dead = runners.every(({ down }) => down.some((span) => span.fromMs <= fromMs && toMs <= span.toMs));
    if (!dead) return;
    const last = found.at(-1);
    if (last?.toMs === fromMs) last.toMs = toMs;
    else found.push({ fromMs, toMs });
  });
  return found;
}

/** Refreshes that worked inside a no-refresh window. One that a new calendar surprises is ended by the next runner that looks. */
export function insideWindows(world: World): readonly string[] {
  const dead = outages(world.plan);
  return windowsOf(world.plan).flatMap(({ windows, setMs }) =>
    windows.flatMap((window) => {
      const knownMs = Math.max(window.fromMs, setMs);
      const surprised = dead.find(({ fromMs, toMs }) => setMs > window.fromMs && fromMs <= knownMs && knownMs < toMs);
      const fromMs = surprised?.toMs ?? knownMs;
      return all(world)
        .filter((job) => job.startedAtMs < window.toMs && job.stoppedAtMs > fromMs)
        .map(
          (job) =>
            `${job.runId} of ${job.readModel} worked until ${iso(job.stoppedAtMs)}, in ${window.calendar} since ${iso(fromMs)}`,
        );
    }),
  );
}

/** After a downtime, or a window, more than one refresh of a model for what was due before its end; people may ask for more. */
export function catchUps(world: World): readonly string[] {
  const done = byModel(world.ended.filter(({ committed, reason }) => committed && reason !== 'by_hand'));
  const windows = windowsOf(world.plan).flatMap((each) => each.windows.filter(({ toMs }) => toMs > each.setMs));
  return [...outages(world.plan), ...windows].flatMap(({ toMs }) =>
    [...done.values()].flatMap((jobs) => {
      const caughtUp = jobs.filter(({ startedAtMs, dueMs }) => startedAtMs >= toMs && dueMs !== null && dueMs < toMs);
      return caughtUp.length > 1
        ? [
            `${caughtUp.length} refreshes of ${caughtUp[0]?.readModel} made up for what was due before ${iso(toMs)}: ${caughtUp.map(({ runId }) => runId).join(', ')}`,
          ]
        : [];
    }),
  );
}

/** Where the registry says why a model is not refreshed at this moment. */
function recordedReason(model: ModelState, nowMs: number): boolean {
  const { running, lease, held, paused, stopped, retryAtMs, gaveUp, nextDueMs, durationsMs, budgets } = model;
  if (
    running !== null ||
    lease.holder !== null ||
    held !== null ||
    paused !== null ||
    stopped !== null ||
    gaveUp ||
    retryAtMs !== null
  )
    return true;
  // By its own schedule it is not due yet: cron says so, or its interval had to be stretched.
  if (nextDueMs !== null && nextDueMs > nowMs) {
    if (model.schedule.kind !== 'budget') return true;
    const usual = usualMs(durationsMs) ?? 0;
    return budgets.some(
      ({ budget }) => 'minutes' in budget && (paceOf(budget.minutes * 60_000 - usual, usual).share ?? 0) > fullShare,
    );
  }
  return false;
}

/** Models whose age is above their budget without an alert, or without a reason that somebody could read. */
export function unexplainedAge(world: World): readonly string[] {
  if (world.awake.length === 0) return []; // nobody is there to say it
  return [...world.models.values()].flatMap((model) => {
    const { readModel, budgets, asOfMs, setAtMs } = model;
    // Each budget by itself: a model may keep one of them and break another.
    if (budgets.every(({ budget }) => world.nowMs <= lateFromMs(asOfMs ?? setAtMs, budget))) return [];
    const episode = world.episodes.find(({ kind, subject }) => kind === 'late' && subject === readModel);
    const where = `${readModel} at ${iso(world.nowMs)}, as of ${iso(asOfMs ?? 0)}`;
    if (episode === undefined) return [`no alert says that ${where} is late`];
    return recordedReason(model, world.nowMs) ? [] : [`nothing says why ${where} is late`];
  });
}

/** How long a refresh that catches up may take to begin, and to be done, before that is no reason any more. */
const catchUpMs = 31 * 60_000;

/**
 * Models of which it is told that somebody holds them back on purpose, long after nobody does any more. What ended in this
 * step is seen in the next.
 */
export function forgottenWarnings(world: World): readonly string[] {
  if (world.awake.length === 0) return [];
  return world.episodes.flatMap(({ kind, severity, subject }) => {
    const model = world.models.get(subject);
    if (kind !== 'late' || severity !== 'info' || model === undefined) return [];
    const { paused, suspended, running, held } = model;
    const ranMs = running === null ? Infinity : world.nowMs - running.startedAtMs;
    const waitedMs = held?.state === 'skipped' ? world.nowMs - (held.untilMs ?? 0) : Infinity;
    const open = openWindow(windowsNow(world.calendars, world.nowMs), subject, 'noRefresh');
    if (paused !== null || suspended || open !== null || ranMs < catchUpMs || waitedMs < catchUpMs) return [];
    return model.lease.holder !== null ? [] : [subject];
  });
}

/** Refreshes that work in a window at this moment, though somebody looks. */
export function inWindowNow(world: World): readonly string[] {
  if (world.awake.length === 0) return [];
  const windows = windowsNow(world.calendars, world.nowMs);
  return [...world.jobs.values()].flatMap(({ runId, readModel }) =>
    openWindow(windows, readModel, 'noRefresh') === null ? [] : [`${runId} works in a window at ${iso(world.nowMs)}`],
  );
}

/** Rows from the future that nothing recorded keeps from being refreshed; what they are built on was refreshed since. */
export function frozenAhead(world: World): readonly string[] {
  const soonMs = world.nowMs + 2 * 60_000;
  return [...world.models.values()].flatMap((model) => {
    const { readModel, asOfMs, schedule, reads, held } = model;
    if (schedule.kind === 'hand' || asOfMs === null || asOfMs <= soonMs) return [];
    const parents = reads.map((name) => world.models.get(name)?.asOfMs ?? 0);
    if (parents.some((parentMs) => parentMs >= asOfMs)) return [];
    const explained = held?.reason.code !== 'parents_not_newer' && recordedReason(model, world.nowMs);
    return explained ? [] : [readModel];
  });
}

/** Episodes of one trouble that overlap, and messages that say nothing. */
export function doubledMessages(world: World): readonly string[] {
  const open = new Map<string, AlertSeverity>();
  return world.alerts.flatMap(({ step, episode }) => {
    const key = `${episode.kind} ${episode.subject}`;
    const told = open.get(key);
    const known = told !== undefined;
    const again = step === 'raised' && known && severityRank(told) >= severityRank(episode.severity);
    if (step === 'recovered') open.delete(key);
    else open.set(key, episode.severity);
    return known === (step === 'open') || again ? [`${step} of ${key} twice`] : [];
  });
}
