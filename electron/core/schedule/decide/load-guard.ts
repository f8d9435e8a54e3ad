import { formatDuration } from '../../../../shared/format/duration.ts';
import type { Reason } from '../../../../shared/model/schedule.ts';
import { rank, worstSignal, type Level } from './load-signals.ts';
import type { Effort, GuardLimits, GuardMemory, ServerLoad } from './load.ts';

export const defaultGuardLimits: GuardLimits = {
  latencyRatio: [1.2, 1.5],
  latencyFloorMs: 0.2,
  sessionsPerCore: [1, 2],
  replicaLagMs: [10_000, 60_000],
  lockQueue: [3, 8],
  calmForMs: 60_000,
  stopForMs: 10_000,
  lookAgainMs: 60_000,
  loadIsOldAfterMs: 60_000,
};

export const firstGuardMemory: GuardMemory = { level: 'calm', code: 'load_calm', sinceMs: 0, calmerSinceMs: null };

/** The server as the guard sees it at one moment, for all refreshes alike. */
export interface LoadLook {
  readonly level: Level;
  /** What speaks for that level, with its numbers. */
  readonly reason: Reason;
  readonly memory: GuardMemory;
}

/**
 * Looks at the load. What is worse counts at once; what is better counts only after it has been better for a while, so
 * that a refresh which is let go does not bring the next stop itself.
 */
export function lookAtLoad(load: ServerLoad | null, limits: GuardLimits, memory: GuardMemory, nowMs: number): LoadLook {
  const { level, reason } = worstSignal(load, limits, nowMs);
  if (rank[level] >= rank[memory.level]) {
    const sinceMs = level === memory.level ? memory.sinceMs : nowMs;
    return { level, reason, memory: { level, code: reason.code, sinceMs, calmerSinceMs: null } };
  }
  const calmerSinceMs = memory.calmerSinceMs ?? nowMs;
  if (nowMs - calmerSinceMs >= limits.calmForMs) {
    return { level, reason, memory: { level, code: reason.code, sinceMs: nowMs, calmerSinceMs: null } };
  }
  const text = `${reason.text}, for ${formatDuration(nowMs - calmerSinceMs)}: the guard lets go after ${formatDuration(limits.calmForMs)}`;
  return { level: memory.level, reason: { code: memory.code, text }, memory: { ...memory, calmerSinceMs } };
}

/** What the guard says of one refresh. Each has its reason, with the numbers. */
export type GuardDecision =
  | { readonly kind: 'go'; readonly effort: Effort; readonly reason: Reason }
  | { readonly kind: 'slow_down'; readonly effort: Effort; readonly reason: Reason }
  | { readonly kind: 'postpone'; readonly untilMs: number; readonly reason: Reason }
  | { readonly kind: 'cancel_and_retry'; readonly againAtMs: number; readonly reason: Reason }
  /** The guard would wait, but the budget does not. */
  | { readonly kind: 'go_anyway'; readonly effort: Effort; readonly reason: Reason };

export interface GuardQuestion {
  readonly look: LoadLook;
  readonly limits: GuardLimits;
  /** What a refresh may use on a calm server. */
  readonly full: Effort;
  /** The last moment to begin so that it is done in time. */
  readonly latestStartMs: number;
  readonly usualMs: number | null;
  readonly nowMs: number;
}

/** No help from parallel workers: one process at a time. */
export const smallEffort: Effort = { workers: 0 };

/** Where it uses no more than that in any case, there is nothing to slow down, and nothing is said to be slower. */
export const isLess = (effort: Effort, full: Effort): boolean => effort.workers < full.workers;

const slower = (full: Effort, reason: Reason): GuardDecision =>
  isLess(smallEffort, full) ? { kind: 'slow_down', effort: smallEffort, reason } : { kind: 'go', effort: full, reason };

/** Before a refresh begins. */
export function guardBefore({ look, limits, full, latestStartMs, nowMs }: GuardQuestion): GuardDecision {
  const { level, reason } = look;
  if (level === 'calm') return { kind: 'go', effort: full, reason };
  if (level === 'slow') return slower(full, reason);
  if (nowMs >= latestStartMs) {
    const text = `${reason.text}; it starts all the same, since ${endOfPatience(latestStartMs, nowMs)}`;
    return { kind: 'go_anyway', effort: smallEffort, reason: { code: 'budget_ends', text } };
  }
  const untilMs = Math.min(nowMs + limits.lookAgainMs, latestStartMs);
  const text = `${reason.text}; it can wait for ${formatDuration(latestStartMs - nowMs)}`;
  return { kind: 'postpone', untilMs, reason: { code: reason.code, text } };
}

const endOfPatience = (latestStartMs: number, nowMs: number): string =>
  nowMs - latestStartMs < 1_000
    ? 'it has to start now to be in time'
    : `it should have started ${formatDuration(nowMs - latestStartMs)} ago`;

/** A refresh that has done this part of its usual duration is let finish: cancelling would waste more than it spares. */
const nearlyDoneShare = 0.7;

/** While a refresh runs. */
export function guardDuring(question: GuardQuestion & { readonly startedAtMs: number }): GuardDecision {
  const { look, limits, full, latestStartMs, usualMs, nowMs, startedAtMs } = question;
  const { level, reason, memory } = look;
  if (level === 'calm') return { kind: 'go', effort: full, reason };
  const ranMs = nowMs - startedAtMs;
  const nearlyDone = usualMs !== null && ranMs >= nearlyDoneShare * usualMs;
  const againAtMs = nowMs + limits.lookAgainMs;
  // A level that is kept up by patience alone is no reason to throw work away.
  const tooMuch = level === 'stop' && memory.calmerSinceMs === null && nowMs - memory.sinceMs >= limits.stopForMs;
  if (!tooMuch || nearlyDone || againAtMs > latestStartMs) return slower(full, reason);
  const text = `${reason.text}; cancelled after ${formatDuration(ranMs)}, and it can wait for ${formatDuration(latestStartMs - nowMs)}`;
  return { kind: 'cancel_and_retry', againAtMs, reason: { code: reason.code, text } };
}
