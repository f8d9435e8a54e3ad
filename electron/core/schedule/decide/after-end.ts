import type { FailureCode } from '../../../../shared/model/failure.ts';
import type { Command } from './command.ts';
import { nextCronMs } from './cron.ts';
import { afterFailure, failuresToldApart, retriesAtMost, retryPauseMs } from './retry.ts';
import { openWindow, type WindowsNow } from './skip-windows.ts';
import type { AfterEnd, ModelState } from './tick-state.ts';

/**
 * How a run ended.
 * - cancelled: on purpose, by a person, a window, the guard or a shutdown; that is no failure
 * - abandoned: its runner is gone. It counts as a failure, for a refresh may be what kills its runners
 */
export type Ended =
  | { readonly state: 'done'; readonly runId: string }
  | {
      readonly state: 'cancelled';
      readonly runId: string;
      readonly endedAtMs: number;
      /** When the command that cancelled it wants it again; null: at its next turn. */
      readonly againAtMs: number | null;
      /** What a person asked for is owed still: also a paused model's refresh. */
      readonly wishStays: boolean;
    }
  | {
      readonly state: 'failed';
      readonly runId: string;
      readonly endedAtMs: number;
      readonly code: FailureCode;
      readonly sqlstate: string | null;
      readonly retryable: boolean;
      readonly error: string;
    }
  | { readonly state: 'abandoned'; readonly runId: string; readonly endedAtMs: number; readonly error: string };

/** What has no rhythm of its own, or one of a day, is tried again after this long. */
const slowRetryMs = 3_600_000;

export function afterEnd(model: ModelState, ended: Ended): AfterEnd {
  const from = { failures: model.failures, stopped: model.stopped !== null };
  const kept = {
    from,
    failures: model.failures,
    recentFailures: model.recentFailures,
    lastFailedMs: model.lastFailedMs,
    lastError: model.lastError,
    gaveUp: model.gaveUp,
    stopped: null,
    askedAtMs: null,
  };
  if (ended.state === 'done') {
    return {
      from,
      failures: 0,
      recentFailures: [],
      lastFailedMs: null,
      lastError: null,
      gaveUp: false,
      retryAtMs: null,
      stopped: null,
      askedAtMs: null,
      text: null,
    };
  }
  if (ended.state === 'cancelled') {
    const askedAtMs = ended.wishStays ? model.askedAtMs : null;
    return { ...kept, askedAtMs, retryAtMs: ended.againAtMs ?? nextTurnMs(model, ended.endedAtMs), text: null };
  }
  if (ended.state === 'abandoned') return { ...kept, ...afterAbandoned(model, ended) };
  const { runId, endedAtMs, code, sqlstate, retryable, error } = ended;
  const { readModel, recentFailures: before } = model;
  const after = afterFailure({ readModel, code, sqlstate, retryable, before, endedAtMs });
  const failed = { ...kept, ...failure(model, ended, sqlstate), text: after.text };
  switch (after.kind) {
    case 'retry':
      return { ...failed, retryAtMs: after.atMs };
    case 'wait':
      return { ...failed, gaveUp: true, retryAtMs: nextTurnMs(model, endedAtMs) };
    case 'stop':
      return {
        ...failed,
        gaveUp: true,
        retryAtMs: null,
        stopped: { atMs: endedAtMs, sqlstate, error: `${error} ${after.text}.`, runId },
      };
    case 'hand_back': {
      const { askedAtMs } = model;
      // As it was before the claim, for whichever runner looks next.
      return { ...kept, askedAtMs, retryAtMs: askedAtMs === null ? endedAtMs : model.retryAtMs, text: after.text };
    }
  }
}

const failure = (
  model: ModelState,
  { endedAtMs, error }: { readonly endedAtMs: number; readonly error: string },
  failedWith: string | null,
) => ({
  failures: model.failures + 1,
  recentFailures: [failedWith, ...model.recentFailures].slice(0, failuresToldApart),
  lastFailedMs: endedAtMs,
  lastError: error,
});

/** The model as it is once that has been written. */
export function afterwards(model: ModelState, after: AfterEnd): ModelState {
  const { failures, recentFailures, lastFailedMs, lastError, gaveUp, retryAtMs } = after;
  return {
    ...model,
    failures,
    recentFailures,
    lastFailedMs,
    lastError,
    gaveUp,
    retryAtMs,
    stopped: after.stopped ?? model.stopped,
    askedAtMs: model.askedAtMs ?? after.askedAtMs,
  };
}

/** The first runner that dies is taken over from at once, the next after growing pauses. */
function afterAbandoned(model: ModelState, ended: Extract<Ended, { state: 'abandoned' }>) {
  const { endedAtMs } = ended;
  const failed = failure(model, ended, 'abandoned');
  const { failures } = failed;
  const gaveUp = failures > retriesAtMost;
  const retryAtMs = gaveUp
    ? nextTurnMs(model, endedAtMs)
    : endedAtMs + (failures === 1 ? 0 : retryPauseMs(model.readModel, failures, endedAtMs));
  const text = gaveUp
    ? `${failures} attempts failed in a row: its next turn is waited for`
    : 'another runner takes over';
  return { ...failed, gaveUp: gaveUp || model.gaveUp, retryAtMs, text };
}

/** When its schedule would have it refreshed again, had this run been done; null: never by itself. */
function nextTurnMs({ schedule, budgets }: ModelState, fromMs: number): number | null {
  if (schedule.kind === 'hand') return null;
  if (schedule.kind === 'cron') return nextCronMs(schedule, fromMs);
  if (schedule.kind !== 'budget' || budgets.length === 0) return fromMs + slowRetryMs;
  const pauses = budgets.map(({ budget }) => ('minutes' in budget ? budget.minutes * 60_000 : slowRetryMs));
  return fromMs + Math.min(...pauses);
}

/** What becomes of a run that a `cancel` command ended. One that overran its deadline has failed. */
export function endedByCancel(command: Extract<Command, { kind: 'cancel' }>, endedAtMs: number): Ended {
  const { runId, reason, againAtMs } = command;
  if (reason.code !== 'deadline') {
    const wishStays = reason.code === 'shutdown' || reason.code === 'window_opened';
    return { state: 'cancelled', runId, endedAtMs, againAtMs, wishStays };
  }
  const error = `It was ${reason.text}.`;
  return { state: 'failed', runId, endedAtMs, code: 'cancelled', sqlstate: '57014', retryable: true, error };
}

/**
 * What becomes of a run that the server ended by itself, at its `endByMs`: in a no-refresh window it was cancelled for
 * that, and is wanted again when the window ends. Any other failure is one.
 */
export function endedByServer(
  failed: Extract<Ended, { state: 'failed' }>,
  readModel: string,
  windows: WindowsNow,
): Ended {
  const window = failed.sqlstate === '57014' ? openWindow(windows, readModel, 'noRefresh') : null;
  if (window === null) return failed;
  return {
    state: 'cancelled',
    runId: failed.runId,
    endedAtMs: failed.endedAtMs,
    againAtMs: window.toMs,
    wishStays: true,
  };
}
