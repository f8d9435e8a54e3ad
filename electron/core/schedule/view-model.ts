import type { SkipCalendar } from '../../../shared/model/schedule.ts';
import type { ScheduledModelView, SeenRunner } from '../../../shared/model/schedule-view.ts';
import type { RunnerRow, ScheduledModel } from '../read-model/registry/schedule-state.ts';
import { firstToEnd } from './decide/budgets.ts';
import { dueNow } from './decide/due-now.ts';
import { staleAfterMs } from './decide/lease.ts';
import type { Models } from './decide/needs.ts';
import { paceText } from './decide/pace.ts';
import { told } from './decide/why.ts';
import { expectedRuns } from './expected-runs.ts';

/** As many runs ahead a schedule is shown. */
const previewed = 10;

/** A model's schedule as screens and the command line show it. */
export function viewModel(
  model: ScheduledModel,
  models: Models,
  calendars: readonly SkipCalendar[],
  nowMs: number,
): ScheduledModelView {
  const due = dueNow(model, models, nowMs);
  const { held, running } = model;
  const tightest = firstToEnd(model.asOfMs ?? model.setAtMs, model.budgets);
  return {
    readModel: model.readModel,
    owner: model.owner,
    schedule: model.schedule,
    setBy: model.setBy,
    setAtMs: model.setAtMs,
    budget: tightest?.budget ?? null,
    consumer: tightest?.consumer ?? null,
    reads: [...model.reads],
    suspended: model.suspended,
    paused: model.paused,
    stopped: model.stopped,
    asOfMs: model.asOfMs,
    nextDueMs: due.dueMs,
    dueReason: told(due.reason),
    nextRuns: expectedRuns(model, models, calendars, nowMs, previewed),
    lease: model.lease,
    running:
      running === null
        ? null
        : {
            runId: running.runId,
            runner: running.runner,
            startedAtMs: running.startedAtMs,
            endByMs: running.endByMs,
            effort: running.effort,
            cancelAsked: running.cancelAsked,
          },
    held:
      held === null || (held.state !== 'queued' && held.state !== 'skipped' && held.state !== 'postponed')
        ? null
        : { state: held.state, untilMs: held.untilMs, reason: held.reason },
    usualMs: models.usual(model.readModel),
    pace: due.pace === null ? null : paceText(due.pace),
    failures: model.failures,
    lastError: model.lastError,
    retryAtMs: model.retryAtMs,
  };
}

export const viewRunner = (runner: RunnerRow, nowMs: number, here: string | null): SeenRunner => ({
  runner: runner.runner,
  kind: runner.kind,
  heartbeatAtMs: runner.heartbeatAtMs,
  stoppedAtMs: runner.stoppedAtMs,
  cannot: runner.cannot,
  name: runner.name,
  host: runner.host,
  version: runner.version,
  startedAtMs: runner.startedAtMs,
  state:
    runner.stoppedAtMs !== null
      ? 'ended'
      : Math.abs(nowMs - runner.heartbeatAtMs) > staleAfterMs
        ? 'silent'
        : 'reports',
  here: runner.runner === here,
});
