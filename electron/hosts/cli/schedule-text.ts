import { formatBytes } from '../../../shared/format/bytes.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { runnerTroubleText } from '../../../shared/format/schedule-text.ts';
import type { Schedule } from '../../../shared/model/schedule.ts';
import type { RecordedRun, ScheduledModelView, ScheduleOverview } from '../../../shared/model/schedule-view.ts';
import { printable } from './terminal.ts';
import { textTable } from './text-table.ts';

/** Every schedule of a server, a line each, and who keeps them. `width`: of the terminal. */
export function overviewText(overview: ScheduleOverview, width?: number): string {
  const { registry, models, runners, nowMs, calendars, settings } = overview;
  if (registry.state === 'older') return `${registry.message ?? ''}\n  daybreak models update-registry`;
  if (registry.state !== 'ready') return registry.message ?? registry.state;
  const table = textTable(
    ['read model', 'schedule', 'age', 'due', 'usually', 'state'],
    models.map((model) => [
      model.readModel,
      scheduleText(model.schedule),
      model.asOfMs === null ? 'never filled' : formatDuration(Math.max(0, nowMs - model.asOfMs)),
      dueText(model, nowMs),
      model.usualMs === null ? '' : formatDuration(model.usualMs),
      stateText(model, nowMs),
    ]),
    { right: new Set([2, 4]), width },
  );
  const reporting = runners.filter(({ state }) => state === 'reports').map(({ name }) => name);
  return [
    models.length === 0 ? 'There is no read model here yet.' : table,
    '',
    reporting.length === 0
      ? 'No runner reports: nothing is refreshed by itself. Start one with daybreak agent.'
      : `Refreshed by ${reporting.join(', ')}; at most ${settings.atOnce} at a time${settings.guard ? ', with the load guard' : ''}.`,
    ...runners
      .filter(({ state }) => state === 'silent')
      .map(({ name, heartbeatAtMs }) => `${name} has been silent for ${formatDuration(nowMs - heartbeatAtMs)}.`),
    ...runners
      .filter(({ state }) => state === 'reports')
      .flatMap(({ name, cannot }) => cannot.map((trouble) => `${name} ${runnerTroubleText(trouble)}`)),
    ...(calendars.length === 0 ? [] : [`Calendars: ${calendars.map(({ name }) => name).join(', ')}.`]),
  ]
    .map((line) => (line === table ? line : printable(line)))
    .join('\n');
}

export function scheduleText(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'budget':
      return 'within its budget';
    case 'cron':
      return `${schedule.expression} (${schedule.timeZone})`;
    case 'after':
      return `after ${schedule.parents.join(', ')}`;
    case 'hand':
      return 'by hand';
  }
}

function dueText({ nextDueMs, dueReason }: ScheduledModelView, nowMs: number): string {
  if (nextDueMs === null) return dueReason.code === 'no_budget' ? 'no budget' : '';
  return nextDueMs > nowMs ? `in ${formatDuration(nextDueMs - nowMs)}` : `since ${formatDuration(nowMs - nextDueMs)}`;
}

function stateText(model: ScheduledModelView, nowMs: number): string {
  const { stopped, paused, suspended, running, held, failures, lastError, retryAtMs } = model;
  if (running !== null) {
    const { cancelAsked, runner, startedAtMs } = running;
    const asked = cancelAsked === null ? '' : `; ${cancelAsked.by} asked to cancel it`;
    return `refreshing for ${formatDuration(Math.max(0, nowMs - startedAtMs))} (${runner})${asked}`;
  }
  if (stopped !== null) return `stopped: ${stopped.error}`;
  if (paused !== null) return `paused by ${paused.by}${paused.why === '' ? '' : `: ${paused.why}`}`;
  if (suspended) return 'suspended';
  if (held !== null) return `${held.state}: ${held.reason.text}`;
  if (failures > 0) {
    const again =
      retryAtMs === null ? '' : `, again ${retryAtMs > nowMs ? `in ${formatDuration(retryAtMs - nowMs)}` : 'now'}`;
    return `failed ${failures === 1 ? 'once' : `${failures} times`}${again}: ${lastError ?? ''}`;
  }
  return '';
}

/** One schedule with the moments that it leads to. */
export function modelText(model: ScheduledModelView, nowMs: number): string {
  const { readModel, schedule, dueReason, nextRuns, pace } = model;
  const state = stateText(model, nowMs);
  return [
    printable(`${readModel}: ${scheduleText(schedule)}; ${dueReason.text}`),
    ...(state === '' ? [] : [`  ${printable(state)}`]),
    ...(pace === null ? [] : [`  ${printable(pace)}`]),
    ...nextRuns.map(
      ({ atMs, window }) =>
        `  ${new Date(atMs).toISOString()}${window === null ? '' : `  (after ${printable(window.calendar)})`}`,
    ),
  ].join('\n');
}

/** A schedule says nothing of a wish that no runner has seen yet: 'by hand only' would read like a refusal. */
export const askedText = (model: ScheduledModelView, nowMs: number): string =>
  `A refresh of ${printable(model.readModel)} is asked for: a runner begins it as soon as nothing holds it back.\n${modelText(model, nowMs)}`;

/** Runs and held-back turns, latest first. `width`: of the terminal. */
export function runsText(runs: readonly RecordedRun[], width?: number): string {
  if (runs.length === 0) return 'There is no run in this time.';
  return textTable(
    ['started (UTC)', 'read model', 'state', 'took', 'mode', 'rows', 'WAL', 'lock wait', 'runner', 'why'],
    runs.map((run) => [
      new Date(run.startedAtMs).toISOString().slice(0, 19).replace('T', ' '),
      run.readModel,
      run.state,
      run.endedAtMs === null || run.mode === null ? '' : formatDuration(run.endedAtMs - run.startedAtMs),
      run.mode?.replaceAll('_', ' ') ?? '',
      writtenText(run),
      run.cost.walBytes === null ? '' : formatBytes(run.cost.walBytes),
      run.lockWaitMs === null || run.lockWaitMs === 0 ? '' : formatDuration(run.lockWaitMs),
      run.runner,
      [run.why?.text, run.error, run.sqlstate].flatMap((part) => part ?? []).join(' · '),
    ]),
    { right: new Set([3, 5, 6, 7]), width },
  );
}

function writtenText({ cost }: RecordedRun): string {
  const { rowsInserted, rowsUpdated, rowsDeleted } = cost;
  if (rowsInserted === null && rowsUpdated === null && rowsDeleted === null) return '';
  return `+${rowsInserted ?? '?'} ~${rowsUpdated ?? '?'} -${rowsDeleted ?? '?'}`;
}
