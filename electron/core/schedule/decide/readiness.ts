import { isoMoment } from '../../../../shared/format/civil-day.ts';
import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Reason } from '../../../../shared/model/schedule.ts';
import { isAhead } from './due-now.ts';
import { claimLease, longestRunMs, type LeaseClaim } from './lease.ts';
import { guardBefore, isLess, smallEffort } from './load-guard.ts';
import type { Effort } from './load.ts';
import type { Due } from './next-due.ts';
import type { Candidate } from './order.ts';
import { longestRetryMs } from './retry.ts';
import type { Surroundings } from './running.ts';
import { nextWindow, openWindow } from './skip-windows.ts';
import type { ModelState } from './tick-state.ts';
import { why, type Why } from './why.ts';

/** Why a model that is due does not start. `recorded`: its history gets a line; what the registry's row says needs none. */
export interface HeldBack {
  readonly kind: 'held';
  readonly state: 'queued' | 'skipped' | 'postponed';
  readonly dueMs: number | null;
  readonly untilMs: number | null;
  readonly reason: Why;
  readonly recorded: boolean;
}

export interface Ready extends Candidate {
  readonly kind: 'ready';
  readonly claim: LeaseClaim;
  readonly endByMs: number;
  readonly effort: Effort;
  readonly reason: Why;
}

/** idle: nothing makes it due now. */
export type Readiness = Ready | HeldBack | { readonly kind: 'idle' };

/** A due time that is this old was missed, not just waited for. */
const missedMs = 15 * 60_000;

/** Whether a model that does not run may start now. Its parents and the server's free places are not asked here. */
export function readiness(model: ModelState, due: Due, around: Surroundings): Readiness {
  const { nowMs, windows, models } = around;
  const { readModel } = model;
  const retryAtMs = retryAt(model, nowMs);
  const asked = model.askedAtMs !== null;
  const dueMs = due.dueMs !== null && due.dueMs <= nowMs ? due.dueMs : null;
  const again = retryAtMs !== null && retryAtMs <= nowMs;
  if (!asked && dueMs === null && !again) return { kind: 'idle' };
  const held = (state: HeldBack['state'], reason: Why, untilMs: number | null = null, recorded = true): HeldBack => ({
    kind: 'held',
    state,
    dueMs,
    untilMs,
    reason,
    recorded,
  });

  if (model.suspended)
    return held(
      'queued',
      why('suspended', () => 'it is suspended'),
      null,
      false,
    );
  if (!asked && model.paused !== null) {
    const { paused } = model;
    const text = (): string => `paused by ${paused.by}${paused.why === '' ? '' : `: ${paused.why}`}`;
    return held('queued', why('paused', text), null, false);
  }
  if (!asked && model.stopped !== null) {
    const { error } = model.stopped;
    return held(
      'queued',
      why('stopped', () => error),
      null,
      false,
    );
  }
  const window = openWindow(windows, readModel, 'noRefresh');
  if (window !== null) {
    const text = (): string => `${window.calendar} since ${isoMoment(window.fromMs)}, until ${isoMoment(window.toMs)}`;
    return held('skipped', why('window', text), window.toMs);
  }
  if (!asked && retryAtMs !== null && retryAtMs > nowMs) {
    const text = (): string => `${model.lastError ?? 'It was cancelled.'} Again at ${isoMoment(retryAtMs)}.`;
    return held('queued', why(model.gaveUp ? 'gave_up' : 'retry_waits', text), retryAtMs);
  }
  const stale = asked || model.schedule.kind !== 'budget' ? null : parentsNotNewer(model, around);
  if (stale !== null) return held('queued', stale);
  const { cannot } = around.state;
  const own = cannot.find((one) => (one.readModel ?? readModel) === readModel && one.untilMs > nowMs);
  if (own !== undefined) {
    return held(
      'queued',
      why('runner_cannot', () => own.text),
      own.untilMs,
      false,
    );
  }
  const usual = models.usual(readModel);
  const claim = claimLease(model.lease, usual, nowMs);
  if (claim === null) {
    return held(
      'queued',
      why('already_running', () => `${model.lease.holder ?? 'another'} holds its lease`),
    );
  }
  const opening = nextWindow(windows, readModel, 'noRefresh');
  if (opening !== null && usual !== null && nowMs + usual > opening.fromMs) {
    const text = (): string =>
      `${opening.calendar} opens in ${formatDuration(opening.fromMs - nowMs)}, and it takes ${formatDuration(usual)}; until ${isoMoment(opening.toMs)}`;
    return held('skipped', why('window', text), opening.toMs);
  }
  const endByMs = Math.min(nowMs + longestRunMs(usual), opening?.fromMs ?? Infinity);
  const reason = startReason(model, due, claim, { asked, again, dueMs, nowMs });
  const ready = { kind: 'ready', model, dueMs, asked, latestStartMs: due.latestStartMs, claim, endByMs } as const;
  return guarded(ready, reason, due, around);
}

type Started = Omit<Ready, 'effort' | 'reason'>;

/** The load guard's word on it. A person who asked is not made to wait, but what they asked for goes slowly. */
function guarded(ready: Started, reason: Why, due: Due, around: Surroundings): Readiness {
  const { state, look, nowMs, models } = around;
  const { guard, effort } = state.settings;
  if (guard === null || look === null) return { ...ready, effort, reason };
  const decision = guardBefore({
    look,
    limits: guard,
    full: effort,
    latestStartMs: due.latestStartMs ?? nowMs,
    usualMs: models.usual(ready.model.readModel),
    nowMs,
  });
  switch (decision.kind) {
    case 'go':
      return { ...ready, effort: decision.effort, reason };
    case 'slow_down':
      return { ...ready, effort: decision.effort, reason: slowly(reason, decision.reason) };
    case 'go_anyway': {
      const { code, text } = decision.reason;
      return { ...ready, effort: decision.effort, reason: ready.asked ? reason : why(code, () => text) };
    }
    default: {
      if (ready.asked) {
        const small = isLess(smallEffort, effort);
        return { ...ready, effort: smallEffort, reason: small ? slowly(reason, decision.reason) : reason };
      }
      const untilMs = decision.kind === 'postpone' ? decision.untilMs : decision.againAtMs;
      return {
        kind: 'held',
        state: 'postponed',
        dueMs: ready.dueMs,
        untilMs,
        reason: why(decision.reason.code, () => decision.reason.text),
        recorded: true,
      };
    }
  }
}

const slowly = (reason: Why, guard: Reason): Why => why(reason.code, () => `${reason.text()}; slowly: ${guard.text}`);

/** When it may be tried again. Long pauses that were set before the clock was set back are over. */
function retryAt({ retryAtMs, lastFailedMs, asOfMs, lastStartedMs }: ModelState, nowMs: number): number | null {
  if (retryAtMs === null || retryAtMs <= nowMs + longestRetryMs) return retryAtMs;
  const before = isAhead(lastFailedMs ?? Math.max(asOfMs ?? 0, lastStartedMs ?? 0), nowMs);
  return before ? nowMs : retryAtMs;
}

/** Of models that it is built on, none has rows that are newer than its own: a refresh would change nothing. */
function parentsNotNewer(model: ModelState, { models, nowMs }: Surroundings): Why | null {
  const parents = models.parents(model);
  if (parents.length === 0 || model.asOfMs === null) return null;
  const oldest = parents.reduce((found, parent) => ((parent.asOfMs ?? 0) < (found.asOfMs ?? 0) ? parent : found));
  if ((oldest.asOfMs ?? 0) > model.asOfMs) return null;
  // Its rows are from before the clock was set back, and those that it is built on were refreshed since.
  if (isAhead(model.asOfMs, nowMs) && (oldest.asOfMs ?? Infinity) < model.asOfMs) return null;
  const { readModel, asOfMs } = oldest;
  const since = (): string => (asOfMs === null ? 'was never filled' : `is as of ${isoMoment(asOfMs)}`);
  return why('parents_not_newer', () => `${readModel}, which it is built on, ${since()}`);
}

function startReason(
  model: ModelState,
  due: Due,
  claim: LeaseClaim,
  { asked, again, dueMs, nowMs }: { asked: boolean; again: boolean; dueMs: number | null; nowMs: number },
): Why {
  if (asked) return why('by_hand', () => 'somebody asked for it');
  if (due.reason.code === 'catch_up') return due.reason;
  if (claim.takenFrom !== null) return why('taken_over', () => `${claim.takenFrom} is gone`);
  const { held, failures, lastError } = model;
  if (held?.state === 'skipped') return why('after_window', () => `once, after ${held.reason.text}`);
  if (again && failures > 0) {
    return why('retry', () => `after ${failures} ${failures === 1 ? 'failure' : 'failures'}: ${lastError ?? ''}`);
  }
  if (dueMs !== null && nowMs - dueMs > missedMs && held === null) {
    return why('catch_up', () => `due ${formatDuration(nowMs - dueMs)} ago, once for all that was missed since`);
  }
  return due.reason;
}
