import { dueAtMs } from './ageing.ts';
import type { Budget } from './freshness.ts';
import { nightlyGraceMs } from './night.ts';
import type { ScheduledModelView } from './schedule-view.ts';

/**
 * How a read model stands with its schedule, the most urgent first.
 * - stopped: an error that does not pass by itself holds it
 * - late: older than its tightest budget, with nothing that explains it
 * - postponed: the load guard holds it back
 * - skipped: a no-refresh window is open
 * - due: its time has come, and it waits for its turn
 * - running
 * - paused, suspended: by a person
 * - on_time: its next run lies ahead
 * - follows: nothing makes it due yet: what it follows was not refreshed, or nobody names a budget
 * - by_hand: only a person makes it due
 */
export const standings = [
  'stopped',
  'late',
  'postponed',
  'skipped',
  'due',
  'running',
  'paused',
  'suspended',
  'on_time',
  'follows',
  'by_hand',
] as const;
export type Standing = (typeof standings)[number];

/** `nowMs` is the server's clock. */
export function standingOf(model: ScheduledModelView, nowMs: number): Standing {
  const { stopped, paused, suspended, running, held, nextDueMs } = model;
  if (stopped !== null) return 'stopped';
  if (suspended) return 'suspended';
  if (paused !== null) return 'paused';
  if (running !== null) return 'running';
  if (held?.state === 'skipped') return 'skipped';
  if (held?.state === 'postponed') return 'postponed';
  if (isLate(model, nowMs)) return 'late';
  if (held?.state === 'queued' || (nextDueMs !== null && nextDueMs <= nowMs)) return 'due';
  if (nextDueMs !== null) return 'on_time';
  return model.schedule.kind === 'hand' ? 'by_hand' : 'follows';
}

/** Whether its numbers are older than its tightest consumer accepts. */
export function isLate({ asOfMs, budget }: Pick<ScheduledModelView, 'asOfMs' | 'budget'>, nowMs: number): boolean {
  const endMs = budgetEndsMs(asOfMs, budget);
  return endMs !== null && nowMs > endMs;
}

/** Until when the numbers that are served keep the budget, a night's with its time to be done in; null: nothing says so. */
export function budgetEndsMs(asOfMs: number | null, budget: Budget | null): number | null {
  if (asOfMs === null || budget === null || budget === 'live') return null;
  return dueAtMs(asOfMs, budget) + ('nightly' in budget ? nightlyGraceMs : 0);
}

/** For sorting, the most urgent first: by how it stands, late ones before those that keep their budget, then by its end. */
export function byUrgency(nowMs: number): (a: ScheduledModelView, b: ScheduledModelView) => number {
  const rank = (model: ScheduledModelView): readonly number[] => [
    standings.indexOf(standingOf(model, nowMs)),
    isLate(model, nowMs) ? 0 : 1,
    budgetEndsMs(model.asOfMs, model.budget) ?? model.nextDueMs ?? Infinity,
  ];
  return (a, b) => {
    const [left, right] = [rank(a), rank(b)];
    for (const [index, value] of left.entries()) {
      const other = right[index] ?? 0;
      if (value !== other) return value < other ? -1 : 1;
    }
    return a.readModel < b.readModel ? -1 : 1;
  };
}
