import { formatDuration } from '../../../../shared/format/duration.ts';
import { isoMoment } from '../../../../shared/format/civil-day.ts';
import { severityRank, type AlertSeverity } from '../../../../shared/model/alert-severity.ts';
import type { AlertEpisode, AlertKind, AlertStep } from '../../../../shared/model/alert.ts';
import type { RunnerHeartbeat } from '../../../../shared/model/schedule.ts';
import { budgetsEndMs, firstToEnd } from './budgets.ts';
import { isAhead } from './due-now.ts';
import type { Models } from './needs.ts';
import type { Due } from './next-due.ts';
import { paceText, tightUntilShare } from './pace.ts';
import type { ModelState } from './tick-state.ts';
import type { Why } from './why.ts';

/** A trouble that there is now. */
interface Trouble {
  readonly kind: AlertKind;
  readonly subject: string;
  readonly owner: string | null;
  readonly severity: AlertSeverity;
  /** When it began, as it follows from the registry's rows: the same for all who look. */
  readonly sinceMs: number;
  readonly text: () => string;
}

/** What the watchdog looks at beside the rows. */
export interface Watched {
  readonly model: ModelState;
  readonly due: Due;
  /** Why it is not refreshed at this moment; null: nothing holds it back. */
  readonly holds: Why | null;
}

/** Reports come every few seconds: by then some twenty are missing. */
export const missingAfterMs = 120_000;
/** What has been due for this many intervals, and this long, is not just waiting for its turn. */
const overdueIntervals = 2;
const overdueAtLeastMs = 3_600_000;

/**
 * Compares what should be with what is, and with the episodes that are open. It needs no runner: the registry's rows and
 * the time are enough, so a desktop that only looks sees a dead agent's models grow old. `still` steps are for those who
 * keep the time an episode was seen last; nobody is told by them. `upSinceMs`: when the server was started.
 */
export function watch(
  watched: readonly Watched[],
  models: Models,
  runners: readonly RunnerHeartbeat[],
  open: readonly AlertEpisode[],
  nowMs: number,
  upSinceMs = -Infinity,
): readonly AlertStep[] {
  const known = new Map(open.map((episode) => [keyOf(episode), episode]));
  const now = new Map<string, Trouble>();
  for (const each of watched) {
    for (const trouble of troublesOf(each, models, runners, known, nowMs)) now.set(keyOf(trouble), trouble);
  }
  for (const runner of runners) {
    // Who was missing before the server was started anew has not come back by that.
    const wasMissing = known.has(keyOf({ kind: 'agent_missing', subject: runner.runner }));
    const trouble = missing(runner, nowMs, wasMissing ? -Infinity : upSinceMs);
    if (trouble !== null) now.set(keyOf(trouble), trouble);
  }
  const steps: AlertStep[] = [];
  for (const [key, trouble] of now) {
    const episode = known.get(key);
    steps.push(episode === undefined ? { step: 'open', episode: opened(trouble) } : goesOn(episode, trouble));
  }
  for (const [key, episode] of known) {
    if (now.has(key)) continue;
    const recoveredText = recovery(episode, models, runners, nowMs);
    steps.push({ step: 'recovered', episode: { ...episode, recoveredAtMs: nowMs, recoveredText } });
  }
  return steps;
}

const keyOf = ({ kind, subject }: { readonly kind: AlertKind; readonly subject: string }): string =>
  `${kind} ${subject}`;

/** What becomes more severe is told anew, in the words of now. What becomes less so stays as it was told. */
function goesOn(episode: AlertEpisode, { severity, text }: Trouble): AlertStep {
  return severityRank(severity) > severityRank(episode.severity)
    ? { step: 'raised', episode: { ...episode, severity, text: text() } }
    : { step: 'still', episode };
}

const opened = ({ kind, subject, owner, severity, sinceMs, text }: Trouble): AlertEpisode => ({
  episodeId: `${kind} ${subject} ${sinceMs}`,
  kind,
  subject,
  owner,
  severity,
  openedAtMs: sinceMs,
  text: text(),
  recoveredAtMs: null,
  recoveredText: null,
});

function troublesOf(
  each: Watched,
  models: Models,
  runners: readonly RunnerHeartbeat[],
  known: ReadonlyMap<string, AlertEpisode>,
  nowMs: number,
): Trouble[] {
  const { model } = each;
  const late = lateness(each, models, runners, known.get(`late ${model.readModel}`) ?? null, nowMs);
  return [
    late,
    // One trouble, one message: what is late is known to stand still.
    late === null ? standsStill(each, nowMs) : null,
    slowness(each, known.has(`slow ${model.readModel}`)),
    failing(model) ?? (late === null && each.holds === null ? nobodyCan(model, runners, nowMs) : null),
    stopped(model),
  ].flatMap((trouble) => trouble ?? []);
}

const about = ({ readModel, owner }: ModelState) => ({ subject: readModel, owner });

/** Held back on purpose: somebody decided it, and knows. */
const planned: readonly Why['code'][] = ['window', 'paused', 'suspended'];

/** So long after a window the refresh that catches up may take until it has begun, and once it has. */
const catchUpMs = 30 * 60_000;

/** What was held back on purpose until a moment ago, and is about to be refreshed, or is being refreshed. */
function catchesUp({ held, running }: ModelState, open: AlertEpisode | null, nowMs: number): boolean {
  if (running !== null) return open?.severity === 'info' && nowMs - running.startedAtMs < catchUpMs;
  return held?.state === 'skipped' && held.untilMs !== null && nowMs < held.untilMs + catchUpMs;
}

function lateness(
  { model, due, holds }: Watched,
  models: Models,
  runners: readonly RunnerHeartbeat[],
  open: AlertEpisode | null,
  nowMs: number,
): Trouble | null {
  const { budgets, asOfMs, schedule } = model;
  const fromMs = asOfMs ?? model.setAtMs;
  const endMs = budgetsEndMs(fromMs, budgets);
  // Nobody knows the age of rows from before the clock was set back. They are refreshed at once, unless something holds them.
  const ahead = isAhead(fromMs, nowMs);
  if (ahead ? holds === null && schedule.kind !== 'hand' : nowMs <= endMs) return null;
  const first = firstToEnd(fromMs, budgets);
  if (first === null) return null;
  const { budget, consumer } = first;
  const text = (): string => {
    const old = ahead
      ? "which lies ahead: the server's clock was set back"
      : `${formatDuration(nowMs - (asOfMs ?? nowMs))} ago`;
    const age = asOfMs === null ? 'was never filled' : `is as of ${isoMoment(asOfMs)}, ${old}`;
    const accepts =
      'minutes' in budget
        ? `accepts ${formatDuration(budget.minutes * 60_000)}`
        : `expects the refresh of ${budget.nightly.at}`;
    const reason = holds === null ? doing(model, due, models, runners, nowMs) : holds.text();
    return `${model.readModel} ${age}; ${consumer} ${accepts}. ${reason}`;
  };
  return {
    ...about(model),
    kind: 'late',
    severity: (holds !== null && planned.includes(holds.code)) || catchesUp(model, open, nowMs) ? 'info' : 'warning',
    sinceMs: ahead ? nowMs : endMs,
    text,
  };
}

/** By the decision, not by the row: where no runner has ever looked, nobody has written a due time. */
function doing(
  { running, readModel }: ModelState,
  { dueMs, reason }: Due,
  models: Models,
  runners: readonly RunnerHeartbeat[],
  nowMs: number,
): string {
  if (running === null) {
    const { cannot } = ownTroubles(readModel, runners, nowMs);
    if (cannot.length > 0) return cannot.map(({ text }) => text).join(' ');
    if (dueMs === null) return `Nothing makes it due: ${reason.text()}.`;
    return dueMs > nowMs
      ? `By its schedule it is due ${isoMoment(dueMs)}.`
      : 'It is due, and starts with the next runner that looks.';
  }
  const usual = models.usual(readModel);
  const usually = usual === null ? '' : `, usually ${formatDuration(usual)}`;
  return `It is being refreshed by ${running.runner} for ${formatDuration(Math.max(0, nowMs - running.startedAtMs))}${usually}.`;
}

function standsStill({ model, due, holds }: Watched, nowMs: number): Trouble | null {
  const { sourceMovedAtMs, asOfMs, schedule } = model;
  if (schedule.kind === 'hand' || sourceMovedAtMs === null || asOfMs === null) return null;
  if (model.paused !== null || model.suspended || due.dueMs === null || sourceMovedAtMs <= asOfMs) return null;
  const sinceMs = due.dueMs + Math.max(overdueAtLeastMs, overdueIntervals * (due.pace?.keptMs ?? 0));
  if (nowMs <= sinceMs) return null;
  return {
    ...about(model),
    kind: 'source_moved',
    severity: 'warning',
    sinceMs,
    text: () =>
      `What ${model.readModel} reads changed ${isoMoment(sourceMovedAtMs)}, but it is still as of ${isoMoment(asOfMs)}. ${holds === null ? 'Look at its runs.' : holds.text()}`,
  };
}

function slowness({ model, due: { pace } }: Watched, isOpen: boolean): Trouble | null {
  if (pace === null || pace.share === null) return null;
  if (pace.level === 'fits' && !(isOpen && pace.share >= tightUntilShare)) return null;
  return {
    ...about(model),
    kind: 'slow',
    severity: pace.level === 'stretched' ? 'warning' : 'info',
    sinceMs: model.lastEndedMs ?? model.setAtMs,
    text: () =>
      `${model.readModel}: ${paceText(pace)}. Refresh it by period, make its definition cheaper, or give it a longer budget.`,
  };
}

function failing(model: ModelState): Trouble | null {
  if (!model.gaveUp || model.stopped !== null) return null;
  const { readModel, failures, lastError } = model;
  return {
    ...about(model),
    kind: 'failing',
    severity: 'warning',
    sinceMs: model.lastFailedMs ?? model.setAtMs,
    text: () =>
      `The refresh of ${readModel} failed ${failures === 1 ? 'once' : `${failures} times in a row`}, and its next turn is waited for. ${lastError ?? ''}`,
  };
}

/** What keeps runners that live from refreshing a model, and whether there is another one. */
function ownTroubles(readModel: string, runners: readonly RunnerHeartbeat[], nowMs: number) {
  const living = runners.filter(
    ({ stoppedAtMs, heartbeatAtMs }) => stoppedAtMs === null && nowMs - heartbeatAtMs <= missingAfterMs,
  );
  const cannot = living.flatMap(({ runner, cannot: troubles }) => {
    const trouble = troubles.find((one) => (one.readModel ?? readModel) === readModel);
    const text = `${runner} cannot refresh it: ${trouble?.text}`;
    return trouble === undefined ? [] : [{ sinceMs: trouble.sinceMs, text }];
  });
  return { cannot, others: living.length - cannot.length };
}

/** Where no budget says that it is late, somebody has to hear all the same that nobody can refresh it. */
function nobodyCan(model: ModelState, runners: readonly RunnerHeartbeat[], nowMs: number): Trouble | null {
  const { readModel, budgets, running, nextDueMs, askedAtMs } = model;
  const isDue = askedAtMs !== null || (nextDueMs !== null && nextDueMs <= nowMs);
  if (budgets.length > 0 || running !== null || !isDue) return null;
  const { cannot, others } = ownTroubles(readModel, runners, nowMs);
  if (cannot.length === 0 || others > 0) return null;
  return {
    ...about(model),
    kind: 'failing',
    severity: 'warning',
    sinceMs: Math.max(...cannot.map(({ sinceMs }) => sinceMs)),
    text: () => `${readModel} is due, and no runner can refresh it. ${cannot.map(({ text }) => text).join(' ')}`,
  };
}

function stopped(model: ModelState): Trouble | null {
  const { readModel, stopped: because } = model;
  if (because === null) return null;
  return {
    ...about(model),
    kind: 'stopped',
    severity: 'critical',
    sinceMs: because.atMs,
    text: () =>
      `The schedule of ${readModel} stopped. ${because.error} Its old rows are still served. Mend the cause and refresh it by hand: that starts the schedule again.`,
  };
}

/** To a server that was down nobody could report: right after its start every agent would be missing. */
const heardMs = ({ heartbeatAtMs }: RunnerHeartbeat, nowMs: number, upSinceMs: number): number =>
  upSinceMs <= nowMs ? Math.max(heartbeatAtMs, upSinceMs) : heartbeatAtMs;

/**
 * Whether a runner that should be there has been silent for too long. A desktop comes and goes. A report from the future is
 * from before the clock was set back: one that lives corrects it with its next. `upSinceMs`: when the server was started.
 */
export function isMissing(runner: RunnerHeartbeat, nowMs: number, upSinceMs = -Infinity): boolean {
  const { kind, stoppedAtMs, heartbeatAtMs } = runner;
  if (kind !== 'agent' || stoppedAtMs !== null) return false;
  if (heartbeatAtMs > nowMs) return heartbeatAtMs - nowMs > missingAfterMs;
  return nowMs - heardMs(runner, nowMs, upSinceMs) > missingAfterMs;
}

function missing(runner: RunnerHeartbeat, nowMs: number, upSinceMs: number): Trouble | null {
  if (!isMissing(runner, nowMs, upSinceMs)) return null;
  const { heartbeatAtMs } = runner;
  return {
    kind: 'agent_missing',
    subject: runner.runner,
    owner: null,
    severity: 'critical',
    sinceMs: Math.min(heardMs(runner, nowMs, upSinceMs) + missingAfterMs, nowMs),
    text: () =>
      `The agent ${runner.runner} last reported ${isoMoment(heartbeatAtMs)}. Look whether it runs, and whether it reaches the server.`,
  };
}

function recovery(episode: AlertEpisode, models: Models, runners: readonly RunnerHeartbeat[], nowMs: number): string {
  const { kind, subject, openedAtMs } = episode;
  const after = `after ${formatDuration(Math.max(0, nowMs - openedAtMs))}`;
  if (kind === 'agent_missing') {
    const runner = runners.find((candidate) => candidate.runner === subject);
    if (runner === undefined) return `The agent ${subject} was taken off the list, ${after}.`;
    return runner.stoppedAtMs === null
      ? `The agent ${subject} reports again, ${after}.`
      : `The agent ${subject} was stopped in good order.`;
  }
  const model = models.byName.get(subject);
  if (model === undefined) return `${subject} is no read model any more.`;
  switch (kind) {
    case 'late':
      return model.budgets.length === 0 || model.asOfMs === null
        ? `Nobody expects ${subject} to be fresh any more.`
        : `${subject} is as of ${isoMoment(model.asOfMs)}: within its budget again, ${after}.`;
    case 'source_moved':
      return `${subject} follows what it reads again, ${after}.`;
    case 'slow':
      return `The refresh of ${subject} fits into its interval again, ${after}.`;
    case 'failing':
    case 'stopped':
      if (model.stopped !== null) return `The schedule of ${subject} was stopped.`;
      return model.failures === 0 && (model.lastEndedMs ?? openedAtMs) >= openedAtMs
        ? `${subject} was refreshed, ${after}.`
        : `The schedule of ${subject} goes on, ${after}.`;
  }
}
