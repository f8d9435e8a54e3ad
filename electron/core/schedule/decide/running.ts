import { formatDuration } from '../../../../shared/format/duration.ts';
import { isoMoment } from '../../../../shared/format/civil-day.ts';
import { afterEnd } from './after-end.ts';
import type { Command } from './command.ts';
import { dueNow } from './due-now.ts';
import { isOrphan } from './lease.ts';
import { guardDuring, type LoadLook } from './load-guard.ts';
import type { Models } from './needs.ts';
import { openWindow, type WindowsNow } from './skip-windows.ts';
import type { Effort } from './load.ts';
import type { ModelState, RunningRefresh, TickState } from './tick-state.ts';

export interface Surroundings {
  readonly state: TickState;
  readonly models: Models;
  readonly windows: WindowsNow;
  /** Null: no guard. */
  readonly look: LoadLook | null;
  readonly nowMs: number;
}

/** A refresh whose runner is gone. */
export function sweep(
  model: ModelState,
  running: RunningRefresh,
  nowMs: number,
): Extract<Command, { kind: 'abandon' }> | null {
  const { readModel, lease } = model;
  if (!isOrphan(running, lease, nowMs)) return null;
  const { runId, runner, epoch, cancelAsked } = running;
  const silent =
    lease.heartbeatAtMs === null
      ? 'never reported'
      : `last reported ${formatDuration(Math.abs(nowMs - lease.heartbeatAtMs))} ago`;
  const reason =
    lease.epoch === epoch && lease.holder === runner
      ? ({ code: 'taken_over', text: `${runner} ${silent}` } as const)
      : ({ code: 'lease_lost', text: `epoch ${lease.epoch} of ${readModel} has been taken since` } as const);
  const error = `Its runner ended in the middle: ${reason.text}.`;
  // Whoever wanted it to end does not want another runner to begin it anew.
  if (cancelAsked !== null) {
    const after = afterEnd(model, { state: 'cancelled', runId, endedAtMs: nowMs, againAtMs: null, wishStays: false });
    const text = `${cancelAsked.by} asked to cancel it; ${reason.text}`;
    return { kind: 'abandon', readModel, runId, epoch, after, reason: { code: reason.code, text } };
  }
  const after = afterEnd(model, { state: 'abandoned', runId, endedAtMs: nowMs, error });
  return { kind: 'abandon', readModel, runId, epoch, after, reason };
}

/**
 * What to do about a refresh that runs. A window and a deadline end it whoever runs it: its runner may be asleep. Its
 * effort is its own runner's.
 */
export function decideRunning(model: ModelState, running: RunningRefresh, around: Surroundings): Command | null {
  const { windows, nowMs, look, state, models } = around;
  const { readModel } = model;
  const { runId, runner, startedAtMs, endByMs } = running;
  const cancel = (reason: Extract<Command, { kind: 'cancel' }>['reason'], againAtMs: number | null): Command => ({
    kind: 'cancel',
    readModel,
    runId,
    runner,
    againAtMs,
    reason,
  });
  const ran = formatDuration(Math.max(0, nowMs - startedAtMs));
  const window = openWindow(windows, readModel, 'noRefresh');
  if (window !== null) {
    const text = `${window.calendar} opened; cancelled after ${ran}, once more when it ends, ${isoMoment(window.toMs)}`;
    return cancel({ code: 'window_opened', text }, window.toMs);
  }
  if (nowMs >= endByMs) {
    const text = `cancelled after ${ran}: it may take ${formatDuration(endByMs - startedAtMs)}`;
    return cancel({ code: 'deadline', text }, null);
  }
  if (runner !== state.runner || look === null || state.settings.guard === null) return null;
  const decision = guardDuring({
    look,
    limits: state.settings.guard,
    full: state.settings.effort,
    latestStartMs: dueNow(model, models, nowMs).latestStartMs ?? nowMs,
    usualMs: models.usual(readModel),
    nowMs,
    startedAtMs,
  });
  if (decision.kind === 'cancel_and_retry') return cancel(decision.reason, decision.againAtMs);
  if (decision.kind === 'postpone' || sameEffort(decision.effort, running.effort)) return null;
  return { kind: 'adjust', readModel, runId, effort: decision.effort, reason: decision.reason };
}

const sameEffort = (a: Effort, b: Effort): boolean => a.workers === b.workers;
